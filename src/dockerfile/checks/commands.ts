/** Checks of CMD, ENTRYPOINT and HEALTHCHECK: their form, and that each is there once. */

import type { Instruction, SourceRange } from '../ast.js';
import type { Warnings } from './rules.js';

type CommandKind = 'cmd' | 'entrypoint' | 'healthcheck';

export class CommandChecks {
  readonly #warnings: Warnings;
  readonly #before: Map<CommandKind, SourceRange> = new Map();
  /** With a shell of one's own, commands without JSON are on purpose. */
  hasShell: boolean;

  constructor(warnings: Warnings, hasShell: boolean) {
    this.#warnings = warnings;
    this.hasShell = hasShell;
  }

  check(instruction: Instruction & { readonly kind: CommandKind | 'shell' }): void {
    if (instruction.kind === 'shell') {
      this.hasShell = true;
      return;
    }
    this.#checkOnce(instruction.kind, instruction);
    if (instruction.kind !== 'healthcheck') this.#checkForm(instruction);
  }

  /** The one before is the one that will be ignored. */
  #checkOnce(kind: CommandKind, { word, range }: Instruction): void {
    const before = this.#before.get(kind);
    this.#before.set(kind, range);
    if (before === undefined) return;
    const detail = `Multiple ${word} instructions should not be used in the same stage because only the last one will be used`;
    this.#warnings.add('MultipleInstructionsDisallowed', before, detail);
  }

  #checkForm({ word, range, command }: Instruction & { readonly kind: 'cmd' | 'entrypoint' }): void {
    if (command.form === 'exec' || this.hasShell) return;
    const detail = `JSON arguments recommended for ${word} to prevent unintended behavior related to OS signals`;
    this.#warnings.add('JSONArgsRecommended', range, detail);
  }
}
