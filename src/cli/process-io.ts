/** The world as this process has it, and what its signals and pipes do. */

import { spawn } from 'node:child_process';
import { type Io, isBrokenPipe, markBroken } from './io.js';

/** The process's streams, environment and clock; an interrupt aborts the signal, a second one ends the process. */
export function processIo(): Io {
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isBrokenPipe(error)) throw error;
      markBroken(stream);
    });
  }
  return {
    // Asked for late: merely touching standard input makes a stream of it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: () => new Date(),
    cwd: process.cwd(),
    detach,
    signal: interrupt.signal,
  };
}

function detach(argv: readonly string[]): void {
  const [program, ...args] = ownCommand();
  spawn(program, [...args, ...argv], { detached: true, stdio: 'ignore' }).unref();
}

/** How this program is called, without the arguments of this call. */
export function ownCommand(): [program: string, ...args: string[]] {
  const [, script = ''] = process.argv;
  return [process.execPath, ...process.execArgv, script];
}
