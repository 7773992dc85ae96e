/** Answers whose bodies are not what they should be: other bytes, too many, too few, too slow, or cut off. */

import { utf8 } from '../../../base/bytes.js';
import { type ByteStream, byteStream, readableStream } from '../../../base/stream.js';
import { BLOBS, type Quirk, type QuirkSettings, rewritten, striking } from './quirk.js';

type Mangle = (body: ByteStream, settings: QuirkSettings) => ByteStream;

/** Content-Length is left as it was only where it is told so. */
function body(mangle: Mangle, headers: Readonly<Record<string, string | undefined>> = {}): Quirk {
  return striking(['GET'], BLOBS, (settings) => async (_request, pass) => {
    const answer = await pass();
    if (answer.body === null) return answer;
    return rewritten(answer, { body: readableStream(mangle(byteStream(answer.body), settings)), headers });
  });
}

const PADDING = utf8('more than was asked for\n');
const PIECE_BYTES = 1024;

/** As many bytes as there should be; the first is another one. */
export const wrongBytes: Quirk = body(async function* (source) {
  let isFirst = true;
  for await (const chunk of source) {
    const copy = chunk.slice();
    if (isFirst && copy.length > 0) copy[0] = (copy[0] ?? 0) ^ 1;
    isFirst = false;
    yield copy;
  }
});

/** Some bytes more; nothing but the descriptor tells. */
export const longerBody: Quirk = body(
  async function* (source) {
    yield* source;
    yield PADDING;
  },
  { 'content-length': undefined },
);

/** Only the first bytes; nothing but the descriptor tells. */
export const shorterBody: Quirk = body((source, { afterBytes }) => firstBytes(source, afterBytes), {
  'content-length': undefined,
});

/** Goes on after the end, and on. */
export const endlessBody: Quirk = body(
  async function* (source) {
    yield* source;
    for (;;) yield new Uint8Array(64 * 1024);
  },
  { 'content-length': undefined },
);

/** The connection breaks after the first bytes. */
export const cutBody: Quirk = body(async function* (source, { afterBytes }) {
  yield* firstBytes(source, afterBytes);
  throw new Error('the connection was cut');
});

/** Nothing comes after the first bytes, and the connection stays. */
export const stalledBody: Quirk = body(async function* (source, { afterBytes }) {
  yield* firstBytes(source, afterBytes);
  await new Promise<never>(() => {});
});

/** Small pieces, with a wait before each. */
export const slowBody: Quirk = body(async function* (source, { delayMs }) {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      yield chunk.subarray(at, at + PIECE_BYTES);
    }
  }
});

export async function* firstBytes(source: ByteStream, count: number): ByteStream {
  let left = count;
  for await (const chunk of source) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
