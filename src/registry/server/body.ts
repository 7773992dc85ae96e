/** The bodies of requests and of answers, as streams of bytes. */

import { type ByteStream, byteStream } from '../../base/stream.js';
import { Refusal } from './refusal.js';

/** The body of a request; it fails with a 408 when nothing comes for `idleMs`. */
export async function* requestBody({ body }: Request, idleMs: number): ByteStream {
  if (body === null) return;
  const chunks = byteStream(body)[Symbol.asyncIterator]();
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      const { done, value } = await within(nextOf(chunks), idleMs);
      isWaiting = false;
      if (done) return;
      if (value.length > 0) yield value;
    }
  } finally {
    // While a chunk is waited for, the iterator would wait as well before it gives up.
    if (isWaiting) body.cancel().catch(() => {});
    else await chunks.return?.();
  }
}

/** One that was cut off says so; what arrived of it before that is the reader's to keep. */
async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch {
    throw new Refusal('BLOB_UPLOAD_INVALID', 'the body was cut off');
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Refusal('BLOB_UPLOAD_INVALID', `no byte of the body for ${timeoutMs} ms`, { status: 408 }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How many bytes the body has, as the header says; `undefined` where it does not. Fails with SIZE_INVALID. */
export function declaredLength({ headers }: Request): number | undefined {
  const header = headers.get('content-length');
  if (header === null) return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new Refusal('SIZE_INVALID', `Content-Length is ${JSON.stringify(header.slice(0, 40))}`);
}

/** The same stream, which fails with SIZE_INVALID unless it has exactly `length` bytes. */
export async function* exactly(length: number, source: ByteStream): ByteStream {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > length)
      throw new Refusal('SIZE_INVALID', `the body is longer than the ${length} bytes that were declared`);
    yield chunk;
  }
  if (size < length)
    throw new Refusal('SIZE_INVALID', `the body has ${size} of the ${length} bytes that were declared`);
}

/** The same stream, which fails with a 413 once it has more than `length` bytes. */
export async function* atMost(length: number, source: ByteStream): ByteStream {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > length)
      throw new Refusal('SIZE_INVALID', 'the blob is larger than this registry takes', { status: 413 });
    yield chunk;
  }
}
