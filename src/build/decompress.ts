/** Compressed archives: gzip and zstd as layers are, and bzip2 and xz, which only ADD has to read. */

import { StratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import { detectCodec, openCompressed } from '../layer/compression.js';

/** What an archive may come to when it is unpacked. */
const UNPACKED_LIMIT_BYTES = 4 * 1024 ** 3;

type Decompress = (bytes: Uint8Array) => Promise<Uint8Array>;

/** How these bytes are decompressed, by how they begin; undefined for what is not compressed. */
export function codecOf(bytes: Uint8Array): Decompress | undefined {
  const [a, b, c, d, e, f] = bytes;
  if (detectCodec(bytes.subarray(0, 6)) !== 'none') return layerCodec;
  if (a === 0x42 && b === 0x5a && c === 0x68) return bzip2;
  const isXz = a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58 && e === 0x5a && f === 0;
  return isXz ? xz : undefined;
}

async function layerCodec(bytes: Uint8Array): Promise<Uint8Array> {
  return collectBytes((await openCompressed(bytes)).content, UNPACKED_LIMIT_BYTES);
}

async function bzip2(bytes: Uint8Array): Promise<Uint8Array> {
  if (!('Buffer' in globalThis)) throw new StratumError('UNSUPPORTED', 'bzip2 cannot be read here');
  const { default: bzip } = await import('seek-bzip');
  return bzip.decode(bytes);
}

async function xz(bytes: Uint8Array): Promise<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const content = new XzReadableStream(source) as unknown as AsyncIterable<Uint8Array>;
  return collectBytes(content, UNPACKED_LIMIT_BYTES);
}
