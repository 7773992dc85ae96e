/** A store over another source of blobs: what it lacks it reads from there, and has from then on. */

import type { ByteSource, ByteStream } from '../base/stream.js';
import type { Digest } from '../digest/digest.js';
import type { BlobInfo, BlobReader, BlobStore, ByteRange, ExpectedBlob } from './store.js';

/**
 * A blob that is asked for is there whichever of the two has it: `stat` brings nothing, `get` fills the store first, so
 * that no byte is seen that was not verified. Several who ask for one blob wait for one copy. What is written, deleted
 * and listed is the store's own.
 */
export class ReadThroughBlobs implements BlobStore {
  readonly #own: BlobStore;
  readonly #behind: BlobReader;
  readonly #filling: Map<Digest, Promise<unknown>> = new Map();

  constructor(own: BlobStore, behind: BlobReader) {
    this.#own = own;
    this.#behind = behind;
  }

  async *get(digest: Digest, range?: ByteRange): ByteStream {
    await this.#fill(digest);
    yield* this.#own.get(digest, range);
  }

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    return (await this.#own.stat(digest)) ?? (await this.#behind.stat(digest));
  }

  put(source: ByteSource, expected?: ExpectedBlob): Promise<BlobInfo> {
    return this.#own.put(source, expected);
  }

  delete(digest: Digest): Promise<boolean> {
    return this.#own.delete(digest);
  }

  list(): AsyncIterable<BlobInfo> {
    return this.#own.list();
  }

  async #fill(digest: Digest): Promise<void> {
    if ((await this.#own.stat(digest)) !== undefined) return;
    const known = this.#filling.get(digest);
    if (known !== undefined) return void (await known);
    const filling = this.#own.put(this.#behind.get(digest), { digest });
    this.#filling.set(digest, filling);
    try {
      await filling;
    } finally {
      this.#filling.delete(digest);
    }
  }
}
