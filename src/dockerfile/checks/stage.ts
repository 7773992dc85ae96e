/** Checks of what a stage does: variables, commands, paths. They look at the stages that the target needs. */

import type { ArgInstruction, Dockerfile, Instruction, StageDefinition } from '../ast.js';
import { expandHeredoc, expandWord } from '../expand.js';
import { nearest } from '../suggest.js';
import type { Warnings } from './rules.js';

export interface StageOptions {
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly globalArgs: ReadonlyMap<string, string>;
  /** The files of the context that .dockerignore leaves out. */
  readonly ignore: { matches(path: string): boolean; readonly hasExceptions: boolean } | undefined;
}

/** What a stage built on this one begins with. */
export interface StageScope {
  readonly env: ReadonlyMap<string, string>;
  readonly args: ReadonlySet<string>;
  readonly hasWorkdir: boolean;
  readonly hasShell: boolean;
}

const SECRET = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const NO_SECRET = /(?:_|^)public(?:_|$)/i;
const ONCE: ReadonlySet<string> = new Set(['cmd', 'entrypoint', 'healthcheck']);

export class StageChecker {
  readonly #options: StageOptions;
  readonly #warnings: Warnings;
  readonly #escape: '\\' | '`';
  readonly #env: Map<string, string>;
  readonly #args: Set<string>;
  readonly #last: Map<string, Instruction> = new Map();
  #hasWorkdir: boolean;
  #hasShell: boolean;

  constructor(dockerfile: Dockerfile, scope: StageScope, options: StageOptions & { readonly warnings: Warnings }) {
    this.#options = options;
    this.#warnings = options.warnings;
    this.#escape = dockerfile.directives.escapeToken;
    this.#env = new Map(scope.env);
    this.#args = new Set(scope.args);
    this.#hasWorkdir = scope.hasWorkdir;
    this.#hasShell = scope.hasShell;
  }

  check({ instructions }: StageDefinition): StageScope {
    for (const instruction of instructions) this.#checkOne(instruction);
    return { env: this.#env, args: this.#args, hasWorkdir: this.#hasWorkdir, hasShell: this.#hasShell };
  }

  #checkOne(instruction: Instruction): void {
    if (instruction.kind !== 'arg') this.#expandAll(instruction);
    if (ONCE.has(instruction.kind)) this.#checkOnce(instruction);
    switch (instruction.kind) {
      case 'arg':
        this.#arg(instruction);
        break;
      case 'env':
        for (const { key, value } of instruction.pairs) {
          this.#secret('ENV', key, instruction);
          this.#env.set(key, value);
        }
        this.#legacy(instruction);
        break;
      case 'label':
        this.#legacy(instruction);
        break;
      case 'shell':
        this.#hasShell = true;
        break;
      case 'cmd':
      case 'entrypoint':
        this.#json(instruction);
        break;
      case 'workdir':
        this.#workdir(instruction, instruction.value);
        break;
      case 'expose':
        for (const word of instruction.words) this.#expose(word, instruction);
        break;
      case 'copy':
      case 'add':
        this.#copy(instruction);
        break;
      default:
    }
  }

  #arg(instruction: ArgInstruction): void {
    const { buildArgs, globalArgs } = this.#options;
    for (const { name, value } of instruction.args) {
      this.#secret('ARG', name, instruction);
      if (value !== undefined && buildArgs[name] === undefined) this.#expand(value, instruction);
      const found = buildArgs[name] ?? value ?? globalArgs.get(name);
      this.#args.add(name);
      if (found !== undefined) this.#env.set(name, found);
    }
  }

  #secret(word: string, key: string, { range }: Instruction): void {
    if (!SECRET.test(key) || NO_SECRET.test(key)) return;
    const detail = `Do not use ARG or ENV instructions for sensitive data (${word} ${JSON.stringify(key)})`;
    this.#warnings.add('SecretsUsedInArgOrEnv', range, detail);
  }

  #legacy(instruction: Instruction & { readonly kind: 'env' | 'label' }): void {
    for (const { equals } of instruction.pairs) {
      if (equals) continue;
      const { word, range } = instruction;
      const detail = `"${word} key=value" should be used instead of legacy "${word} key value" format`;
      this.#warnings.add('LegacyKeyValueFormat', range, detail);
    }
  }

  #checkOnce(instruction: Instruction): void {
    const before = this.#last.get(instruction.kind);
    this.#last.set(instruction.kind, instruction);
    if (before === undefined) return;
    const detail = `Multiple ${instruction.word} instructions should not be used in the same stage because only the last one will be used`;
    this.#warnings.add('MultipleInstructionsDisallowed', before.range, detail);
  }

  #json({ word, range, command }: Instruction & { readonly kind: 'cmd' | 'entrypoint' }): void {
    if (command.form === 'exec' || this.#hasShell) return;
    const detail = `JSON arguments recommended for ${word} to prevent unintended behavior related to OS signals`;
    this.#warnings.add('JSONArgsRecommended', range, detail);
  }

  #workdir({ range }: Instruction, written: string): void {
    const path = this.#quietly(written);
    if (!this.#hasWorkdir && !path.startsWith('/')) {
      const detail = `Relative workdir ${JSON.stringify(path)} can have unexpected results if the base image changes`;
      this.#warnings.add('WorkdirRelativePath', range, detail);
    }
    this.#hasWorkdir = true;
  }

  #expose(written: string, { range }: Instruction): void {
    const port = this.#quietly(written);
    const protocol = port.split('/')[1] ?? '';
    if (protocol !== protocol.toLowerCase()) {
      const detail = `Defined protocol '${port}' in EXPOSE instruction should be lowercase`;
      this.#warnings.add('ExposeProtoCasing', range, detail);
    }
    if (port.includes(':')) {
      const detail = `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`;
      this.#warnings.add('ExposeInvalidFormat', range, detail);
    }
  }

  #copy(instruction: Instruction & { readonly kind: 'copy' | 'add' }): void {
    const { ignore } = this.#options;
    if (ignore === undefined || ignore.hasExceptions) return;
    if (instruction.kind === 'copy' && instruction.from !== undefined) return;
    for (const written of instruction.sources) {
      const source = this.#quietly(written).replace(/^\.?\/+|\/+$/g, '');
      if (source === '' || source === '.' || !ignore.matches(source)) continue;
      const verb = instruction.kind === 'add' ? 'Add' : 'Copy';
      const detail = `Attempting to ${verb} file ${JSON.stringify(source)} that is excluded by .dockerignore`;
      this.#warnings.add('CopyIgnoredFile', instruction.range, detail);
    }
  }

  /** Every word of an instruction that variables are replaced in. */
  #expandAll(instruction: Instruction): void {
    const unset = new Set<string>();
    for (const word of wordsOf(instruction)) this.#collect(word, unset);
    for (const body of bodiesOf(instruction)) {
      this.#attempt(() => expandHeredoc(body, { env: this.#env, onUnset: (name) => unset.add(name) }));
    }
    this.#report(unset, instruction);
  }

  #expand(word: string, instruction: Instruction): void {
    const unset = new Set<string>();
    this.#collect(word, unset);
    this.#report(unset, instruction);
  }

  #collect(word: string, unset: Set<string>): void {
    this.#attempt(() =>
      expandWord(word, { env: this.#env, escapeToken: this.#escape, onUnset: (name) => unset.add(name) }),
    );
  }

  #report(unset: ReadonlySet<string>, { range }: Instruction): void {
    for (const name of unset) {
      if (this.#args.has(name)) continue;
      const match = nearest(name, [...this.#env.keys()]);
      const hint = match === undefined ? '' : ` (did you mean $${match}?)`;
      this.#warnings.add('UndefinedVar', range, `Usage of undefined variable '$${name}'${hint}`);
    }
  }

  #quietly(word: string): string {
    return this.#attempt(() => expandWord(word, { env: this.#env, escapeToken: this.#escape })) ?? word;
  }

  #attempt(expand: () => string): string | undefined {
    try {
      return expand();
    } catch {
      return undefined;
    }
  }
}

function wordsOf(instruction: Instruction): string[] {
  switch (instruction.kind) {
    case 'env':
    case 'label':
      return instruction.pairs.flatMap(({ key, value }) => [key, value]);
    case 'copy':
    case 'add': {
      const { sources, destination, chown = '', chmod = '', exclude } = instruction;
      return [...sources, destination, chown, chmod, ...exclude];
    }
    case 'expose':
    case 'volume':
      return [...instruction.words];
    case 'user':
    case 'workdir':
    case 'stopsignal':
      return [instruction.value];
    case 'run':
      return [...instruction.mounts];
    default:
      return [];
  }
}

function bodiesOf(instruction: Instruction): string[] {
  if (instruction.kind !== 'copy' && instruction.kind !== 'add') return [];
  return instruction.heredocs.flatMap(({ expand, content }) => (expand ? [content] : []));
}
