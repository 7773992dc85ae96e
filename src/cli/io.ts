/** What the command line is given of the world: streams, environment, clock. Tests hand in their own. */

import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** A stream to write to; on a terminal it knows its size. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Directory that relative host paths start from; absolute. */
  readonly cwd: string;
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal;
}

/** Writes and waits until the reader keeps up. */
export async function write(stream: Output, chunk: string | Uint8Array): Promise<void> {
  if (stream.destroyed) return;
  if (!stream.write(chunk)) await once(stream, 'drain');
}

/** True when the reader of our output went away: `stratum history x | head -1`. */
export function isBrokenPipe(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'EPIPE';
}
