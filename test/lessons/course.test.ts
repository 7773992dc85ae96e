/** What holds of every lesson as a text. */

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/lessons/commands.js';
import type { Lesson, LessonStep } from '../../src/lessons/lesson.js';
import { findLesson, LESSONS } from '../../src/lessons/lessons.js';
import { contentBytes, startFiles } from '../../src/lessons/prepare.js';
import { WORDS } from '../../src/lessons/words.js';

const MOST_MINUTES = 10;

describe('the lessons', () => {
  test('are found by number and by name, and nothing else is', () => {
    expect(LESSONS.map((_, at) => findLesson(String(at + 1)))).toEqual(LESSONS);
    expect(LESSONS.map(({ id }) => findLesson(id))).toEqual(LESSONS);
    for (const text of ['0', '10', '-1', '1e0', '', 'constructor', '__proto__']) {
      expect([text, findLesson(text)]).toEqual([text, undefined]);
    }
  });

  test('have names of their own, and so have their steps', () => {
    expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length);
    for (const { steps } of LESSONS) expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
  });

  test(`take at most ${MOST_MINUTES} minutes`, () => {
    expect(LESSONS.filter(({ minutes }) => minutes > MOST_MINUTES)).toEqual([]);
  });

  test('explain each word where it first appears, once in a lesson, and all of them are used', () => {
    for (const { steps } of LESSONS) {
      const words = steps.flatMap((step) => step.words ?? []);
      expect(new Set(words).size).toBe(words.length);
    }
    const used = new Set(LESSONS.flatMap(({ steps }) => steps.flatMap((step) => step.words ?? [])));
    expect(WORDS.filter((word) => !used.has(word))).toEqual([]);
  });

  test('use words as the glossary does', async () => {
    const glossary = await readFile(new URL('../../docs/glossary.md', import.meta.url), 'utf8');
    const entries = [...glossary.matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, word]) => word);
    expect(WORDS.map(({ word }) => word).filter((word) => !entries.includes(word))).toEqual([]);
  });

  test('name the commands that they use, and no others', () => {
    const texts = LESSONS.flatMap(({ steps }) => steps.flatMap(textsOf));
    const named = texts.flatMap((text) => [...text.matchAll(/\bstratum ([a-z]+)/g)].map(([, verb]) => verb ?? ''));
    expect([...new Set(named)].sort()).toEqual([...COMMANDS].sort());
  });

  test('type in their solutions what a face is promised: our program, single quotes, one variable', () => {
    for (const line of LESSONS.flatMap(({ steps }) => steps.flatMap(commandsOf))) {
      expect(line).toMatch(/^stratum (?:[^'"$`\\;|&<>]|\$REGISTRY|'[^']*')+$/);
    }
  });

  test('have sentences that end, and backquotes that close', () => {
    for (const lesson of LESSONS) {
      for (const text of [
        lesson.aim,
        lesson.intro,
        lesson.outro,
        ...lesson.steps.flatMap(({ goal, hint }) => [goal, hint]),
      ]) {
        expect(text.split('`').length % 2).toBe(1);
        expect(text).toMatch(/[.?`]$/);
      }
    }
  });

  test('begin with files that are the same for everybody', () => {
    const files = startFiles(findLesson('layers') as Lesson);
    expect(Object.keys(files)).toEqual(['a/Dockerfile', 'a/photo.bin', 'b/Dockerfile', 'b/photo.bin']);
    expect(files['a/photo.bin']).toEqual(contentBytes({ sizeBytes: 5_000, seed: 'photo a' }));
    expect(files['a/photo.bin']).not.toEqual(files['b/photo.bin']?.subarray(0, 5_000));
  });
});

function textsOf(step: LessonStep): readonly string[] {
  return [step.goal, step.hint, ...commandsOf(step)];
}

function commandsOf(step: LessonStep): readonly string[] {
  return step.kind === 'task' ? step.solution.flatMap((line) => (line.kind === 'command' ? [line.line] : [])) : [];
}
