/**
 * Small chunks made large: a socket gives 64 KiB at most, and each write to a file is a trip to another thread. What is
 * large already is passed on as it is.
 */

import { joinBytes } from '../../../base/bytes.js';
import type { ByteStream } from '../../../base/stream.js';

const GATHERED_BYTES = 256 * 1024;

/**
 * The same bytes in chunks of at least `bytes`, but for the last. What had come before the source failed is given before
 * the failure.
 */
export async function* gathered(source: ByteStream, bytes: number = GATHERED_BYTES): ByteStream {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of source) {
      waiting.push(chunk);
      size += chunk.length;
      if (size < bytes) continue;
      const whole = joinBytes(waiting, size);
      waiting = [];
      size = 0;
      yield whole;
    }
  } catch (error) {
    failure = { error };
  }
  if (size > 0) yield joinBytes(waiting, size);
  if (failure !== undefined) throw failure.error;
}
