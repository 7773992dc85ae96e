/** Follows the instructions of a stage, as a build would, and hands each to the checks of its kind. */

import type { Dockerfile, Instruction, ListInstruction } from '../ast.js';
import { locate } from '../error.js';
import { parseMount } from '../mounts.js';
import { CommandChecks } from './commands.js';
import { checkCopy, type IgnoredPaths } from './copy.js';
import { checkExpose, checkWorkdir } from './paths.js';
import type { Warnings } from './rules.js';
import type { CheckedStage } from './stages.js';
import { checkOldForm, checkSecret } from './values.js';
import { type VariableScope, Variables } from './variables.js';

export interface StageOptions {
  readonly dockerfile: Dockerfile;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly globalArgs: ReadonlyMap<string, string>;
  /** The files of the context that .dockerignore leaves out. */
  readonly ignore: IgnoredPaths | undefined;
  readonly warnings: Warnings;
}

/** What a stage built on this one begins with. */
export interface StageScope extends VariableScope {
  readonly hasWorkdir: boolean;
  readonly hasShell: boolean;
}

export class StageChecker {
  readonly #options: StageOptions;
  readonly #warnings: Warnings;
  readonly #variables: Variables;
  readonly #commands: CommandChecks;
  #hasWorkdir: boolean;

  constructor(scope: StageScope, options: StageOptions) {
    const { warnings, dockerfile } = options;
    this.#options = options;
    this.#warnings = warnings;
    this.#variables = new Variables(scope, { escapeToken: dockerfile.directives.escapeToken, warnings });
    this.#commands = new CommandChecks(warnings, scope.hasShell);
    this.#hasWorkdir = scope.hasWorkdir;
  }

  /** Fails at an instruction whose variables cannot be replaced. */
  check({ instructions }: CheckedStage): StageScope {
    for (const instruction of instructions) this.#checkAt(instruction);
    const { env, args } = this.#variables;
    return { env, args, hasWorkdir: this.#hasWorkdir, hasShell: this.#commands.hasShell };
  }

  #checkAt(instruction: Instruction): void {
    try {
      this.#check(instruction);
    } catch (error) {
      throw locate(error, this.#options.dockerfile.file, instruction.range.start);
    }
  }

  #check(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'arg':
        this.#arg(instruction);
        break;
      case 'env':
      case 'label':
        this.#pairs(instruction);
        break;
      case 'run':
        for (const mount of instruction.mounts) parseMount(mount, (word) => this.#expand(word, instruction));
        break;
      case 'copy':
      case 'add':
        this.#copy(instruction);
        break;
      case 'cmd':
      case 'entrypoint':
      case 'healthcheck':
      case 'shell':
        this.#commands.check(instruction);
        break;
      case 'workdir':
        this.#workdir(this.#expand(instruction.value, instruction), instruction);
        break;
      case 'expose':
        this.#expose(instruction);
        break;
      case 'volume':
        for (const word of instruction.words) this.#expand(word, instruction);
        break;
      case 'user':
      case 'stopsignal':
        this.#expand(instruction.value, instruction);
        break;
      case 'maintainer':
      case 'onbuild':
    }
  }

  #expand(word: string, { range }: Instruction): string {
    return this.#variables.expand(word, range);
  }

  #arg({ args, range }: Instruction & { readonly kind: 'arg' }): void {
    const { buildArgs, globalArgs } = this.#options;
    for (const { name, value } of args) {
      checkSecret('ARG', name, range, this.#warnings);
      const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
      const written = () => (value === undefined ? globalArgs.get(name) : this.#variables.expand(value, range));
      this.#variables.declare(name, given ?? written());
    }
  }

  /** All values of the line see the variables from before it. */
  #pairs(instruction: Instruction & { readonly kind: 'env' | 'label' }): void {
    const { pairs, range, kind } = instruction;
    const expanded = pairs.map((pair) => ({
      ...pair,
      key: this.#variables.expand(pair.key, range),
      value: this.#variables.expand(pair.value, range),
    }));
    for (const pair of expanded) {
      checkOldForm(instruction, pair, this.#warnings);
      if (kind === 'label') continue;
      checkSecret('ENV', pair.key, range, this.#warnings);
      this.#variables.env.set(pair.key, pair.value);
    }
  }

  #copy(instruction: Instruction & { readonly kind: 'copy' | 'add' }): void {
    const { chown = '', chmod = '', sources, destination, heredocs, range } = instruction;
    const flags = [chown, chmod, (instruction.kind === 'add' ? instruction.checksum : undefined) ?? ''];
    for (const flag of flags) this.#variables.expand(flag, range);
    const expanded = sources.map((source) => this.#variables.expand(source, range));
    this.#variables.expand(destination, range);
    for (const { expand, content } of heredocs) if (expand) this.#variables.expandBody(content, range);
    checkCopy(instruction, expanded, this.#options.ignore, this.#warnings);
  }

  /** Only the first one of a stage: what follows is relative to it. */
  #workdir(path: string, { range }: Instruction): void {
    if (!this.#hasWorkdir) checkWorkdir(path, range, this.#warnings);
    this.#hasWorkdir = true;
  }

  /** BuildKit puts the words in order when it reads them. */
  #expose({ words, range }: ListInstruction): void {
    const ports = [...words].sort().flatMap((word) => this.#variables.expandQuietly(word));
    checkExpose(ports, range, this.#warnings);
  }
}
