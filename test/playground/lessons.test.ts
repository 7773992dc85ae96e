/** Every lesson from start to end in the page, by somebody who types what its solutions say. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LessonStep } from '../../src/lessons/lesson.js';
import { LESSONS } from '../../src/lessons/lessons.js';
import { isMet, requires } from '../kit/requires.js';
import { Browser, type Learner } from './learner.js';

let browser: Browser | undefined;
let learner: Learner | undefined;

beforeAll(async () => {
  if (!isMet('chromium')) return;
  browser = await Browser.open();
  learner = await browser.visit();
});
afterAll(() => browser?.close());

function here(): Learner {
  if (learner === undefined) throw new Error('there is no browser');
  return learner;
}

test('there are lessons', () => {
  expect(LESSONS.length).toBeGreaterThan(0);
});

for (const lesson of LESSONS) {
  requires('chromium')(
    `${lesson.id}: each step is done by what its solution types, and by nothing less`,
    async () => {
      const { page } = here();
      await here().takesLesson(lesson.id);
      await here().sees('.pane-lesson h2', lesson.title);
      for (const [at, step] of lesson.steps.entries()) {
        await here().sees('.pane-lesson header', `step ${at + 1} of ${lesson.steps.length}`);
        await here().line('stratum images');
        await here().sees('.pane-lesson header', `step ${at + 1} of ${lesson.steps.length}`);
        await solve(here(), step);
      }
      await page.locator('.pane-lesson progress').waitFor();
      expect(await page.locator('.pane-lesson progress').getAttribute('value')).toBe(String(lesson.steps.length));
      expect(here().complaints).toEqual([]);
    },
    180_000,
  );
}

async function solve(who: Learner, step: LessonStep): Promise<void> {
  if (step.kind === 'question') {
    await who.page.getByRole('button', { name: 'Show how' }).click();
    const answer = (await who.page.locator('pre.hint').textContent())?.trim() ?? '';
    await who.answers(answer);
    return;
  }
  for (const line of step.solution) {
    if (line.kind === 'edit') await who.write(line.path, line.text);
    else await who.line(line.line);
  }
  // What was only edited becomes a moment with the next line.
  if (step.solution.at(-1)?.kind === 'edit') await who.line('ls');
}
