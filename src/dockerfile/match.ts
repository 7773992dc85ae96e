/** Patterns for one name of a path, as Go's filepath.Match takes them: `*`, `?`, `[a-z]`, `[^a]`, a backslash. */

import { invalid } from './error.js';

const compiled = new Map<string, RegExp>();
const REMEMBERED = 256;

/** True when the whole name matches. Fails with DOCKERFILE_INVALID for a pattern with an open class. */
export function matchName(pattern: string, name: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^${nameExpression(pattern)}$`, 'su');
    if (compiled.size >= REMEMBERED) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(name);
}

/** The pattern as a regular expression, without anchors. */
export function nameExpression(pattern: string): string {
  const parts: string[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '*') {
      if (pattern.charAt(i - 1) !== '*' || pattern.charAt(i - 2) === '\\') parts.push('[^/]*');
    } else if (char === '?') parts.push('[^/]');
    else if (char === '[') {
      const { expression, end } = classAt(pattern, i);
      parts.push(expression);
      i = end;
    } else if (char === '\\') {
      if (i + 1 === pattern.length) throw badPattern();
      parts.push(literal(pattern.charAt(++i)));
    } else parts.push(literal(char));
  }
  return parts.join('');
}

function classAt(pattern: string, start: number): { expression: string; end: number } {
  let at = start + 1;
  const isNegated = pattern.charAt(at) === '^';
  if (isNegated) at++;
  const ranges: string[] = [];
  while (pattern.charAt(at) !== ']' || ranges.length === 0) {
    const low = classChar(pattern, at);
    at = low.end;
    let high = low;
    if (pattern.charAt(at) === '-') {
      high = classChar(pattern, at + 1);
      at = high.end;
    }
    // A range that runs backwards matches nothing.
    ranges.push(low.char > high.char ? '' : `${escapedInClass(low.char)}-${escapedInClass(high.char)}`);
  }
  const inside = ranges.join('');
  if (inside === '') return { expression: isNegated ? '[^/]' : '(?!)', end: at };
  return { expression: isNegated ? `[^/${inside}]` : `(?!/)[${inside}]`, end: at };
}

function classChar(pattern: string, at: number): { char: string; end: number } {
  const char = pattern.charAt(at);
  if (char === '' || char === '-' || char === ']') throw badPattern();
  if (char !== '\\') return { char, end: at + 1 };
  const escaped = pattern.charAt(at + 1);
  if (escaped === '') throw badPattern();
  return { char: escaped, end: at + 2 };
}

function escapedInClass(char: string): string {
  return char.replace(/[\\\]^[-]/, '\\$&');
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

function badPattern(): Error {
  return invalid('syntax error in pattern');
}
