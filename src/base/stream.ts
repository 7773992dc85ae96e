/** Streams of bytes are async iterables of chunks; these are the few things done to them. */

import { joinBytes } from './bytes.js';
import { StratumError } from './error.js';

/** A stream of bytes. The consumer may keep a chunk: the producer never writes to it again. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** Whatever a caller may hand in as bytes: an array, chunks, a web stream, or any async iterable of chunks. */
export type ByteSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** A stream over any byte source. */
export async function* byteStream(source: ByteSource): ByteStream {
  if (source instanceof Uint8Array) yield source;
  else if (Symbol.asyncIterator in source) yield* source;
  else if (Symbol.iterator in source) yield* source;
  else yield* readableChunks(source);
}

/**
 * The same bytes in pieces of at least `pieceBytes`, but for the last one: where each costs something, many small ones cost
 * much. A chunk that is large enough is passed on as it is.
 */
export async function* inPieces(source: ByteSource, pieceBytes: number): ByteStream {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of byteStream(source)) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < pieceBytes) continue;
    yield joinBytes(held, heldBytes);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield joinBytes(held, heldBytes);
}

/** Reads a whole stream into one array; fails with LIMIT_EXCEEDED once it is longer than `limitBytes`. */
export async function collectBytes(
  source: ByteSource,
  limitBytes: number = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of byteStream(source)) {
    size += chunk.length;
    if (size > limitBytes) throw new StratumError('LIMIT_EXCEEDED', `more than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return joinBytes(chunks, size);
}

/** A web stream that is read as it is asked for. */
export function readableStream(source: ByteStream): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>); // the types of fetch know no shared memory
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Browsers older than 2024 have readable streams without async iteration. */
async function* readableChunks(stream: ReadableStream<Uint8Array>): ByteStream {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
