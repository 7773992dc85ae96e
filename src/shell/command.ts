/** What a command of the shell is, and how its arguments are read. */

import { FsError } from '../union/errno.js';
import type { Kernel } from '../union/kernel.js';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface CommandContext {
  readonly cwd: string;
  readonly env: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
  /** The files, with the rights of who runs the command. */
  readonly kernel: Kernel;
  /** Aborted when the command is to end: one that waits must listen. */
  readonly signal: AbortSignal;
}

/** Takes what is printed. */
export type Output = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

export type ShellCommand = (args: string[], context: CommandContext) => Promise<CommandResult>;

/** Gives what is printed; throws CommandError or FsError for exit code 1. */
export type Run = (args: readonly string[], context: CommandContext) => string;

/** O_WRONLY | O_CREAT | O_TRUNC. */
export const WRITE = 0o1101;

/** An error of a command: its message, which may be empty, and exit code 1. */
export class CommandError extends Error {}

export function commandOf(name: string, run: Run): ShellCommand {
  return async (args, context) => {
    try {
      return { stdout: run(args, context), stderr: '', exitCode: 0 };
    } catch (error) {
      if (error instanceof CommandError || error instanceof FsError) {
        return { stdout: '', stderr: error.message === '' ? '' : `${name}: ${error.message}\n`, exitCode: 1 };
      }
      throw error;
    }
  };
}

export interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** `-abc`, `-m VALUE`, `-mVALUE`, `--name=value`, `--name value`. */
export function parse(args: readonly string[], withValue: readonly string[]): ParsedArguments {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') operands.push(word);
    else if (word.startsWith('--')) {
      const at = word.indexOf('=');
      const name = at < 0 ? word.slice(2) : word.slice(2, at);
      if (at >= 0) values.set(name, word.slice(at + 1));
      else if (withValue.includes(name)) values.set(name, args[++i] ?? '');
      else flags.add(name);
    } else i = shortFlags(word, i, { args, withValue, flags, values });
  }
  return { flags, values, operands };
}

function shortFlags(
  word: string,
  index: number,
  into: { args: readonly string[]; withValue: readonly string[]; flags: Set<string>; values: Map<string, string> },
): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (!into.withValue.includes(letter)) {
      into.flags.add(letter);
      continue;
    }
    const rest = word.slice(at + 1);
    into.values.set(letter, rest === '' ? (into.args[index + 1] ?? '') : rest);
    return rest === '' ? index + 1 : index;
  }
  return index;
}
