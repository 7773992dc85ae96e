/** A program between the streams of a request, or at our own terminal. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ExecRequest } from '../../build/runtime.js';
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
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  child.stdout?.on('data', stdout);
  child.stderr?.on('data', stderr);
  if (child.stdin !== null) void sendInput(child.stdin, stdin);
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

/** A command need not read what it is given, nor wait for all of it. */
async function sendInput(stdin: Writable, input: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  stdin.on('error', () => {});
  try {
    for await (const chunk of input ?? []) if (!stdin.write(chunk)) await once(stdin, 'drain');
  } catch {
    // The stream was closed, by us or by who gives it.
  }
  stdin.end();
}
