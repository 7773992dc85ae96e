/** The same lessons, with the same solutions, on an engine in memory: what a page has. */

import { describe, expect, test } from 'vitest';
import { LESSONS } from '../../src/lessons/lessons.js';
import { MemoryLearner } from './memory-learner.js';

const LONG_MS = 120_000;

describe('on an engine in memory', () => {
  test.each(LESSONS)(
    '$id is done by its solution',
    async (lesson) => {
      const learner = await MemoryLearner.begin(lesson);
      const { run } = learner;
      while (run.step !== undefined) {
        const { step } = run;
        expect([step.id, (await run.check()).kind]).toEqual([step.id, step.kind === 'task' ? 'missing' : 'asked']);
        expect([step.id, (await learner.solve()).kind]).toEqual([step.id, 'done']);
      }
      expect(run.isDone).toBe(true);
    },
    LONG_MS,
  );
});
