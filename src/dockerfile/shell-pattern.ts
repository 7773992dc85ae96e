/** The patterns of `${name#pattern}` and its like: `*` and `?`, which a backslash makes plain. */

import { invalid } from './error.js';

/** Matches the longest text, or the shortest, anywhere. */
export function patternRegExp(pattern: string, flags: string, options: PatternOptions = {}): RegExp {
  const { isGreedy = true, isAnchored = false } = options;
  const parts: string[] = isAnchored ? ['^'] : [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    // Several stars in a row mean one, and cost a matcher that goes back dearly.
    if (char === '*') {
      if (pattern.charAt(i - 1) !== '*' || isEscaped(pattern, i - 1)) parts.push(isGreedy ? '.*' : '.*?');
    } else if (char === '?') parts.push('.');
    else if (char === '\\') parts.push(escapedChar(pattern, i++));
    else parts.push(plain(char));
  }
  return new RegExp(parts.join(''), `${flags}u`);
}

interface PatternOptions {
  readonly isGreedy?: boolean;
  readonly isAnchored?: boolean;
}

function isEscaped(pattern: string, at: number): boolean {
  return pattern.charAt(at - 1) === '\\';
}

/** The braces and slashes of the substitution itself are escaped too; such a backslash is not the pattern's. */
function escapedChar(pattern: string, at: number): string {
  const char = pattern.charAt(at + 1);
  if (char === '}' || char === '/') return plain(char);
  if (char === '*' || char === '?' || char === '\\') return plain(char);
  throw invalid(`invalid pattern (${pattern}) in substitution: invalid escapeToken '\\${char}'`);
}

function plain(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

export function trimPrefix(value: string, pattern: string, isGreedy: boolean): string {
  const match = patternRegExp(pattern, '', { isGreedy, isAnchored: true }).exec(value);
  return match === null ? value : value.slice(match[0].length);
}

/** By the mirror image: a matcher finds the leftmost text, and the shortest one at the right is wanted. */
export function trimSuffix(value: string, pattern: string, isGreedy: boolean): string {
  return reversed(trimPrefix(reversed(value), reversedPattern(pattern), isGreedy));
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function reversedPattern(pattern: string): string {
  return (pattern.match(/\\.|[^\\]|\\$/gsu) ?? []).reverse().join('');
}
