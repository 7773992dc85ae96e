/** File streams of a view in Node, on its own ReadStream and WriteStream. */

import fs from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { FsStateError } from '../fs/errors.js';
import { FileHandle } from '../fs/file-handle.js';
import type { FileStreams, StreamSource, StreamStart } from '../fs/streams-port.js';

export const nodeStreams: FileStreams = {
  readerPrototype: Object.create(fs.ReadStream.prototype) as object,
  startReader: starting(fs.ReadStream),
  writerPrototype: Object.create(fs.WriteStream.prototype) as object,
  startWriter: starting(fs.WriteStream),
  // What a ReadStream is, is such a stream.
  lines: (reader) => createInterface({ input: reader as Readable, crlfDelay: Number.POSITIVE_INFINITY }),
};

/** Node's classes are functions of the old kind, and take the calls to work through as the option `fs`. */
interface OldClass {
  call(self: object, path: unknown, options: unknown): void;
}

function starting(nodeClass: unknown): StreamStart {
  const base = nodeClass as OldClass;
  return (stream, source, path, options) => {
    const handle = handleIn(options);
    const given = handle === undefined ? withSource(options, source) : overHandle(options as object, handle);
    base.call(stream, path, given);
    handle?.on('close', () => (stream as { close(): void }).close());
  };
}

/** Options may be inherited ones, so they are not copied; what is no object is left for Node to judge. */
function withSource(options: unknown, source: StreamSource): unknown {
  if (options === undefined || options === null) return { fs: source };
  if (typeof options === 'string') return { encoding: options, fs: source };
  if (typeof options !== 'object') return options;
  return 'fs' in options && options.fs ? options : derived(options, { fs: source });
}

function handleIn(options: unknown): FileHandle | undefined {
  const fd = typeof options === 'object' && options !== null && 'fd' in options ? options.fd : undefined;
  return fd instanceof FileHandle ? fd : undefined;
}

function overHandle(options: object, handle: FileHandle): object {
  if ('fs' in options && options.fs) {
    throw new FsStateError('ERR_METHOD_NOT_IMPLEMENTED', 'The FileHandle with fs method is not implemented');
  }
  return derived(options, { fd: handle.fd, fs: sourceOf(handle) });
}

function derived(options: object, own: object): object {
  // Defined, not assigned: an assignment would go to a setter of the options.
  const each = Object.entries(own).map(([key, value]) => [key, { value, enumerable: true }]);
  return Object.create(options, Object.fromEntries(each));
}

type Callback = (error: Error | null, ...results: unknown[]) => void;

/** The calls of a stream as methods of a handle, so that the handle knows of everything that is done to the file. */
function sourceOf(handle: FileHandle): object {
  const through =
    (method: (...args: never[]) => Promise<unknown>, count: 'bytesRead' | 'bytesWritten') =>
    (_fd: number, buffer: unknown, ...rest: unknown[]): void => {
      const callback = rest.pop() as Callback;
      const done = (result: unknown): void => callback(null, (result as Record<string, number>)[count], buffer);
      method.apply(handle, [buffer, ...rest] as never[]).then(done, callback);
    };
  return {
    read: (...args: [number, unknown]) => through(handle.read, 'bytesRead')(...args),
    write: (...args: [number, unknown]) => through(handle.write, 'bytesWritten')(...args),
    writev: (...args: [number, unknown]) => through(handle.writev, 'bytesWritten')(...args),
    fsync: (_fd: number, callback: Callback) => void handle.sync().then(() => callback(null), callback),
    close: (_fd: number, callback: Callback) => void handle.close().then(() => callback(null), callback),
  };
}
