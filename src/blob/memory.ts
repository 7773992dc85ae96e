/** A blob store in memory; gone with the process. */

import { type ByteSource, type ByteStream, collectBytes } from '../base/stream.js';
import type { Digest } from '../digest/digest.js';
import type { BlobInfo, BlobStore, ByteRange, ExpectedBlob } from './store.js';
import { blobUnknown, measure } from './verify.js';

export class MemoryBlobs implements BlobStore {
  readonly #blobs: Map<Digest, Uint8Array> = new Map();

  async *get(digest: Digest, range?: ByteRange): ByteStream {
    const bytes = this.#blobs.get(digest);
    if (bytes === undefined) throw blobUnknown(digest);
    const { offset, length } = range ?? { offset: 0 };
    yield bytes.subarray(offset, length === undefined ? undefined : offset + length);
  }

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    const bytes = this.#blobs.get(digest);
    return bytes && { digest, size: bytes.length };
  }

  async put(source: ByteSource, expected: ExpectedBlob = {}): Promise<BlobInfo> {
    const measured = measure(source, expected);
    const bytes = await collectBytes(measured.stream);
    const info = measured.finish();
    if (!this.#blobs.has(info.digest)) this.#blobs.set(info.digest, bytes);
    return info;
  }

  async delete(digest: Digest): Promise<boolean> {
    return this.#blobs.delete(digest);
  }

  async *list(): AsyncIterable<BlobInfo> {
    for (const digest of [...this.#blobs.keys()].sort()) {
      yield { digest, size: this.#blobs.get(digest)?.length ?? 0 };
    }
  }
}
