/** Answers as people type them. */

import { describe, expect, test } from 'vitest';
import { byteCount, isRight, looksLikeAnswer } from '../../src/lessons/answers.js';
import type { Question } from '../../src/lessons/lesson.js';

const NUMBER: Question = { kind: 'number', unit: 'layers' };
const BYTES: Question = { kind: 'bytes', tolerance: 0.25 };
const CHOICE: Question = { kind: 'choice', choices: ['its DiffID', 'its ChainID'] };
const DIGEST: Question = { kind: 'digest' };
const HEX = `${'c0ffee'.repeat(10)}c0fe`;

test.each([
  [NUMBER, '3', '3', true],
  [NUMBER, '3', ' 3 layers ', true],
  [NUMBER, '3', '3 Layers', true],
  [NUMBER, '3', '03', true],
  [NUMBER, '3', '3 bytes', false],
  [NUMBER, '3', '4', false],
  [NUMBER, '3', '3.0', false],
  [NUMBER, '3', '-3', false],
  [NUMBER, '0', '', false],
  [NUMBER, '3', 'three', false],
  [NUMBER, '3', '9'.repeat(400), false],
  [BYTES, '20000', '20000', true],
  [BYTES, '20000', '20 kB', true],
  [BYTES, '20000', '20kb', true],
  [BYTES, '20000', '20,000 bytes', true],
  [BYTES, '20000', '15000', true],
  [BYTES, '20000', '25000', true],
  [BYTES, '20000', '14999', false],
  [BYTES, '20000', '25001', false],
  [BYTES, '20000', '20 MB', false],
  [BYTES, '20000', '20 parsecs', false],
  [BYTES, '0', '0', true],
  [BYTES, '0', '1', false],
  [BYTES, '20000', 'Infinity', false],
  [BYTES, '20000', '2e4', false],
  [CHOICE, 'its ChainID', 'b', true],
  [CHOICE, 'its ChainID', 'B)', true],
  [CHOICE, 'its ChainID', 'its chainid', true],
  [CHOICE, 'its ChainID', 'a', false],
  [CHOICE, 'its ChainID', 'c', false],
  [CHOICE, 'its ChainID', '', false],
  [CHOICE, 'neither', 'z', false],
  [DIGEST, `sha256:${HEX}`, HEX.slice(0, 6), true],
  [DIGEST, `sha256:${HEX}`, HEX.slice(0, 12).toUpperCase(), true],
  [DIGEST, `sha256:${HEX}`, `sha256:${HEX}`, true],
  [DIGEST, `sha256:${HEX}`, HEX.slice(0, 5), false],
  [DIGEST, `sha256:${HEX}`, `${HEX}0`, false],
  [DIGEST, `sha256:${HEX}`, '000000', false],
  [DIGEST, `sha256:${HEX}`, '......', false],
  [DIGEST, '', 'c0ffee', false],
] as const)('%j, right is %s: %s is %s', (question, right, given, expected) => {
  expect(isRight(question, right, given)).toBe(expected);
});

describe('a line at the prompt', () => {
  test.each([
    [NUMBER, '3'],
    [NUMBER, '3 layers'],
    [BYTES, '1.5 MB'],
    [CHOICE, 'a'],
    [DIGEST, 'c0ffee'],
  ] as const)('is an answer to %j: %s', (question, line) => {
    expect(looksLikeAnswer(question, line)).toBe(true);
  });

  test.each([
    [NUMBER, 'stratum layers base:1'],
    [NUMBER, 'ls'],
    [BYTES, 'cd a'],
    [CHOICE, 'w'],
    [CHOICE, 'ls'],
    [DIGEST, 'facade/run'],
    [DIGEST, 'dd'],
  ] as const)('is a command, though %j was asked: %s', (question, line) => {
    expect(looksLikeAnswer(question, line)).toBe(false);
  });
});

test('sizes are read as the command line prints them', () => {
  expect(['0B', '221B', '5.33kB', '1MB', '1.009 MB', '1 GB'].map(byteCount)).toEqual([0, 221, 5330, 1e6, 1009000, 1e9]);
});
