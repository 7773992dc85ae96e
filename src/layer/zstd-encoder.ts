/**
 * Zstandard by WebAssembly: the same bytes in every runtime. The input becomes frames of a fixed number of bytes each,
 * which bounds memory; a reader joins frames as it joins blocks (RFC 8878, section 3).
 */

import type { ByteStream } from '../base/stream.js';
import { blocks } from './blocks.js';

/** Larger frames compress better, smaller ones take less memory: at 4 MiB the loss is under one per cent. */
const FRAME_BYTES = 4 * 1024 * 1024;
const DEFAULT_LEVEL = 3;

type Encode = (bytes: Uint8Array, level: number) => Uint8Array;

let loading: Promise<Encode> | undefined;

/** Compresses a stream; levels 1 to 19. An empty stream becomes an empty frame. */
export async function* compressZstd(source: ByteStream, level: number = DEFAULT_LEVEL): ByteStream {
  loading ??= load();
  const encode = await loading;
  let frames = 0;
  for await (const block of blocks(source, FRAME_BYTES)) {
    frames++;
    yield encode(block, level);
  }
  if (frames === 0) yield encode(new Uint8Array(0), level);
}

/** Loaded when it is first needed: most images are gzip. */
async function load(): Promise<Encode> {
  const zstd = await import('@bokuweb/zstd-wasm');
  await zstd.init();
  return (bytes, level) => zstd.compress(bytes, level);
}
