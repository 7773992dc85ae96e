/** Reads a layer while its blob passes on to a store: one pass, and the store's stream fails if the layer is wrong. */

import { StratumError } from '../base/error.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import { type DecodedLayer, type DecodeOptions, decodeLayer } from './decode.js';

export interface LayerTap {
  /** The blob, chunk by chunk. Before it ends it has been decoded to its end: a layer that is wrong fails the stream. */
  readonly stream: ByteStream;
  /** What the layer turned out to be; settles when the stream has ended or failed. */
  readonly decoded: Promise<DecodedLayer>;
}

/** Bytes that may wait for the decoder; more would only take memory. */
const QUEUE_BYTES = 4 * 1024 * 1024;

/**
 * Taps a layer on its way into a store. A store that hides a blob until its stream has ended well then never shows one
 * whose DiffID is wrong. Options and errors are those of `decodeLayer`; with `hashBlob: false` the blob is left to be
 * hashed by the store.
 */
export function tapLayer(source: ByteSource, options: DecodeOptions = {}): LayerTap {
  const queue = new ChunkQueue();
  const decoded = decodeLayer(queue, options);
  // Whoever reads the stream is told; nobody need look at the promise.
  decoded.catch(() => queue.close());
  return { stream: pass(source, queue, decoded), decoded };
}

async function* pass(source: ByteSource, queue: ChunkQueue, decoded: Promise<DecodedLayer>): ByteStream {
  try {
    for await (const chunk of byteStream(source)) {
      queue.put(chunk);
      await queue.hasRoom();
      if (queue.isClosed) break;
      yield chunk;
    }
    queue.end();
    await decoded;
  } catch (error) {
    queue.fail(error);
    throw error;
  } finally {
    queue.fail(new StratumError('ABORTED', 'the layer was not read to its end'));
  }
}

/** Chunks from one writer to one reader. */
class ChunkQueue implements AsyncIterable<Uint8Array> {
  isClosed = false;
  private readonly chunks: Uint8Array[] = [];
  private bytes = 0;
  private ended = false;
  private failure: { readonly error: unknown } | undefined;
  private wakeReader: () => void = () => undefined;
  private wakeWriter: () => void = () => undefined;

  put(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.wakeReader();
  }

  /** Waits until the reader has caught up, or wants no more. */
  async hasRoom(): Promise<void> {
    while (this.bytes > QUEUE_BYTES && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.wakeWriter = resolve;
      });
    }
  }

  end(): void {
    this.ended = true;
    this.wakeReader();
  }

  /** Ends the reader's stream with an error, unless it has ended already. */
  fail(error: unknown): void {
    if (this.ended) return;
    this.failure ??= { error };
    this.wakeReader();
  }

  /** Says that the reader wants no more. */
  close(): void {
    this.isClosed = true;
    this.wakeWriter();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.chunks.shift();
      if (chunk !== undefined) {
        this.bytes -= chunk.length;
        this.wakeWriter();
        yield chunk;
      } else if (this.failure !== undefined) throw this.failure.error;
      else if (this.ended) return;
      else await this.more();
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.wakeReader = resolve;
    });
  }
}
