/** File streams of a view in Node, its own ReadStream and WriteStream; and Node's types for the fs object. */

import fs, { type PathLike } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { FileStreams } from '../fs/streams-port.js';

type NodeFs = typeof import('node:fs');

/**
 * What Node's types list and Node itself does not have on Linux: `lchmod` is undefined there, and `StatsFs` is a type
 * that is declared as a class. To leave them out would keep the fs object from being taken for `node:fs`.
 */
type OnlyInTypes = 'lchmod' | 'lchmodSync' | 'StatsFs';

/** Classes of Node's own, which the streams of a view are instances of. */
type StreamClasses = 'ReadStream' | 'WriteStream';

declare module '../fs/create-fs.js' {
  /** In Node the fs object has the type of `node:fs`: every name that it has, as Node's types (20 and 22) tell it. */
  interface PlatformFs {
    readonly fs: Pick<NodeFs, keyof NodeFs & (keyof CoreFs | StreamClasses | OnlyInTypes)>;
  }
}

/** Node takes the calls that a stream is to use as the option `fs`, but its types leave the constructors out. */
type StreamClass = new (path: PathLike, options: object) => object;

const ReadStream = fs.ReadStream as unknown as StreamClass;
const WriteStream = fs.WriteStream as unknown as StreamClass;

export const nodeStreams: FileStreams = {
  // Node looks at no path when it is given a descriptor.
  reader: (source, path, options) => new ReadStream(path as PathLike, { ...options, fs: source }),
  writer: (source, path, options) => new WriteStream(path as PathLike, { ...options, fs: source }),
  // What `reader` makes is such a stream.
  lines: (reader) => createInterface({ input: reader as Readable, crlfDelay: Number.POSITIVE_INFINITY }),
};
