/** Variables in words. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandHeredoc, expandWord, expandWords } from '../../src/dockerfile/expand.js';

const env = new Map([
  ['a', 'bye'],
  ['empty', ''],
  ['path', 'x/y.tar.gz'],
]);
const open = '$' + '{';

describe('expandWord', () => {
  test.each([
    ['$a', 'bye'],
    ["'$a'", '$a'],
    ['"$a"', 'bye'],
    ['\\$a', '$a'],
    ['$none', ''],
    [`${open}a}x`, 'byex'],
    [`${open}none:-d}`, 'd'],
    [`${open}empty-d}`, ''],
    [`${open}empty:-d}`, 'd'],
    [`${open}a:+d}`, 'd'],
    [`${open}none+d}`, ''],
    [`${open}none:-${open}a}}`, 'bye'],
    [`${open}path#*.}`, 'tar.gz'],
    [`${open}path##*.}`, 'gz'],
    [`${open}path%.*}`, 'x/y.tar'],
    [`${open}path%%.*}`, 'x/y'],
    [`${open}path/./-}`, 'x/y-tar.gz'],
    [`${open}path//./-}`, 'x/y-tar-gz'],
    [`${open}path//[a-z]/x}`, 'x/y.tar.gz'],
    [`${open}path//.*/-}`, 'x/y-'],
    [`${open}path//*/-}`, '-'],
    [`${open}a//y/$1}`, 'be'],
    [`${open}path%%\\/*}`, 'x'],
    [`${open}path#?/}`, 'y.tar.gz'],
    [`${open}path##*\\*}`, 'x/y.tar.gz'],
  ])('makes %j to %j', (word, expected) => {
    expect(expandWord(word, { env })).toBe(expected);
  });

  test.each([
    [`${open}a`, 'unsupported modifier'],
    [`${open}a:#b}`, 'unsupported modifier (:#) in substitution'],
    [`${open}none?}`, 'none: is not allowed to be unset'],
    [`${open}empty:?}`, 'empty: is not allowed to be empty'],
    [`${open}none:?why}`, 'none: why'],
    ["'a", 'unexpected end of statement while looking for matching single-quote'],
    [`${open}}`, 'bad substitution'],
    [`${open}a#\\x}`, "invalid pattern (\\x) in substitution: invalid escape '\\x'"],
    ["x'", 'failed to process "x\'": unexpected end'],
  ])('refuses %j', (word, message) => {
    expect(() => expandWord(word, { env })).toThrow(message);
  });

  test('refuses a thousand words in words instead of overflowing', () => {
    expect(() => expandWord(`${`${open}n:-`.repeat(1000)}x${'}'.repeat(1000)}`, { env })).toThrow('nested');
  });

  test('leaves a word without specials as it is', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9 ./:=-]*$/), (word) => expandWord(word, { env }) === word));
  });
});

test('expandWords parts a value at its blanks, unless it is quoted', () => {
  const spaced = new Map([['v', '80 81']]);
  expect(expandWords('$v', { env: spaced })).toEqual(['80', '81']);
  expect(expandWords('"$v"', { env: spaced })).toEqual(['80 81']);
});

test('expandHeredoc keeps quotes', () => {
  expect(expandHeredoc(`"$a" '\\$a'\n`, { env })).toBe(`"bye" '$a'\n`);
});
