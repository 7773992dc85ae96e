/** A shell at a terminal: asks for a line, runs it, and asks again. */

import { utf8 } from '../base/bytes.js';
import type { ExecRequest } from '../build/runtime.js';
import type { Shell } from './shell.js';
import type { Stop } from './stop.js';

const EXIT = /^\s*(?:exit|logout)(?:\s+(\d{1,3}))?\s*;?\s*$/;

/** Resolves to the exit code of the last line, or what `exit` says. Ends with its input. */
export async function prompt(shell: Shell, request: ExecRequest, stop: Stop): Promise<number> {
  let exitCode = 0;
  const ask = (): void => request.stdout(utf8(`${shell.user.name || 'I have no name!'}:${shell.cwd}${sign(shell)} `));
  ask();
  for await (const line of linesOf(request.stdin ?? [], stop.signal)) {
    const exit = EXIT.exec(line);
    if (exit !== null) return exit[1] === undefined ? exitCode : Number(exit[1]) & 0xff;
    exitCode = await shell.run({ text: line });
    if (stop.signal.aborted) return stop.exitCode;
    ask();
  }
  if (stop.signal.aborted) return stop.exitCode;
  request.stdout(utf8('\n'));
  return exitCode;
}

function sign({ user }: Shell): string {
  return user.uid === 0 ? '#' : '$';
}

/** The lines of a stream, until it ends or the signal says so. */
async function* linesOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  const chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (;;) {
    const next = await Promise.race([chunks.next(), aborted]);
    if (next === undefined || next.done === true) break;
    const lines = (rest + decoder.decode(next.value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '' && !signal.aborted) yield rest;
}
