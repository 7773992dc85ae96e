/** The compression port: what layers are stored in, recognised by content, and its portable default. */

import { Decompress } from 'fzstd';
import { joinBytes } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { createPort, type Port } from '../base/port.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import { Gunzip } from './gunzip.js';
import { compressZstd } from './zstd-encoder.js';
import { ZstdFrames } from './zstd-frames.js';

/** How a layer is stored. */
export type Codec = 'none' | 'gzip' | 'zstd';
export type CompressingCodec = Exclude<Codec, 'none'>;

export interface CompressOptions {
  readonly codec: Codec;
  /** 1 to 9 for gzip, 1 to 19 for zstd; the codec's own default without it. */
  readonly level?: number;
}

/** What a platform supplies. Damaged input fails with LAYER_INVALID; gzip members and zstd frames may follow one another. */
export interface Compression {
  decompress(codec: CompressingCodec, source: ByteStream): ByteStream;
  /** The same input and options give the same bytes on one build of the codec, however the input is cut. */
  compress(codec: CompressingCodec, source: ByteStream, level?: number): ByteStream;
}

export interface DecompressLimits {
  /** Bytes that the content may come to. */
  readonly contentBytes: number;
}

const GIB = 1024 ** 3;

/** More than any layer in use, less than a disk: DEFLATE can hide a thousand bytes in one. */
export const DECOMPRESS_LIMITS: DecompressLimits = { contentBytes: 64 * GIB };

/** Runs everywhere: gzip by our own inflate and the platform's CompressionStream, zstd by fzstd and WebAssembly. */
export const portableCompression: Compression = {
  decompress: (codec, source) => (codec === 'gzip' ? gunzip(source) : unzstd(source)),
  compress: (codec, source, level) => (codec === 'gzip' ? gzip(source) : compressZstd(source, level)),
};

/** The compression in use: portable until a platform installs its own. */
export const compression: Port<Compression> = createPort(portableCompression);

/** Bytes that recognising a codec takes. */
const MAGIC_BYTES = 6;

/** Recognises a codec by the first bytes; fails with UNSUPPORTED for one that Stratum does not read. */
export function detectCodec(head: Uint8Array): Codec {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a !== undefined && a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  if (a === 0x42 && b === 0x5a && c === 0x68 && head[4] === 0x31)
    throw new StratumError('UNSUPPORTED', 'compressed by bzip2');
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58) throw new StratumError('UNSUPPORTED', 'compressed by xz');
  return 'none';
}

export interface OpenedStream {
  readonly codec: Codec;
  /** The content, decompressed, within the limits. */
  readonly content: ByteStream;
}

/** Recognises how a stream is compressed and gives its content; fails with LIMIT_EXCEEDED while it is read. */
export async function openCompressed(
  source: ByteSource,
  limits: Partial<DecompressLimits> = {},
): Promise<OpenedStream> {
  const { head, whole } = await peek(byteStream(source), MAGIC_BYTES);
  const codec = detectCodec(head);
  const content = codec === 'none' ? whole : compression.get().decompress(codec, whole);
  return { codec, content: limited(content, limits.contentBytes ?? DECOMPRESS_LIMITS.contentBytes) };
}

/** Compresses a stream; `none` passes it on. */
export function compressed(source: ByteSource, options: CompressOptions): ByteStream {
  if (options.codec === 'none') return byteStream(source);
  return compression.get().compress(options.codec, byteStream(source), options.level);
}

async function peek(stream: ByteStream, bytes: number): Promise<{ head: Uint8Array; whole: ByteStream }> {
  const iterator = stream[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let done = false;
  while (size < bytes && !done) {
    const next = await iterator.next();
    done = next.done === true;
    if (!done) chunks.push(next.value);
    size += done ? 0 : (next.value as Uint8Array).length;
  }
  return { head: joinBytes([...chunks], size).subarray(0, bytes), whole: rejoined(chunks, iterator) };
}

async function* rejoined(chunks: Uint8Array[], iterator: AsyncIterator<Uint8Array>): ByteStream {
  try {
    yield* chunks.splice(0);
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

async function* limited(stream: ByteStream, limitBytes: number): ByteStream {
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limitBytes) throw new StratumError('LIMIT_EXCEEDED', `content is larger than ${limitBytes} bytes`);
    yield chunk;
  }
}

/** Compressed chunks are decoded in slices, so that what one of them inflates to stays small. */
const SLICE_BYTES = 64 * 1024;

async function* slices(source: ByteStream): ByteStream {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) yield chunk.subarray(at, at + SLICE_BYTES);
  }
}

async function* gunzip(source: ByteStream): ByteStream {
  const ready: Uint8Array[] = [];
  const decoder = new Gunzip((bytes) => ready.push(bytes));
  for await (const slice of slices(source)) {
    decoder.push(slice);
    yield* ready.splice(0);
  }
  decoder.end();
  yield* ready;
}

/** Each frame gets a decoder of its own: fzstd goes one call deeper with every frame. */
async function* unzstd(source: ByteStream): ByteStream {
  const ready: Uint8Array[] = [];
  const frames = new ZstdFrames();
  let decoder: Decompress | undefined;
  for await (const slice of slices(source)) {
    for (const { bytes, last } of frames.cut(slice)) {
      decoder ??= new Decompress((chunk) => ready.push(chunk));
      decode(decoder, bytes, last);
      if (last) decoder = undefined;
      yield* ready.splice(0);
    }
  }
  frames.end();
}

function decode(decoder: Decompress, bytes: Uint8Array, last: boolean): void {
  try {
    decoder.push(bytes, last);
  } catch (cause) {
    throw new StratumError('LAYER_INVALID', `zstd data is damaged: ${(cause as Error).message}`, { cause });
  }
}

/** Levels are the platform's affair here: CompressionStream has none. */
async function* gzip(source: ByteStream): ByteStream {
  const stream = new CompressionStream('gzip');
  const writing = writeAll(stream.writable, source);
  // A failure also breaks the readable side, which reports it.
  writing.catch(() => undefined);
  yield* byteStream(stream.readable);
  await writing;
}

async function writeAll(writable: WritableStream<Uint8Array<ArrayBuffer>>, source: ByteStream): Promise<void> {
  const writer = writable.getWriter();
  try {
    for await (const chunk of source) await writer.write(chunk as Uint8Array<ArrayBuffer>);
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}
