/** A world for the command line: streams that keep what is written, a clock that stands still, a store that goes away. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';

export const NOW = new Date('2026-01-15T12:00:00Z');

export interface WorldOptions {
  readonly stdin?: Uint8Array | string;
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly now?: Date;
  readonly signal?: AbortSignal;
}

/** An output that keeps its bytes. */
export class Sink extends Writable {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 24;
  readonly #chunks: Buffer[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }
}

export interface World {
  readonly io: Io;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

export function makeWorld(options: WorldOptions = {}): World {
  const { isTTY = false, env = {}, cwd = tmpdir(), now = NOW } = options;
  const stdout = new Sink(isTTY);
  const stderr = new Sink(isTTY);
  const input = options.stdin === undefined ? [] : [Buffer.from(options.stdin)];
  const stdin = Object.assign(Readable.from(input), { isTTY: isTTY && options.stdin === undefined });
  const signal = options.signal ?? new AbortController().signal;
  // In the background, but in this process: nothing of it outlives the tests.
  const detach = (argv: readonly string[]): void => void main(argv, makeWorld({ env, cwd, now }).io);
  return { stdout, stderr, io: { stdin, stdout, stderr, env, cwd, signal, detach, now: () => now } };
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
}

/** Runs one command line. */
export async function run(argv: readonly string[], options: WorldOptions = {}): Promise<Outcome> {
  const { io, stdout, stderr } = makeWorld(options);
  const code = await main(argv, io);
  return { code, out: stdout.text, err: stderr.text, bytes: stdout.bytes };
}

/** Runs something with a directory of its own, and removes it. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'stratum-cli-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
