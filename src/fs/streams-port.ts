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

/** What makes a stream of a new object, whose prototype is the one that is named beside it. */
export type StreamStart = (stream: object, source: StreamSource, path: unknown, options: unknown) => void;

/** The platform's own streams over a file. */
export interface FileStreams {
  /** What streams for reading inherit from, those of all fs objects. */
  readonly readerPrototype: object | undefined;
  readonly startReader: StreamStart;
  readonly writerPrototype: object | undefined;
  readonly startWriter: StreamStart;
  /** The lines of a stream for reading. */
  lines(reader: object): object;
}

function missing(): never {
  throw new StratumError('UNSUPPORTED', 'this platform has no file streams; use FileHandle.read or readFile');
}

export const fileStreams: Port<FileStreams> = createPort<FileStreams>({
  readerPrototype: undefined,
  startReader: missing,
  writerPrototype: undefined,
  startWriter: missing,
  lines: missing,
});
