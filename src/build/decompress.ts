/** Compressed archives: gzip and zstd as layers are, and bzip2 and xz, which only ADD has to read. */

import { joinBytes } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import { detectCodec, openCompressed } from '../layer/compression.js';

/** Fails with LIMIT_EXCEEDED as soon as it comes to more than so many bytes. */
type Decompress = (bytes: Uint8Array, limitBytes: number) => Promise<Uint8Array>;

/** How these bytes are decompressed, by how they begin; undefined for what is not compressed. */
export function codecOf(bytes: Uint8Array): Decompress | undefined {
  const [a, b, c, d, e, f] = bytes;
  // First what no layer is compressed with: to say so is all that layers have for it.
  if (a === 0x42 && b === 0x5a && c === 0x68) return bzip2;
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58 && e === 0x5a && f === 0) return xz;
  return detectCodec(bytes.subarray(0, 6)) === 'none' ? undefined : layerCodec;
}

async function layerCodec(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  return collectBytes((await openCompressed(bytes)).content, limitBytes);
}

async function bzip2(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  if (!('Buffer' in globalThis)) throw new StratumError('UNSUPPORTED', 'bzip2 cannot be read here');
  const { default: bzip } = await import('seek-bzip');
  const output = new LimitedBytes(limitBytes);
  bzip.decode(bytes, output);
  return output.finish();
}

const CHUNK_BYTES = 64 * 1024;

/** Takes bytes one by one, as the decoder gives them. */
class LimitedBytes {
  readonly #limitBytes: number;
  readonly #full: Uint8Array[] = [];
  #chunk: Uint8Array = new Uint8Array(CHUNK_BYTES);
  #at = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  writeByte(byte: number): void {
    if (this.#at === CHUNK_BYTES) {
      this.#full.push(this.#chunk);
      this.#chunk = new Uint8Array(CHUNK_BYTES);
      this.#at = 0;
    }
    if (this.#full.length * CHUNK_BYTES + this.#at >= this.#limitBytes) {
      throw new StratumError('LIMIT_EXCEEDED', `more than ${this.#limitBytes} bytes`);
    }
    this.#chunk[this.#at++] = byte;
  }

  finish(): Uint8Array {
    return joinBytes([...this.#full, this.#chunk.subarray(0, this.#at)]);
  }
}

async function xz(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const content = new XzReadableStream(source) as unknown as AsyncIterable<Uint8Array>;
  return collectBytes(content, limitBytes);
}
