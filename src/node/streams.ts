/** File streams of a view in Node: its own ReadStream and WriteStream. */

import fs, { type PathLike } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { FileStreams } from '../fs/streams-port.js';

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
