/** A program between the streams of a request, or at our own terminal. */

import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExecRequest } from '../../build/runtime.js';
import { killWithChildren } from './inside-process.js';
import { exitOf, start } from './programs.js';

/**
 * Runs a program between the streams of a request, at our own terminal if it asks for that and we are at one; resolves
 * to its exit code.
 */
export async function runAttached(
  argv: readonly string[],
  request: ExecRequest,
  onStart: (child: ChildProcess) => void = () => {},
): Promise<number> {
  const { stdin, stdout, stderr, signal, timeoutMs, terminal = false } = request;
  const child = terminal && process.stdout.isTTY ? startAtTerminal(argv) : start(argv);
  const stop = (): void => killWithChildren(child);
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  child.stdout?.on('data', stdout);
  child.stderr?.on('data', stderr);
  // A command need not read what it is given, nor wait for all of it.
  if (child.stdin !== null) pipeline(Readable.from(stdin ?? []), child.stdin).catch(() => {});
  try {
    const exit = exitOf(child);
    if (child.pid !== undefined) onStart(child);
    return await exit;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

function startAtTerminal([program = '', ...args]: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: 'inherit' });
}
