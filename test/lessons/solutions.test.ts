/** Every lesson is solved by its own solution, and each check says "not yet" before. */

import { describe, expect, test } from 'vitest';
import { LESSONS } from '../../src/lessons/lessons.js';
import { Learner } from './learner.js';

const LONG_MS = 240_000;

describe.each(LESSONS.map(({ id }) => id))('lesson %s', (id) => {
  test(
    'is done by its solution, step by step',
    async () => {
      const learner = await Learner.begin(id);
      const { run } = learner;
      try {
        while (run.step !== undefined) {
          const { step } = run;
          const before = await learner.stored();
          const outcome = await run.check();
          expect([step.id, outcome.kind]).toEqual([step.id, step.kind === 'task' ? 'missing' : 'asked']);
          if (outcome.kind === 'missing') expect(outcome.missing).toMatch(/^[`A-Z].*\.$/s);
          if (step.kind === 'question') expect((await run.answer('nonsense')).kind).toBe('missing');
          expect(await learner.stored()).toEqual(before);
          expect(run.step).toBe(step);
          await learner.solve();
        }
        expect(run.isDone).toBe(true);
        expect((await run.check()).kind).toBe('over');
      } finally {
        await learner.end();
      }
    },
    LONG_MS,
  );
});
