/** The port for stream classes: a browser has none of Node's kind, so there these calls say so. */

import { StratumError } from '../base/error.js';
import { createPort, type Port } from '../base/port.js';
import type { PathLike } from './arguments.js';

/** The callback calls that a stream works through. */
export interface StreamSource {
  open(
    path: PathLike,
    flags: string | number,
    mode: number,
    callback: (error: Error | null, fd?: number) => void,
  ): void;
  read(fd: number, ...rest: unknown[]): void;
  write(fd: number, data: ArrayBufferView | string, ...rest: unknown[]): void;
  writev(fd: number, buffers: readonly ArrayBufferView[], ...rest: unknown[]): void;
  fsync(fd: number, callback: (error: Error | null) => void): void;
  close(fd: number, callback: (error: Error | null) => void): void;
}

/** Options as node:fs takes them: `flags`, `encoding`, `fd`, `mode`, `autoClose`, `start`, `end`, `highWaterMark`, … */
export type StreamOptions = Readonly<Record<string, unknown>>;

/** Makes the platform's own streams over a file. */
export interface FileStreams {
  reader(source: StreamSource, path: PathLike | undefined, options: StreamOptions): object;
  writer(source: StreamSource, path: PathLike | undefined, options: StreamOptions): object;
  /** The lines of a stream that `reader` made. */
  lines(reader: object): object;
}

function missing(): never {
  throw new StratumError('UNSUPPORTED', 'this platform has no file streams; use FileHandle.read or readFile');
}

export const fileStreams: Port<FileStreams> = createPort<FileStreams>({
  reader: missing,
  writer: missing,
  lines: missing,
});
