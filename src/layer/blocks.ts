/** Streams cut into blocks of one size, so that what is made of them does not depend on how they arrived. */

import { joinBytes } from '../base/bytes.js';
import type { ByteStream } from '../base/stream.js';

/** Cuts a stream into blocks of `size` bytes, the last one shorter. */
export async function* blocks(source: ByteStream, size: number): ByteStream {
  let chunks: Uint8Array[] = [];
  let filled = 0;
  for await (const chunk of source) {
    let at = 0;
    while (at < chunk.length) {
      const piece = chunk.subarray(at, at + size - filled);
      chunks.push(piece);
      filled += piece.length;
      at += piece.length;
      if (filled < size) continue;
      yield joinBytes(chunks, filled);
      chunks = [];
      filled = 0;
    }
  }
  if (filled > 0) yield joinBytes(chunks, filled);
}
