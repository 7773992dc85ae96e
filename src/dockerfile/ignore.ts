/** Lists of patterns for paths: .dockerignore, `--exclude`, `--parents` (moby's patternmatcher). */

import { invalid } from './error.js';
import { nameExpression } from './match.js';

export interface PathPattern {
  /** As it was written, without blanks around it. */
  readonly text: string;
  /** From 1; its place in the list. */
  readonly line: number;
  /** True for one that begins with `!`: it takes back what an earlier one matched. */
  readonly isException: boolean;
  readonly expression: RegExp;
}

/** Which paths a list means. A pattern that matches a directory matches all below it; the last that matches decides. */
export class PathPatternList {
  readonly patterns: readonly PathPattern[];
  readonly hasExceptions: boolean;

  constructor(patterns: readonly PathPattern[]) {
    this.patterns = patterns;
    this.hasExceptions = patterns.some(({ isException }) => isException);
  }

  matches(path: string): boolean {
    const decided = this.explain(path);
    return decided !== undefined && !decided.isException;
  }

  /** The pattern that decides about a path; undefined when none matches it. */
  explain(path: string): PathPattern | undefined {
    let decided: PathPattern | undefined;
    for (const pattern of this.patterns) {
      const wouldChange = decided === undefined || decided.isException !== pattern.isException;
      if (wouldChange && pattern.expression.test(path)) decided = pattern;
    }
    return decided;
  }
}

/** The patterns of a .dockerignore: one a line, `#` begins a comment. Undefined when there is none. */
export function ignorePatterns(text: string): PathPatternList | undefined {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const patterns = lines.flatMap((line, index) => (line.startsWith('#') ? [] : parsePattern(line, index + 1)));
  return patterns.length === 0 ? undefined : new PathPatternList(patterns);
}

/** Patterns given one by one. */
export function pathPatterns(texts: readonly string[]): PathPatternList {
  return new PathPatternList(texts.flatMap((text, index) => parsePattern(text, index + 1)));
}

function parsePattern(written: string, line: number): PathPattern[] {
  const text = written.trim();
  const isException = text.startsWith('!');
  const path = cleaned(isException ? text.slice(1).trim() : text);
  if (text === '!') throw invalid('illegal exclusion pattern: "!"');
  if (path === '') return [];
  return [{ text, line, isException, expression: new RegExp(`^${pathExpression(path)}(?:/|$)`, 'su') }];
}

/** Without dots, doubled slashes and a leading slash; empty for the root. */
function cleaned(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}

/** `**` stands for any number of directories, none included. */
function pathExpression(path: string): string {
  const names = path.split('/');
  return names
    .map((name, index) => {
      const slash = index === names.length - 1 ? '' : '/';
      if (name !== '**') return wordExpression(name) + slash;
      return slash === '' ? '.*' : '(?:.*/)?';
    })
    .join('');
}

function wordExpression(name: string): string {
  return name.includes('**')
    ? name
        .split('**')
        .map((part) => nameExpression(part))
        .join('.*')
    : nameExpression(name);
}
