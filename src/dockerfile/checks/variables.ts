/** The variables of a stage as its instructions see them, and a warning of those that are not defined. */

import type { SourceRange } from '../ast.js';
import { expandHeredoc, expandWord, expandWords } from '../expand.js';
import { nearest } from '../suggest.js';
import type { Warnings } from './rules.js';

/** Arguments that only steer BuildKit, and are no variables. */
const NOT_VARIABLES = ['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE'];

/** What a stage built on this one begins with. */
export interface VariableScope {
  readonly env: ReadonlyMap<string, string>;
  /** The names that ARG declared: without a value they are empty, and not undefined. */
  readonly args: ReadonlySet<string>;
}

export interface VariableOptions {
  readonly escapeToken: '\\' | '`';
  readonly warnings: Warnings;
}

export class Variables implements VariableScope {
  readonly env: Map<string, string>;
  readonly args: Set<string>;
  readonly #options: VariableOptions;

  constructor(scope: VariableScope, options: VariableOptions) {
    this.env = new Map(scope.env);
    this.args = new Set(scope.args);
    this.#options = options;
  }

  /** Declares an argument; without a value it is only known by name. */
  declare(name: string, value: string | undefined): void {
    this.args.add(name);
    if (value !== undefined && !NOT_VARIABLES.includes(name)) this.env.set(name, value);
  }

  /** One word, with a warning for each variable in it that nobody defined. */
  expand(word: string, range: SourceRange): string {
    const { escapeToken } = this.#options;
    return this.#reporting(range, (onUnset) => expandWord(word, { env: this.env, escapeToken, onUnset }));
  }

  /** The body of a here-document, likewise. */
  expandBody(text: string, range: SourceRange): string {
    return this.#reporting(range, (onUnset) => expandHeredoc(text, { env: this.env, onUnset }));
  }

  /** The words that one becomes; EXPOSE has no warning for what is not defined. */
  expandQuietly(word: string): string[] {
    return expandWords(word, { env: this.env, escapeToken: this.#options.escapeToken });
  }

  #reporting(range: SourceRange, expand: (onUnset: (name: string) => void) => string): string {
    const unset = new Set<string>();
    try {
      return expand((name) => unset.add(name));
    } finally {
      for (const name of unset) this.#report(name, range);
    }
  }

  #report(name: string, range: SourceRange): void {
    if (this.args.has(name) || NOT_VARIABLES.includes(name)) return;
    const match = nearest(name, [...this.env.keys()]);
    const hint = match === undefined ? '' : ` (did you mean $${match}?)`;
    this.#options.warnings.add('UndefinedVar', range, `Usage of undefined variable '$${name}'${hint}`);
  }
}
