/**
 * gzip on all cores (RFC 1951, RFC 1952): blocks of a fixed size are deflated side by side in the thread pool and joined
 * into one member, so the bytes depend on zlib and the level, not on the number of cores.
 */

import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { ByteStream } from '../base/stream.js';
import { blocks } from '../layer/blocks.js';

const deflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);

export const GZIP_BLOCK: number = 1024 * 1024;
/** What DEFLATE can refer back to; each block may use the end of the one before it. */
const WINDOW = 32 * 1024;
/** Each block ends on a byte, in an empty stored block. */
const OPTIONS = { chunkSize: GZIP_BLOCK, finishFlush: zlib.constants.Z_SYNC_FLUSH };
/** The pool may be larger than what one stream should fill with a machine of many cores. */
const LANES: number = Math.min(availableParallelism(), 16) + 1;

/** No name, no time, unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** An empty last block with fixed codes. */
const LAST_BLOCK = Uint8Array.of(3, 0);

/** Compresses a stream into one gzip member; levels 0 to 9, 6 without one. */
export async function* gzipInBlocks(source: ByteStream, level: number = 6, lanes: number = LANES): ByteStream {
  const running: Promise<Uint8Array>[] = [];
  let previous: Uint8Array | undefined;
  let crc = 0;
  let size = 0;
  yield HEADER;
  for await (const block of blocks(source, GZIP_BLOCK)) {
    running.push(deflateBlock(block, previous, level));
    crc = zlib.crc32(block, crc);
    size += block.length;
    previous = block;
    if (running.length >= lanes) yield (await running.shift()) as Uint8Array;
  }
  for (const block of running) yield await block;
  yield LAST_BLOCK;
  yield trailer(crc, size);
}

function deflateBlock(block: Uint8Array, previous: Uint8Array | undefined, level: number): Promise<Uint8Array> {
  const dictionary = previous?.subarray(-WINDOW);
  const result = deflateRaw(
    block,
    dictionary === undefined ? { ...OPTIONS, level } : { ...OPTIONS, level, dictionary },
  );
  // An error is reported when its turn comes; until then it must not count as unhandled.
  result.catch(() => undefined);
  return result;
}

function trailer(crc: number, size: number): Uint8Array {
  const out = new DataView(new ArrayBuffer(8));
  out.setUint32(0, crc, true);
  out.setUint32(4, size % 2 ** 32, true);
  return new Uint8Array(out.buffer);
}
