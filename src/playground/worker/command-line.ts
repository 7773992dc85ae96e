/** A line as a shell would cut it into words, and words as options and operands. */

import { StratumError } from '../../base/error.js';
import { EPOCH } from './place.js';

/** Cuts at blanks, outside of quotes; `$NAME` of the variables is put in, elsewhere than between single quotes. */
export function splitLine(line: string, variables: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote !== "'" && char === '$') {
      const name = /^[A-Za-z_]\w*/.exec(line.slice(at + 1))?.[0] ?? '';
      const value = variables[name];
      word = (word ?? '') + (value ?? `$${name}`);
      at += name.length;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else if (quote === '"' && char === '\\' && at + 1 < line.length) word = (word ?? '') + line.charAt(++at);
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (char === '\\' && at + 1 < line.length) {
      word = (word ?? '') + line.charAt(++at);
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') throw usage(`the quote ${quote} has no end`);
  if (word !== undefined) words.push(word);
  return words;
}

/** The options that a verb knows, by every spelling: `-t` and `--tag` both lead to `tag`. */
export interface OptionSpec {
  readonly values?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  /** What stands behind the first operand is not ours: it is the command of a container. */
  readonly stopsAtOperand?: boolean;
}

export interface Parsed {
  readonly operands: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** Every value that was given, in order. */
  all(name: string): readonly string[];
  last(name: string): string | undefined;
}

export function parseOptions(verb: string, args: readonly string[], spec: OptionSpec): Parsed {
  const operands: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const rest = [...args];
  const take = (name: string, value: string): void => {
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest.splice(0));
    } else if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      if (spec.stopsAtOperand === true) operands.push(...rest.splice(0));
    } else if (/^-[A-Za-z]{2,}$/.test(arg) && spec.flags?.[arg] === undefined) {
      // `-it` is `-i -t`.
      rest.unshift(...[...arg.slice(1)].map((letter) => `-${letter}`));
    } else {
      const [name = '', given] = arg.startsWith('--') ? cut(arg) : [arg];
      const flag = spec.flags?.[name];
      const value = spec.values?.[name];
      if (flag !== undefined) flags.add(flag);
      else if (value !== undefined) take(value, given ?? rest.shift() ?? missing(verb, name));
      else throw usage(`${verb} knows no option ${name} here`);
    }
  }
  return { operands, flags, all: (name) => values.get(name) ?? [], last: (name) => values.get(name)?.at(-1) };
}

/** `--timestamp SECONDS`; without it everything is as old as all that is made here. */
export function epochOf(text: string | undefined): number {
  if (text === undefined) return EPOCH;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usage(`--timestamp takes whole seconds since 1970, not ${JSON.stringify(text)}`);
}

/** A path of the learner's directory as its key; fails with USAGE for one that leads out of it, or to no file. */
export function ownPath(text: string): string {
  const path = text.replace(/^(?:\.\/+)+/, '');
  if (path.split('/').some((name) => name === '' || name === '.' || name === '..')) {
    throw usage(`${JSON.stringify(text)} is no path of your directory`);
  }
  return path;
}

export function usage(text: string): StratumError {
  return new StratumError('USAGE', text);
}

function cut(arg: string): [string, string?] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

function missing(verb: string, name: string): never {
  throw usage(`${verb} ${name} needs a value`);
}
