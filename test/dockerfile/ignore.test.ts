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
    ['**.log', 'a/bc.log', true],
    ['a**b', 'a/x/b', true],
    ['a**b', 'ax/b', true],
    ['a**b', 'axb', false],
    ['a**b', 'ab', true],
    ['a/**/b/**/c', 'a/b/x/y/c/d', true],
    ['*a*b*c*', 'd/xaybzc', false],
    ['*a*b*c*', 'xaybzc/d', true],
    ['[^a-c]/x', 'd/x/y', true],
    ['a.c', 'abc', false],
    ['../b', 'b', false],
    ['x/../../b', 'b', false],
    ['/../b', 'b', true],
  ])('%j on %j: %s', (text, path, expected) => {
    expect(ignorePatterns(text)?.matches(path) ?? false).toBe(expected);
  });

  test('says which line decided', () => {
    expect(ignorePatterns('a\n\n!a/b\n')?.explain('a/b')).toMatchObject({ text: '!a/b', line: 3 });
  });

  test('knows which directories an exception reaches', () => {
    const patterns = pathPatterns(['*', '!src/**/*.ts', '!docs/a', 'docs']);
    const reached = ['src', 'src/x', 'docs', 'docs/a', 'test'].filter((path) => patterns.hasExceptionBelow(path));
    expect(reached).toEqual(['src', 'src/x', 'docs']);
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
  ['*a*b*c', 'xaybzc', true],
  ['*a*b*c', 'xaybzcd', false],
  ['*[b-a]*?*', 'ab', false],
  ['[\\-x]*', '-a', true],
])('matchName %j on %j: %s', (pattern, name, expected) => {
  expect(matchName(pattern, name)).toBe(expected);
});
