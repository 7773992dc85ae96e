/** Programs of the machine that the runtime is made of: tar, unshare, and a shell that mounts. */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StratumError } from '../../base/error.js';

const SHOWN_BYTES = 4096;
const SIGNALLED = 128;

/** Runs a program to its end with bytes on its standard input. Fails with RUNTIME_FAILED, and what it said. */
export async function feed(argv: readonly string[], input: Iterable<Uint8Array>): Promise<void> {
  const child = start(argv);
  const said = collectText(child);
  const [, code] = await Promise.all([
    // A program that ends early says why itself.
    pipeline(Readable.from(input), child.stdin as NodeJS.WritableStream).catch(() => {}),
    exitOf(child),
  ]);
  if (code !== 0) throw failed(argv, code, await said);
}

/** A program's standard output as a stream, which fails when the program does. */
export async function* outputOf(argv: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  const child = start(argv);
  child.stdin?.end();
  const said = collectText(child);
  const exit = exitOf(child);
  yield* child.stdout as unknown as AsyncIterable<Uint8Array>;
  const code = await exit;
  if (code !== 0) throw failed(argv, code, await said);
}

export function start(argv: readonly string[], options: { readonly cwd?: string } = {}): ChildProcess {
  const [program = '', ...args] = argv;
  return spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** 128 + n for a signal. Fails with RUNTIME_FAILED when there is no such program. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new StratumError('RUNTIME_FAILED', `cannot run ${child.spawnfile}: ${cause.message}`, { cause }));
    });
    child.once('close', (code, signal) =>
      resolve(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

async function collectText(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stderr as unknown as AsyncIterable<Uint8Array>) {
    text = (text + new TextDecoder().decode(chunk)).slice(-SHOWN_BYTES);
  }
  return text.trim();
}

function failed([program = '']: readonly string[], code: number, said: string): StratumError {
  return new StratumError('RUNTIME_FAILED', `${program} failed with exit code ${code}: ${said}`);
}
