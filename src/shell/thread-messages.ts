/** What a shell in a thread of its own and its host say to each other. */

import type { BashFileSystem } from '../fs/just-bash.js';
import type { BashOutcome, BashRun, BashSettings } from './bash.js';

/** Calls that are answered; the others are plain functions of their arguments. */
export type FileCall = Exclude<keyof BashFileSystem, 'resolvePath' | 'getAllPaths' | 'writeFileSync'>;

export const FILE_CALLS: readonly FileCall[] = [
  'readFile',
  'readFileBuffer',
  'writeFile',
  'appendFile',
  'exists',
  'stat',
  'lstat',
  'mkdir',
  'readdir',
  'readdirWithFileTypes',
  'rm',
  'cp',
  'mv',
  'chmod',
  'symlink',
  'link',
  'readlink',
  'realpath',
  'utimes',
];

export type ToThread =
  /** What comes of it bears the number of the shell: what an earlier one left running is not heard any more. */
  | {
      readonly kind: 'open';
      readonly shell: number;
      readonly settings: BashSettings;
      readonly commands: readonly string[];
    }
  | { readonly kind: 'run'; readonly run: BashRun }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: PlainError };

export type FromThread = Told & { readonly shell: number };

export type Told =
  | { readonly kind: 'call'; readonly id: number; readonly name: FileCall; readonly args: readonly unknown[] }
  | {
      readonly kind: 'command';
      readonly id: number;
      readonly name: string;
      readonly args: string[];
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
    }
  /** Makes a command known under a path; nobody waits for it. */
  | { readonly kind: 'stub'; readonly path: string; readonly content: string }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'outcome'; readonly outcome: BashOutcome }
  | { readonly kind: 'failure'; readonly error: PlainError };

/** An error without its class, which no clone has. */
export interface PlainError {
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error), fields: {} };
  const fields = Object.entries(error).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return { message: error.message, fields: Object.fromEntries(fields) };
}

export function errorOf({ message, fields }: PlainError): Error {
  return Object.assign(new Error(message), fields);
}
