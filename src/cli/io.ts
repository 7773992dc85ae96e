/** What the command line is given of the world: streams, environment, clock. Tests hand in their own. */

import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** A stream to write to; on a terminal it knows its size. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** A stream to read from. */
export type Input = AsyncIterable<Uint8Array> & {
  readonly isTTY?: boolean;
  /** Tells a terminal to show nothing and to pass every key on. */
  readonly setRawMode?: (isRaw: boolean) => unknown;
  /** Ends a read that is under way. */
  readonly destroy?: () => unknown;
};

export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Directory that relative host paths start from; absolute. */
  readonly cwd: string;
  /** Runs the command line again with other arguments, in a process of its own that outlives this one. */
  readonly detach: (argv: readonly string[]) => void;
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal;
}

/** Outputs whose reader went away. */
const broken: WeakSet<Output> = new WeakSet();

/** Says that an output has no reader any more: from now on, writing to it fails with EPIPE. */
export function markBroken(stream: Output): void {
  broken.add(stream);
}

/** Writes and waits until the reader keeps up; fails with EPIPE when it went away. */
export async function write(stream: Output, chunk: string | Uint8Array): Promise<void> {
  if (broken.has(stream)) throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  if (!stream.write(chunk)) await once(stream, 'drain');
}

/** True for the error of an output whose reader went away: `stratum history x | head -1`. */
export function isBrokenPipe(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'EPIPE';
}
