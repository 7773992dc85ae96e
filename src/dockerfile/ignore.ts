/** Lists of patterns for paths: .dockerignore, `--exclude`, `--parents` (moby's patternmatcher). */

import { invalid } from './error.js';
import { nameTokens } from './match.js';
import { ANY, type Token, Wildcard } from './wildcard.js';

export interface PathPattern {
  /** As it was written, without blanks around it. */
  readonly text: string;
  /** From 1; its place in the list. */
  readonly line: number;
  /** True for one that begins with `!`: it takes back what an earlier one matched. */
  readonly isException: boolean;
  readonly wildcard: Wildcard;
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

  /** True when an exception may take back something below a directory; false means that it can be left out whole. */
  hasExceptionBelow(directory: string): boolean {
    return this.patterns.some(({ isException, wildcard }) => isException && wildcard.canContinue(`${directory}/`));
  }

  /** The pattern that decides about a path; undefined when none matches it. */
  explain(path: string): PathPattern | undefined {
    let decided: PathPattern | undefined;
    for (const pattern of this.patterns) {
      const wouldChange = decided === undefined || decided.isException !== pattern.isException;
      if (wouldChange && pattern.wildcard.matchesPathOrParent(path)) decided = pattern;
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
  return [{ text, line, isException, wildcard: new Wildcard(pathTokens(path)) }];
}

/** Without dots and doubled slashes, relative to the root; empty for the root. What leaves the root matches nothing. */
function cleaned(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (!path.startsWith('/')) names.push(name);
  }
  return names.join('/');
}

/** `**` stands for any number of directories, none included; at the end for all that is below. */
function pathTokens(path: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of path.matchAll(/\\[\s\S]|(\*\*)\/?/gu)) {
    if (match[1] === undefined) continue;
    for (const token of nameTokens(path.slice(at, match.index))) tokens.push(token);
    at = match.index + match[0].length;
    const isAll = at === path.length || isSuffix(path, match);
    tokens.push(isAll ? { kind: 'many', set: ANY } : { kind: 'directories' });
  }
  return tokens.concat(nameTokens(path.slice(at)));
}

/** `**.log`, without other wildcards, is the end of any path. */
function isSuffix(path: string, { index, 0: written }: RegExpExecArray): boolean {
  return index === 0 && written === '**' && !/[*?[\]\\]/.test(path.slice(written.length));
}
