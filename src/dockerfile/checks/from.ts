/** Checks of FROM lines: their arguments, their platforms, the names that come out. They look at every stage. */

import type { ArgInstruction, Dockerfile, FromInstruction, SourceRange } from '../ast.js';
import { DockerfileError, locate } from '../error.js';
import { expandWord } from '../expand.js';
import { didYouMean } from '../suggest.js';
import { imageNameFault } from './image-name.js';
import { parsePlatformText } from './platform-text.js';
import type { Warnings } from './rules.js';

export interface FromOptions {
  readonly buildArgs: Readonly<Record<string, string>>;
  /** TARGETPLATFORM and its like. */
  readonly platformArgs: ReadonlyMap<string, string>;
}

/** What a FROM line comes to. */
export interface FromValues {
  readonly image: string;
  readonly platform: string | undefined;
}

export class FromChecker {
  /** The arguments that FROM lines see. */
  readonly args: ReadonlyMap<string, string>;
  readonly #dockerfile: Dockerfile;
  readonly #warnings: Warnings;
  readonly #known: readonly string[];

  /** Fails at an ARG that cannot be expanded. */
  constructor(dockerfile: Dockerfile, options: FromOptions, warnings: Warnings) {
    this.#dockerfile = dockerfile;
    this.#warnings = warnings;
    this.#checkDefaults(options);
    this.args = this.#globalArgs(options, options.buildArgs);
    const declared = dockerfile.globalArgs.flatMap((instruction) => instruction.args.map(({ name }) => name));
    this.#known = [...new Set([...declared, ...this.args.keys()])];
  }

  /** Fails at a line that no build can begin with. */
  check(from: FromInstruction): FromValues {
    const image = this.#expand(from.image, from, new Set());
    if (image === '') this.#fail(`base name (${from.image}) should not be blank`, from);
    if (from.platform === undefined) return { image, platform: undefined };
    return { image, platform: this.#platform(from, from.platform) };
  }

  /** Without any argument given, the names must be right as well. */
  #checkDefaults(options: FromOptions): void {
    const { stages, directives } = this.#dockerfile;
    const args = attempt(() => this.#globalArgs(options, {}));
    if (args === undefined) return;
    for (const { from } of stages) {
      const image = attempt(() => expandWord(from.image, { env: args, escapeToken: directives.escapeToken }));
      if (image === undefined) return;
      if (imageNameFault(image) === undefined) continue;
      const detail = `Default value for ARG ${from.image} results in empty or invalid base image name`;
      this.#warnings.add('InvalidDefaultArgInFrom', from.range, detail);
    }
  }

  #globalArgs({ buildArgs, platformArgs }: FromOptions, given: FromOptions['buildArgs']): Map<string, string> {
    const args = new Map<string, string>();
    for (const [name, value] of platformArgs) args.set(name, own(buildArgs, name) ?? value);
    for (const instruction of this.#dockerfile.globalArgs) this.#declare(instruction, args, given);
    return args;
  }

  #declare(instruction: ArgInstruction, args: Map<string, string>, given: FromOptions['buildArgs']): void {
    const { escapeToken } = this.#dockerfile.directives;
    for (const { name, value } of instruction.args) {
      const expand = () => value && expandWord(value, { env: args, escapeToken });
      const found = own(given, name) ?? this.#at(instruction.range, expand);
      if (found !== undefined) args.set(name, found);
    }
  }

  #platform(from: FromInstruction, written: string): string {
    const unset = new Set<string>();
    const used = new Set<string>();
    const value = this.#expand(written, from, unset, used);
    if (
      used.size === 1 &&
      unset.size === 0 &&
      used.has('TARGETPLATFORM') &&
      value === this.args.get('TARGETPLATFORM')
    ) {
      const detail = `Setting platform to predefined ${written} in FROM is redundant as this is the default behavior`;
      this.#warnings.add('RedundantTargetPlatform', from.range, detail);
    }
    if (used.size === 0 && unset.size === 0) this.#constantPlatform(from, value);
    const hint = [...unset].map((name) => didYouMean(name, [...this.args.keys()])).find((text) => text !== '') ?? '';
    if (value === '') this.#fail(`empty platform value from expression ${written}${hint}`, from);
    return value;
  }

  /** A stage that is called after the platform may well be only for it. */
  #constantPlatform({ alias, range }: FromInstruction, value: string): void {
    const platform = parsePlatformText(value);
    if (platform === undefined) return;
    const name = alias?.toLowerCase() ?? '';
    if (name.includes(platform.os) || name.includes(platform.architecture)) return;
    const detail = `FROM --platform flag should not use constant value ${JSON.stringify(value)}`;
    this.#warnings.add('FromPlatformFlagConstDisallowed', range, detail);
  }

  #expand(word: string, { range }: FromInstruction, unset: Set<string>, used: Set<string> = new Set()): string {
    const { escapeToken } = this.#dockerfile.directives;
    const onUnset = (name: string): void => {
      unset.add(name);
    };
    const onUse = (name: string): void => {
      used.add(name);
    };
    try {
      return this.#at(range, () => expandWord(word, { env: this.args, escapeToken, onUnset, onUse }));
    } finally {
      for (const name of unset) this.#reportUnset(name, range);
    }
  }

  #reportUnset(name: string, range: SourceRange): void {
    if (this.#known.includes(name)) return;
    const detail = `FROM argument '${name}' is not declared${didYouMean(name, this.#known)}`;
    this.#warnings.add('UndefinedArgInFrom', range, detail);
  }

  #at<T>(range: SourceRange, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw locate(error, this.#dockerfile.file, range.start);
    }
  }

  #fail(what: string, { range }: FromInstruction): never {
    throw new DockerfileError(what, { file: this.#dockerfile.file, line: range.start });
  }
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** What cannot be expanded is told elsewhere. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
