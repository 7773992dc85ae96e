/** The world as this process has it, and what its signals and pipes do. */

import type { Io } from './io.js';

/** The process's streams, environment and clock; an interrupt aborts the signal, a second one ends the process. */
export function processIo(): Io {
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
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
    signal: interrupt.signal,
  };
}

/** A reader that goes away (`| head`) is no error. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
}
