/** The port for stream classes: a browser has none of Node's kind, so there these calls say so. */

import { StratumError } from '../base/error.js';
import { createPort, type Port } from '../base/port.js';
import type { PathLike } from './arguments.js';

/** The callback calls that a stream works through; looked up at each use, so that a program may replace them. */
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

/** ReadStream or WriteStream: a class that may be called without `new`, as Node's may. */
export interface StreamClass {
  new (path: PathLike | null | undefined, options?: string | StreamOptions | null): object;
  (path: PathLike | null | undefined, options?: string | StreamOptions | null): object;
}

export interface StreamClasses {
  readonly ReadStream: StreamClass;
  readonly WriteStream: StreamClass;
}

/** Makes the platform's own streams over a file. */
export interface FileStreams {
  /** The stream classes of one fs object. */
  classes(source: StreamSource): StreamClasses;
  /** The lines of a stream for reading. */
  lines(reader: object): object;
}

function missing(): never {
  throw new StratumError('UNSUPPORTED', 'this platform has no file streams; use FileHandle.read or readFile');
}

export const fileStreams: Port<FileStreams> = createPort<FileStreams>({
  // Only functions of this kind can be called both ways.
  classes: () => ({ ReadStream: missing as unknown as StreamClass, WriteStream: missing as unknown as StreamClass }),
  lines: missing,
});
