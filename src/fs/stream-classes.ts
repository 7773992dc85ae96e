/** The stream classes of one fs object. */

import { fileStreams, type StreamOptions, type StreamSource } from './streams-port.js';

/** ReadStream or WriteStream: a class that may be called without `new`, and derived from by `call`, as Node's may. */
export interface StreamClass {
  new (path: unknown, options?: string | StreamOptions | null): object;
  (path: unknown, options?: string | StreamOptions | null): object;
}

export interface StreamClasses {
  readonly ReadStream: StreamClass;
  readonly WriteStream: StreamClass;
}

/**
 * Functions of the old kind, with a prototype that all fs objects share: each fork of a view has such classes, and they
 * cost no more than two closures.
 */
export function streamClasses(source: () => StreamSource): StreamClasses {
  const { readerPrototype, writerPrototype } = fileStreams.get();

  function ReadStream(this: unknown, path: unknown, options: unknown): object | undefined {
    if (!(this instanceof ReadStream)) return made(ReadStream, path, options);
    fileStreams.get().startReader(this, source(), path, options);
    return undefined;
  }

  function WriteStream(this: unknown, path: unknown, options: unknown): object | undefined {
    if (!(this instanceof WriteStream)) return made(WriteStream, path, options);
    fileStreams.get().startWriter(this, source(), path, options);
    return undefined;
  }

  if (readerPrototype !== undefined) ReadStream.prototype = readerPrototype;
  if (writerPrototype !== undefined) WriteStream.prototype = writerPrototype;
  return { ReadStream, WriteStream } as unknown as StreamClasses; // TypeScript takes no function for a class
}

function made(Stream: unknown, path: unknown, options: unknown): object {
  return new (Stream as StreamClass)(path, options as StreamOptions);
}
