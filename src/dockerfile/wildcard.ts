/**
 * Patterns with wildcards, matched in time that grows with text and pattern, whatever they are.
 *
 * A regular expression goes back and forth over hostile text; here all ways to match advance together, a character at
 * a time. Patterns with few wildcards are handed to a regular expression all the same: on paths it is faster, and
 * cannot go far back.
 */

import { invalid } from './error.js';

/** One place of a pattern. */
export type Token =
  | { readonly kind: 'char'; readonly char: string }
  /** One character of a set, or any number of them. */
  | { readonly kind: 'one' | 'many'; readonly set: CharSet }
  /** Any directories, each with its slash; none too. */
  | { readonly kind: 'directories' };

export interface CharSet {
  /** As a regular expression for one character. */
  readonly source: string;
  readonly has: (char: string) => boolean;
}

export const ANY: CharSet = { source: '[^]', has: () => true };
export const NO_SLASH: CharSet = { source: '[^/]', has: (char) => char !== '/' };
export const NO_NEWLINE: CharSet = { source: '[^\\n]', has: (char) => char !== '\n' };

/** Directories take two places: before the first of them, and within. */
type State = Token | { readonly kind: 'in-directories' };

/** So many steps are taken for one text. */
const STEP_LIMIT = 20_000_000;
/** More of them make a regular expression slow. */
const EXPRESSION_WILDCARDS = 2;
const EXPRESSION_TOKENS = 1000;

export class Wildcard {
  readonly #tokens: readonly Token[];
  readonly #states: readonly State[];
  /** The characters that every match begins with. */
  readonly #head: string;
  readonly #isLiteral: boolean;
  readonly #isSmall: boolean;
  /** By what follows the match. */
  readonly #expressions: Map<string, RegExp> = new Map();
  /** For each place, the round in which it was reached last. */
  readonly #reached: Uint32Array;
  #round = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#states = tokens.flatMap((token): State[] =>
      token.kind === 'directories' ? [token, { kind: 'in-directories' }] : [token],
    );
    this.#reached = new Uint32Array(this.#states.length + 1);
    const head = tokens.findIndex(({ kind }) => kind !== 'char');
    this.#isLiteral = head < 0;
    this.#head = literalText(head < 0 ? tokens : tokens.slice(0, head));
    const wildcards = tokens.filter(({ kind }) => kind === 'many' || kind === 'directories');
    this.#isSmall = tokens.length <= EXPRESSION_TOKENS && wildcards.length <= EXPRESSION_WILDCARDS;
  }

  /** True when the whole text matches. */
  matches(text: string): boolean {
    if (this.#isLiteral) return text === this.#head;
    if (!text.startsWith(this.#head)) return false;
    if (this.#isSmall) return this.#expression('$').test(text);
    return this.#findEnd(text, 0, (end) => end === text.length) !== undefined;
  }

  /** True when a path matches, or a directory that it lies in. */
  matchesPathOrParent(path: string): boolean {
    if (!path.startsWith(this.#head)) return false;
    const isBoundary = (end: number) => end === path.length || path.charAt(end) === '/';
    if (this.#isLiteral) return isBoundary(this.#head.length);
    if (this.#isSmall) return this.#expression('(?:/|$)').test(path);
    return this.#findEnd(path, 0, isBoundary) !== undefined;
  }

  /** True when a longer text that begins with this one could match. */
  canContinue(text: string): boolean {
    let places = this.#begin();
    for (const char of text) {
      places = this.#step(places, char);
      if (places.length === 0) return false;
    }
    return places.some((place) => place < this.#states.length);
  }

  /** Where the longest match that begins at `start` ends, or the shortest; undefined for none. */
  endFrom(text: string, start: number, { longest }: { readonly longest: boolean }): number | undefined {
    let last: number | undefined;
    this.visitEnds(text, start, (end) => {
      last = end;
      return longest;
    });
    return last;
  }

  /** Tells each end of a match that begins at `start`, from left to right, as long as the visitor wants more. */
  visitEnds(text: string, start: number, visit: (end: number) => boolean): void {
    this.#findEnd(text, start, (end) => !visit(end));
  }

  #expression(suffix: string): RegExp {
    let expression = this.#expressions.get(suffix);
    if (expression === undefined) {
      expression = new RegExp(`^${this.#tokens.map(sourceOf).join('')}${suffix}`, 'su');
      this.#expressions.set(suffix, expression);
    }
    return expression;
  }

  /** The first end of a match that is accepted. */
  #findEnd(text: string, start: number, accepts: (end: number) => boolean): number | undefined {
    let places = this.#begin();
    let steps = 0;
    for (let at = start; ; ) {
      if (this.#reached[this.#states.length] === this.#round && accepts(at)) return at;
      if (at >= text.length || places.length === 0) return undefined;
      steps += places.length;
      if (steps > STEP_LIMIT) throw invalid('pattern with too many wildcards for a text of this length');
      const char = String.fromCodePoint(text.codePointAt(at) as number);
      places = this.#step(places, char);
      at += char.length;
    }
  }

  #begin(): number[] {
    this.#round++;
    const places: number[] = [];
    this.#enter(places, 0);
    return places;
  }

  /** The places that are reached from these by one character. */
  #step(places: readonly number[], char: string): number[] {
    this.#round++;
    const next: number[] = [];
    for (const place of places) {
      const state = this.#states[place];
      if (state?.kind === 'char' && state.char === char) this.#enter(next, place + 1);
      else if (state?.kind === 'one' && state.set.has(char)) this.#enter(next, place + 1);
      else if (state?.kind === 'many' && state.set.has(char)) this.#enter(next, place);
      else if (state?.kind === 'in-directories') {
        this.#reach(next, place);
        if (char === '/') this.#enter(next, place + 1);
      }
    }
    return next;
  }

  /** Adds a place, and those behind it for which nothing need be read. */
  #enter(next: number[], place: number): void {
    for (let at = place; ; ) {
      const kind = this.#states[at]?.kind;
      if (kind === 'directories') {
        this.#reach(next, at + 1);
        at += 2;
      } else {
        this.#reach(next, at);
        if (kind !== 'many') return;
        at++;
      }
    }
  }

  #reach(next: number[], place: number): void {
    if (this.#reached[place] === this.#round) return;
    this.#reached[place] = this.#round;
    next.push(place);
  }
}

function literalText(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === 'char' ? token.char : '')).join('');
}

function sourceOf(token: Token): string {
  if (token.kind === 'char') return plainSource(token.char);
  if (token.kind === 'directories') return '(?:.*/)?';
  return token.kind === 'one' ? token.set.source : `${token.set.source}*`;
}

/** A character as a regular expression has it, inside a class or outside. */
export function plainSource(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&').replace('-', '\\x2d');
}
