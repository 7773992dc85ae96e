/**
 * Glob patterns as automata over the names of a path. A state is a pattern and how many of its parts are behind; in
 * every directory the states that are left tell what to look for there, so a walk enters nothing that cannot match.
 */

import { GLOBSTAR, Minimatch } from 'minimatch';

type Part = Minimatch['set'][number][number];

/** What is left of one pattern. */
export interface GlobState {
  readonly parts: readonly Part[];
  readonly at: number;
}

/** What a name leads to. */
export interface GlobStep {
  /** What is left below the name. */
  readonly states: readonly GlobState[];
  /** Those of them that may go through a symlink: the name was spelled out. */
  readonly spelled: readonly GlobState[];
}

/** As a shell reads patterns: `!` and `#` are nothing special, and a backslash quotes. */
const OPTIONS = { nonegate: true, nocomment: true, optimizationLevel: 2, platform: 'linux' } as const;

/** One state for each alternative of the braces in a pattern. */
export function parseGlob(pattern: string): GlobState[] {
  return new Minimatch(pattern, OPTIONS).set.map((parts) => ({ parts, at: 0 }));
}

/** A pattern from the root: the state behind its first slash. */
export function fromRoot({ parts, at }: GlobState): GlobState | undefined {
  return at === 0 && parts[0] === '' && parts.length > 1 ? { parts, at: 1 } : undefined;
}

export function isMatch(pattern: string): (path: string) => boolean {
  const matcher = new Minimatch(pattern, OPTIONS);
  return (path) => matcher.match(path);
}

/** The states with all that follow without a name: `**` may stand for nothing, `.` always does. */
export function withEmptySteps(states: readonly GlobState[]): GlobState[] {
  const all: GlobState[] = [];
  for (let state of states) {
    all.push(state);
    while (state.parts[state.at] === GLOBSTAR || state.parts[state.at] === '.') {
      state = { parts: state.parts, at: state.at + 1 };
      all.push(state);
    }
  }
  return all;
}

/** True where nothing is left to match; a slash at the end of a pattern leaves that for directories only. */
export function isAccepted(states: readonly GlobState[], isDirectory: boolean): boolean {
  return states.some(({ parts, at }) => at === parts.length || (isDirectory && isLastSlash(parts, at)));
}

function isLastSlash(parts: readonly Part[], at: number): boolean {
  return parts[at] === '' && at === parts.length - 1;
}

/** The names that are all that can match; undefined where a directory must be listed. */
export function spelledNames(states: readonly GlobState[]): Set<string> | undefined {
  const parts = states.map(({ parts, at }) => parts[at]).filter((part) => part !== undefined && part !== '.');
  if (!parts.every((part) => typeof part === 'string')) return undefined;
  return new Set(parts.filter((part) => part !== '' && part !== '..'));
}

/** What is left behind a `..`. */
export function upward(states: readonly GlobState[]): GlobState[] {
  return states.filter(({ parts, at }) => parts[at] === '..').map(advanced);
}

/** Where a name leads; no state where it matches nothing. */
export function step(states: readonly GlobState[], name: string): GlobStep {
  const spelled: GlobState[] = [];
  const matched: GlobState[] = [];
  for (const state of states) {
    const part = state.parts[state.at];
    if (part === name) spelled.push(advanced(state));
    else if (part === GLOBSTAR && !name.startsWith('.')) matched.push(state);
    else if (typeof part === 'object' && part.test(name)) matched.push(advanced(state));
  }
  return { states: withEmptySteps([...spelled, ...matched]), spelled: withEmptySteps(spelled) };
}

function advanced({ parts, at }: GlobState): GlobState {
  return { parts, at: at + 1 };
}
