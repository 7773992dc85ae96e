/** Examples below a verb's help, aligned. */

import type { Command } from 'commander';
import { alignColumns } from './table.js';

/** Adds examples: each a command line and what it does. */
export function withExamples(command: Command, examples: readonly (readonly [line: string, what: string])[]): void {
  const lines = alignColumns(examples.map(([line, what]) => [`  ${line}`, what]));
  command.addHelpText('after', `\nExamples:\n${lines.trimEnd()}`);
}
