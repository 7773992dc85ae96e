/** Runs one test file of Node in a process of its own. */

import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { TestFile } from './files.js';

export interface Outcome {
  readonly name: string;
  readonly kind: 'passed' | 'failed' | 'skipped';
  /** The error in one line, or the reason that the file gives for skipping itself. */
  readonly line: string;
  readonly output: string;
}

export interface Setting {
  readonly subject: string;
  /** The folder of Node's tests. */
  readonly root: string;
  readonly preload: string;
  /** Tests that run side by side need temporary directories of their own. */
  readonly slot: number;
}

const LIMIT_MS = 30_000;

export function runFile(file: TestFile, { subject, root, preload, slot }: Setting): Promise<Outcome> {
  const child = spawn(process.execPath, [...file.flags, file.path], {
    cwd: dirname(root),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Processes that a test starts itself are under the same preload.
      NODE_OPTIONS: `--require=${preload}`,
      NODE_SUITE: JSON.stringify({ subject, root, file: file.path }),
      TEST_THREAD_ID: String(slot),
    },
  });
  let output = '';
  const add = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, LIMIT_MS);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ name: file.name, output, ...judged(code, late, output) });
    });
  });
}

function judged(code: number | null, late: boolean, output: string): Pick<Outcome, 'kind' | 'line'> {
  if (late) return { kind: 'failed', line: `no end after ${LIMIT_MS / 1000} s` };
  const skipped = /^1\.\.0 # Skipped: (.*)$/m.exec(output)?.[1];
  if (code === 0) return skipped === undefined ? { kind: 'passed', line: '' } : { kind: 'skipped', line: skipped };
  return { kind: 'failed', line: errorLine(output) };
}

function errorLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /^(\w*Error\b|Mismatched |\w+ \[ERR_)/.test(line)) ??
    lines.find((line) => line !== '') ??
    'said nothing'
  );
}
