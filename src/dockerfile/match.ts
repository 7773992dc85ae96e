/** Patterns for one name of a path, as Go's filepath.Match takes them: `*`, `?`, `[a-z]`, `[^a]`, a backslash. */

import { invalid } from './error.js';
import { type CharSet, NO_SLASH, plainSource, type Token, Wildcard } from './wildcard.js';

const compiled = new Map<string, Wildcard>();
const REMEMBERED = 256;

/** True when the whole name matches. Fails with DOCKERFILE_INVALID for a pattern with an open class. */
export function matchName(pattern: string, name: string): boolean {
  let wildcard = compiled.get(pattern);
  if (wildcard === undefined) {
    wildcard = new Wildcard(nameTokens(pattern));
    if (compiled.size >= REMEMBERED) compiled.clear();
    compiled.set(pattern, wildcard);
  }
  return wildcard.matches(name);
}

/** The pattern taken apart; several stars in a row are one. */
export function nameTokens(pattern: string): Token[] {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'many') tokens.push({ kind: 'many', set: NO_SLASH });
    } else if (char === '?') tokens.push({ kind: 'one', set: NO_SLASH });
    else if (char === '[') {
      const { set, end } = classAt(chars, i);
      tokens.push({ kind: 'one', set });
      i = end;
    } else tokens.push({ kind: 'char', char: char === '\\' ? present(chars[++i]) : char });
  }
  return tokens;
}

type CharRange = readonly [low: string, high: string];

function classAt(chars: readonly string[], start: number): { set: CharSet; end: number } {
  let at = start + 1;
  const isNegated = chars[at] === '^';
  if (isNegated) at++;
  const ranges: CharRange[] = [];
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = classChar(chars, at);
    const high = chars[low.end] === '-' ? classChar(chars, low.end + 1) : low;
    at = high.end;
    ranges.push([low.char, high.char]);
  }
  return { set: setOf(ranges, isNegated), end: at };
}

/** A range that runs backwards holds nothing; a slash is in no set. */
function setOf(ranges: readonly CharRange[], isNegated: boolean): CharSet {
  const forward = ranges.filter(([low, high]) => codeOf(low) <= codeOf(high));
  const has = (char: string) => {
    const code = codeOf(char);
    const isIn = forward.some(([low, high]) => codeOf(low) <= code && code <= codeOf(high));
    return char !== '/' && isIn !== isNegated;
  };
  const inside = forward.map(([low, high]) => `${plainSource(low)}-${plainSource(high)}`).join('');
  if (isNegated) return { source: `[^/${inside}]`, has };
  return { source: inside === '' ? '[]' : `(?!/)[${inside}]`, has };
}

function codeOf(char: string): number {
  return char.codePointAt(0) as number;
}

function classChar(chars: readonly string[], at: number): { char: string; end: number } {
  const char = present(chars[at]);
  if (char === '-' || char === ']') throw badPattern();
  return char === '\\' ? { char: present(chars[at + 1]), end: at + 2 } : { char, end: at + 1 };
}

function present(char: string | undefined): string {
  if (char === undefined) throw badPattern();
  return char;
}

function badPattern(): Error {
  return invalid('syntax error in pattern');
}
