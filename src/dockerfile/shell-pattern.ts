/** The patterns of `${name#pattern}` and its like: `*` and `?`, which a backslash makes plain. */

import { invalid } from './error.js';
import { ANY, NO_NEWLINE, type Token, Wildcard } from './wildcard.js';

/** Without the shortest beginning that matches, or the longest. */
export function trimPrefix(value: string, pattern: string, isGreedy: boolean): string {
  return value.slice(new Wildcard(shellTokens(pattern)).endFrom(value, 0, { longest: isGreedy }) ?? 0);
}

/** Without the shortest end that matches, or the longest. */
export function trimSuffix(value: string, pattern: string, isGreedy: boolean): string {
  const backwards = new Wildcard(shellTokens(pattern).reverse());
  const length = backwards.endFrom(reversed(value), 0, { longest: isGreedy }) ?? 0;
  return value.slice(0, value.length - length);
}

interface Replacement {
  readonly to: string;
  readonly all: boolean;
}

/** The first match from the left, or all of them, each as long as can be, become another text. */
export function replaceMatches(value: string, pattern: string, { to, all }: Replacement): string {
  const tokens = shellTokens(pattern);
  const wildcard = new Wildcard(tokens);
  const isStart = matchStarts(value, tokens);
  const parts: string[] = [];
  let copied = 0;
  let lastEnd = -1;
  for (let at = 0; at <= value.length; ) {
    const end = isStart[at] === 1 ? wildcard.endFrom(value, at, { longest: true }) : undefined;
    // An empty match right behind another one does not count.
    if (end !== undefined && (end > at || at !== lastEnd)) {
      parts.push(value.slice(copied, at), to);
      copied = end;
      lastEnd = end;
      if (!all) break;
    }
    at = end !== undefined && end > at ? end : at + charLength(value, at);
  }
  return parts.join('') + value.slice(copied);
}

/** 1 where a match begins: found backwards, so that no beginning is tried in vain. */
function matchStarts(value: string, tokens: readonly Token[]): Uint8Array {
  const starts = new Uint8Array(value.length + 1);
  const backwards = new Wildcard([{ kind: 'many', set: ANY }, ...[...tokens].reverse()]);
  backwards.visitEnds(reversed(value), 0, (end) => {
    starts[value.length - end] = 1;
    return true;
  });
  return starts;
}

function charLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function shellTokens(pattern: string): Token[] {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'many') tokens.push({ kind: 'many', set: NO_NEWLINE });
    } else if (char === '?') tokens.push({ kind: 'one', set: NO_NEWLINE });
    else tokens.push({ kind: 'char', char: char === '\\' ? escapedChar(chars[++i], pattern) : char });
  }
  return tokens;
}

/** The braces and slashes of the substitution itself are escaped too. */
function escapedChar(char: string | undefined, pattern: string): string {
  if (char !== undefined && '}/*?\\'.includes(char)) return char;
  throw invalid(`invalid pattern (${pattern}) in substitution: invalid escape '\\${char ?? ''}'`);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
