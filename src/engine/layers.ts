/**
 * The layers of a store, ready to be merged: each held once by DiffID, however many images use it.
 *
 * On a durable shelf two copies beside the blob save work, and both can be made again from it: an index of the entries
 * (the tar without file bodies), written when the layer is first verified, and the uncompressed tar, written when
 * somebody first wants a file's content.
 */

import { StratumError } from '../base/error.js';
import type { BlobReader } from '../blob/store.js';
import { type DiffID, encodedOf } from '../digest/digest.js';
import type { ImageLayer } from '../image/image.js';
import { openCompressed } from '../layer/compression.js';
import { decodeLayer } from '../layer/decode.js';
import { Layer } from '../layer/layer.js';
import type { SyncBytes } from '../tree/node.js';
import type { Shelf } from './shelf.js';

const FOLDER = 'cache';

export interface LayerNeeds {
  /** False when names and attributes are enough: the content is then not prepared. */
  readonly content: boolean;
}

export class LayerLibrary {
  readonly #blobs: BlobReader;
  readonly #shelf: Shelf;
  readonly #held: Map<DiffID, Layer> = new Map();
  readonly #contents: Map<DiffID, PreparedBytes> = new Map();

  constructor(blobs: BlobReader, shelf: Shelf) {
    this.#blobs = blobs;
    this.#shelf = shelf;
  }

  /** The layer, verified against blob digest, size and DiffID the first time that it is seen. */
  async layer(stored: ImageLayer, needs: LayerNeeds = { content: true }): Promise<Layer> {
    const layer = this.#held.get(stored.diffId) ?? (await this.#open(stored));
    this.#held.set(stored.diffId, layer);
    if (needs.content) await this.#prepare(stored);
    return layer;
  }

  /** True when the layer was verified before. */
  async has(diffId: DiffID): Promise<boolean> {
    return this.#held.has(diffId) || (this.#shelf.durable && (await this.#shelf.read(indexName(diffId))) !== undefined);
  }

  /** Drops what is kept of every layer that is not in use; returns the bytes freed on the shelf. */
  async retain(inUse: ReadonlySet<DiffID>): Promise<number> {
    for (const diffId of this.#held.keys()) if (!inUse.has(diffId)) this.#held.delete(diffId);
    const names = new Set([...inUse].flatMap((diffId) => [indexName(diffId), tarName(diffId)]));
    let freed = 0;
    for (const entry of await this.#shelf.list(FOLDER)) {
      const name = `${FOLDER}/${entry.name}`;
      if (!names.has(name) && (await this.#shelf.delete(name))) freed += entry.sizeBytes;
    }
    return freed;
  }

  /** Bytes of the copies beside the blobs. */
  async cacheBytes(): Promise<number> {
    return (await this.#shelf.list(FOLDER)).reduce((sum, entry) => sum + entry.sizeBytes, 0);
  }

  async #open(stored: ImageLayer): Promise<Layer> {
    const source = this.#blobs.get(stored.digest);
    const expected = { digest: stored.digest, size: stored.size, diffId: stored.diffId };
    if (!this.#shelf.durable) return Layer.fromTar(source, { expected });
    const kept = await this.#shelf.read(indexName(stored.diffId));
    const content = new PreparedBytes(stored.diffId);
    this.#contents.set(stored.diffId, content);
    if (kept !== undefined) return Layer.fromSkeleton(kept, content, stored.diffId);
    const decoded = await decodeLayer(source, { expected, skeleton: true });
    await this.#shelf.write(indexName(stored.diffId), decoded.skeleton);
    return Layer.fromSkeleton(decoded.skeleton, content, stored.diffId);
  }

  async #prepare(stored: ImageLayer): Promise<void> {
    const content = this.#contents.get(stored.diffId);
    if (content === undefined || content.isReady) return;
    const name = tarName(stored.diffId);
    let bytes = await this.#shelf.open(name);
    if (bytes === undefined) {
      await this.#shelf.write(name, (await openCompressed(this.#blobs.get(stored.digest))).content);
      bytes = await this.#shelf.open(name);
    }
    if (bytes !== undefined) content.fill(bytes);
  }
}

/** Bytes that are found later: reading them before is a mistake of the caller, and says so. */
class PreparedBytes implements SyncBytes {
  readonly #diffId: DiffID;
  #bytes: SyncBytes | undefined;

  constructor(diffId: DiffID) {
    this.#diffId = diffId;
  }

  get isReady(): boolean {
    return this.#bytes !== undefined;
  }

  get size(): number {
    return this.#ready().size;
  }

  fill(bytes: SyncBytes): void {
    this.#bytes = bytes;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#ready().read(offset, length);
  }

  #ready(): SyncBytes {
    if (this.#bytes !== undefined) return this.#bytes;
    throw new StratumError('UNSUPPORTED', 'the content of this layer was not prepared', { digest: this.#diffId });
  }
}

function indexName(diffId: DiffID): string {
  return `${FOLDER}/${encodedOf(diffId)}.index`;
}

function tarName(diffId: DiffID): string {
  return `${FOLDER}/${encodedOf(diffId)}.tar`;
}
