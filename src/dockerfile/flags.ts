/** The flags of an instruction: `--name`, `--name=value`. */

import { invalid } from './error.js';
import { didYouMean } from './suggest.js';

export type FlagKind = 'text' | 'boolean' | 'list';
export type FlagTable = Readonly<Record<string, FlagKind>>;

export class Flags {
  readonly #values: Map<string, string[]>;

  private constructor(values: Map<string, string[]>) {
    this.#values = values;
  }

  /** Fails with DOCKERFILE_INVALID for a flag that the instruction has not, or that is given twice. */
  static read(written: readonly string[], table: FlagTable): Flags {
    const values = new Map<string, string[]>();
    for (const flag of written) {
      const at = flag.indexOf('=');
      const name = at < 0 ? flag.slice(2) : flag.slice(2, at);
      const value = at < 0 ? undefined : flag.slice(at + 1);
      const kind = Object.hasOwn(table, name) ? table[name] : undefined;
      if (kind === undefined) throw invalid(`unknown flag: --${name}${didYouMean(name, Object.keys(table))}`);
      const before = values.get(name);
      if (before !== undefined && kind !== 'list') throw invalid(`duplicate flag specified: --${name}`);
      const checked = checkedValue(`--${name}`, kind, value);
      if (before === undefined) values.set(name, [checked]);
      else before.push(checked);
    }
    return new Flags(values);
  }

  /** Empty where the flag is empty; undefined where it is not there. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : value === 'true';
  }
}

function checkedValue(flag: string, kind: FlagKind, value: string | undefined): string {
  if (kind !== 'boolean') {
    if (value === undefined) throw invalid(`missing a value on flag: ${flag}`);
    return value;
  }
  const lower = (value ?? 'true').toLowerCase();
  if (lower === 'true' || lower === 'false') return lower;
  throw invalid(`expecting boolean value for flag ${flag}, not: ${value}`);
}
