/** The two ways to run a pattern agree. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceMatches } from '../../src/dockerfile/shell-pattern.js';
import { ANY, NO_SLASH, type Token, Wildcard } from '../../src/dockerfile/wildcard.js';

const token = fc.constantFrom<Token>(
  { kind: 'char', char: 'a' },
  { kind: 'char', char: '/' },
  { kind: 'char', char: '.' },
  { kind: 'one', set: NO_SLASH },
  { kind: 'many', set: NO_SLASH },
  { kind: 'many', set: ANY },
  { kind: 'directories' },
);
const path = fc.stringMatching(/^[ab./\u{1f600}]{0,8}$/u);

test('a step at a time and by a regular expression', () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 5 }), path, (tokens, text) => {
      const wildcard = new Wildcard(tokens);
      const ends: number[] = [];
      wildcard.visitEnds(text, 0, (end) => {
        ends.push(end);
        return true;
      });
      expect(ends.includes(text.length)).toBe(wildcard.matches(text));
      const boundary = ends.some((end) => end === text.length || text.charAt(end) === '/');
      expect(boundary).toBe(wildcard.matchesPathOrParent(text));
      if (wildcard.matches(text))
        expect(text === '' || wildcard.canContinue([...text].slice(0, -1).join(''))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('replacements are those of a regular expression that takes all it can', () => {
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '*', '?'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[abc\n]{0,8}$/), (shell, text) => {
      const source = shell.replaceAll('*', '[^\\n]*').replaceAll('?', '[^\\n]');
      expect(replaceMatches(text, shell, { to: 'x', all: false })).toBe(text.replace(new RegExp(source), 'x'));
    }),
    { numRuns: 2000 },
  );
});
