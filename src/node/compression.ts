/** Compression by node:zlib, whose work runs in the thread pool beside ours. */

import { once } from 'node:events';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { isStratumError, StratumError } from '../base/error.js';
import { type ByteStream, byteStream } from '../base/stream.js';
import { blocks } from '../layer/blocks.js';
import { type Compression, portableCompression } from '../layer/compression.js';
import { type FramePiece, ZstdFrames } from '../layer/zstd-frames.js';
import { gzipInBlocks } from './gzip-blocks.js';

const MIB = 1024 * 1024;
/** Inflating in chunks of 1 MiB is twice as fast as in Node's default of 16 KiB. */
const OUTPUT_CHUNK = MIB;
/** Chunks that wait while we hash: inflating goes on meanwhile. */
const OUTPUT_AHEAD = 4 * MIB;
/** Small reads are gathered: each write is a round trip to the thread pool, which waits while we hash. */
const INPUT_CHUNK = MIB;

const BUFFERS = {
  chunkSize: OUTPUT_CHUNK,
  readableHighWaterMark: OUTPUT_AHEAD,
  writableHighWaterMark: 2 * INPUT_CHUNK,
};

/** What zlib has from Node 22.15 on. */
interface NativeZstd {
  createZstdCompress(options: object): Transform;
  createZstdDecompress(options: object): Transform;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

const native: NativeZstd | undefined = 'createZstdDecompress' in zlib ? (zlib as unknown as NativeZstd) : undefined;

export const nodeCompression: Compression = {
  decompress: (codec, source) => (codec === 'gzip' ? gunzip(source) : unzstd(source)),
  compress: (codec, source, level) =>
    codec === 'gzip'
      ? gzipInBlocks(source, level)
      : native
        ? zstd(native, source, level)
        : portableCompression.compress(codec, source, level),
};

function gunzip(source: ByteStream): ByteStream {
  return through(zlib.createGunzip(BUFFERS), blocks(source, INPUT_CHUNK), 'gzip');
}

function zstd(zstdlib: NativeZstd, source: ByteStream, level: number | undefined): ByteStream {
  const params = level === undefined ? {} : { [zstdlib.constants.ZSTD_c_compressionLevel]: level };
  return through(zstdlib.createZstdCompress({ ...BUFFERS, params }), blocks(source, INPUT_CHUNK), 'zstd');
}

/** A frame below this is not worth a transform of its own. */
const SMALL_FRAME = 16 * 1024;

/** Node's decompressor stops where a frame ends, so each frame gets its own. */
async function* unzstd(source: ByteStream): ByteStream {
  if (native === undefined) {
    yield* portableCompression.decompress('zstd', source);
    return;
  }
  const pieces = framePieces(source);
  try {
    for (let first = await pieces.next(); first.done !== true; first = await pieces.next()) {
      const { bytes, last } = first.value;
      if (last && bytes.length < SMALL_FRAME) yield* portableCompression.decompress('zstd', byteStream(bytes));
      else yield* through(native.createZstdDecompress(BUFFERS), frame(first.value, pieces), 'zstd');
    }
  } finally {
    // Not awaited: a source that waits for the network must not hold up who has seen enough.
    pieces.return().catch(() => undefined);
  }
}

async function* framePieces(source: ByteStream): AsyncGenerator<FramePiece, void, undefined> {
  const frames = new ZstdFrames();
  for await (const chunk of blocks(source, INPUT_CHUNK)) yield* frames.cut(chunk);
  frames.end();
}

/** The bytes of one frame; the pieces of the next are left where they are. */
async function* frame(first: FramePiece, pieces: AsyncGenerator<FramePiece, void, undefined>): ByteStream {
  let piece = first;
  yield piece.bytes;
  while (!piece.last) {
    const next = await pieces.next();
    if (next.done === true) return;
    piece = next.value;
    yield piece.bytes;
  }
}

/** Sends a stream through a zlib transform; writing goes on while the consumer works on what came out. */
async function* through(transform: Transform, source: ByteStream, codec: string): ByteStream {
  const stop = new AbortController();
  const writing = writeAll(transform, source, stop.signal);
  // A failure of the source also destroys the transform, which reports it.
  writing.catch((error: Error) => transform.destroy(error));
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
    await writing;
  } catch (cause) {
    throw isZlibError(cause)
      ? new StratumError('LAYER_INVALID', `${codec} data is damaged: ${cause.message}`, { cause })
      : cause;
  } finally {
    stop.abort();
    transform.destroy();
  }
}

async function writeAll(transform: Transform, source: ByteStream, signal: AbortSignal): Promise<void> {
  for await (const chunk of source) {
    if (signal.aborted) return;
    if (!transform.write(chunk)) await once(transform, 'drain', { signal });
  }
  transform.end();
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    !isStratumError(error) &&
    /^(Z_|ZSTD_|ERR_)/.test((error as NodeJS.ErrnoException).code ?? '')
  );
}
