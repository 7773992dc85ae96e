/** .dockerignore and the patterns of COPY. */

import { describe, expect, test } from 'vitest';
import { ignorePatterns, pathPatterns } from '../../src/dockerfile/ignore.js';
import { matchName } from '../../src/dockerfile/match.js';

describe('ignorePatterns', () => {
  test.each([
    ['node_modules', 'node_modules/a/b', true],
    ['node_modules', 'x/node_modules', false],
    ['**/node_modules', 'x/node_modules/y', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['*.md\n!README.md', 'README.md', false],
    ['!README.md\n*.md', 'README.md', true],
    ['docs\n!docs/keep', 'docs/keep/x', false],
    ['/build/', 'build/x', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a/**', 'a', false],
    ['# a', '# a', false],
    ['te?t', 'test', true],
  ])('%j on %j: %s', (text, path, expected) => {
    expect(ignorePatterns(text)?.matches(path) ?? false).toBe(expected);
  });

  test('says which line decided', () => {
    expect(ignorePatterns('a\n\n!a/b\n')?.explain('a/b')).toMatchObject({ text: '!a/b', line: 3 });
  });

  test('refuses an exception of nothing', () => {
    expect(() => pathPatterns(['!'])).toThrow('illegal exclusion pattern');
  });
});

test.each([
  ['*.go', 'a.go', true],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[[]x', '[x', true],
  ['\\*', '*', true],
  ['**', 'a', true],
])('matchName %j on %j: %s', (pattern, name, expected) => {
  expect(matchName(pattern, name)).toBe(expected);
});
