/**
 * The layers of a store, ready to be merged: each held once by DiffID, however many images use it.
 *
 * On a durable shelf two copies beside the blob save work, and both can be made again from it: an index of the entries
 * (the tar without file bodies), written when the layer is first verified, and the uncompressed tar, written when
 * somebody first wants a file's content.
 */

import { equalBytes, utf8, utf8Text } from '../base/bytes.js';
import { isStratumError, StratumError } from '../base/error.js';
import type { ByteStream } from '../base/stream.js';
import type { BlobReader } from '../blob/store.js';
import { verified } from '../blob/verify.js';
import { type DiffID, encodedOf } from '../digest/digest.js';
import type { ImageLayer } from '../image/image.js';
import { openCompressed } from '../layer/compression.js';
import { decodeLayer, type ExpectedLayer } from '../layer/decode.js';
import { Layer } from '../layer/layer.js';
import type { SyncBytes } from '../tree/node.js';
import type { Shelf } from './shelf.js';

const FOLDER = 'cache';
const PIECE_BYTES = 1024 * 1024;

export interface LayerNeeds {
  /** False when names and attributes are enough: the content is then not prepared. */
  readonly content: boolean;
}

export class LayerLibrary {
  readonly #blobs: BlobReader;
  readonly #shelf: Shelf;
  readonly #held: Map<DiffID, Layer> = new Map();
  readonly #opening: Map<DiffID, Promise<Layer>> = new Map();
  readonly #contents: Map<DiffID, PreparedBytes> = new Map();
  /** Pairs of blob and DiffID that were found to agree. */
  readonly #verified: Set<string> = new Set();

  constructor(blobs: BlobReader, shelf: Shelf) {
    this.#blobs = blobs;
    this.#shelf = shelf;
  }

  /**
   * The layer. The first time that a blob is seen it is held against its digest, size and DiffID, also when another
   * blob of that DiffID is known: a manifest may pair them as it likes. Fails as `decodeLayer` does.
   */
  async layer(stored: ImageLayer, needs: LayerNeeds = { content: true }): Promise<Layer> {
    const known = this.#held.get(stored.diffId);
    if (!(await this.#isVerified(stored))) await this.#verify(stored, known);
    const layer = this.#held.get(stored.diffId) ?? (await this.#openOnce(stored));
    this.#held.set(stored.diffId, layer);
    if (needs.content) await this.#prepare(stored);
    return layer;
  }

  /** The uncompressed tar of a layer that was verified, as it is at hand: held, kept beside the blob, or unpacked on the way. */
  async *tar(stored: ImageLayer): ByteStream {
    const layer = await this.layer(stored, { content: false });
    const content = this.#contents.get(stored.diffId);
    const kept = content?.isReady === false ? await this.#keptTar(stored) : undefined;
    if (content === undefined || content.isReady) yield* layer.tar();
    else if (kept !== undefined) yield* piecesOf(kept);
    else yield* (await openCompressed(this.#blobs.get(stored.digest))).content;
  }

  /** True when the layer was verified before. */
  async has(stored: ImageLayer): Promise<boolean> {
    return this.#isVerified(stored);
  }

  /** Drops what is kept of every layer that is not in use; returns the bytes freed on the shelf. */
  async retain(inUse: ReadonlySet<DiffID>): Promise<number> {
    for (const diffId of this.#held.keys()) if (!inUse.has(diffId)) this.#held.delete(diffId);
    this.#verified.clear();
    const names = new Set([...inUse].map(encodedOf));
    let freed = 0;
    for (const entry of await this.#shelf.list(FOLDER)) {
      const name = `${FOLDER}/${entry.name}`;
      const [diffId = ''] = entry.name.split('.');
      if (!names.has(diffId) && (await this.#shelf.delete(name))) freed += entry.sizeBytes;
    }
    return freed;
  }

  /** Holds the copies beside a blob against what it holds; fails with STORE_INVALID, or what is wrong with the tar. */
  async checkCopies(stored: ImageLayer, skeleton: Uint8Array): Promise<void> {
    const [index, tar] = [indexName(stored.diffId), tarName(stored.diffId)];
    const kept = await this.#shelf.read(index);
    if (kept !== undefined && !equalBytes(kept, skeleton)) {
      throw new StratumError('STORE_INVALID', 'cached index is not that of the layer', {
        file: index,
        digest: stored.diffId,
      });
    }
    const bytes = await this.#shelf.open(tar);
    if (bytes === undefined) return;
    for await (const _ of verified(piecesOf(bytes), { digest: stored.diffId }, { file: tar }));
  }

  /** Bytes of the copies beside the blobs. */
  async cacheBytes(): Promise<number> {
    return (await this.#shelf.list(FOLDER)).reduce((sum, entry) => sum + entry.sizeBytes, 0);
  }

  /** Two that ask at a time get one layer: nodes of a tree read from the bytes that are prepared for it. */
  #openOnce(stored: ImageLayer): Promise<Layer> {
    const opening = this.#opening.get(stored.diffId) ?? this.#open(stored);
    this.#opening.set(stored.diffId, opening);
    return opening.finally(() => this.#opening.delete(stored.diffId));
  }

  async #open(stored: ImageLayer): Promise<Layer> {
    if (!this.#shelf.durable) return Layer.fromTar(this.#blobs.get(stored.digest), { expected: expectedLayer(stored) });
    const content = new PreparedBytes(stored.diffId);
    this.#contents.set(stored.diffId, content);
    const kept = await this.#shelf.read(indexName(stored.diffId));
    const layer = kept && (await readIndex(kept, content, stored.diffId));
    return layer ?? Layer.fromSkeleton(await this.#writeIndex(stored), content, stored.diffId);
  }

  async #isVerified(stored: ImageLayer): Promise<boolean> {
    const name = verifiedName(stored);
    if (this.#verified.has(name)) return true;
    if (!this.#shelf.durable || (await this.#shelf.open(name)) === undefined) return false;
    this.#verified.add(name);
    return true;
  }

  /** In memory a layer that is not known is verified when it is opened. */
  async #verify(stored: ImageLayer, known: Layer | undefined): Promise<void> {
    if (this.#shelf.durable) await this.#writeIndex(stored);
    else if (known !== undefined)
      await decodeLayer(this.#blobs.get(stored.digest), { expected: expectedLayer(stored) });
    else this.#held.set(stored.diffId, await this.#open(stored));
    this.#verified.add(verifiedName(stored));
  }

  /** Reads the blob once, all checks on, and keeps its entries. */
  async #writeIndex(stored: ImageLayer): Promise<Uint8Array> {
    const expected = expectedLayer(stored);
    const { skeleton, size } = await decodeLayer(this.#blobs.get(stored.digest), { expected, skeleton: true });
    await this.#shelf.write(indexName(stored.diffId), skeleton);
    await this.#shelf.write(verifiedName(stored), utf8(String(size)));
    return skeleton;
  }

  async #prepare(stored: ImageLayer): Promise<void> {
    const content = this.#contents.get(stored.diffId);
    if (content === undefined || content.isReady) return;
    const name = tarName(stored.diffId);
    const kept = await this.#keptTar(stored);
    if (kept !== undefined) content.fill(kept);
    else {
      const { content: tar } = await openCompressed(this.#blobs.get(stored.digest));
      await this.#shelf.write(name, verified(tar, { digest: stored.diffId }));
      const written = await this.#shelf.open(name);
      if (written !== undefined) content.fill(written);
    }
  }

  /** The tar beside the blob, where it is there and whole. */
  async #keptTar(stored: ImageLayer): Promise<SyncBytes | undefined> {
    const kept = await this.#shelf.open(tarName(stored.diffId));
    return kept !== undefined && kept.size === (await this.#tarSize(stored)) ? kept : undefined;
  }

  /** Bytes of the uncompressed tar, as they were counted when the blob was verified. */
  async #tarSize(stored: ImageLayer): Promise<number | undefined> {
    const note = await this.#shelf.read(verifiedName(stored));
    return note === undefined ? undefined : Number(utf8Text(note));
  }
}

function* piecesOf(bytes: SyncBytes): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.size; at += PIECE_BYTES) yield bytes.read(at, Math.min(PIECE_BYTES, bytes.size - at));
}

/** The layer of an index; undefined for one that is damaged, which is then made again. */
async function readIndex(index: Uint8Array, content: SyncBytes, diffId: DiffID): Promise<Layer | undefined> {
  try {
    return await Layer.fromSkeleton(index, content, diffId);
  } catch (error) {
    if (isStratumError(error)) return undefined;
    throw error;
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

function expectedLayer({ digest, size, diffId }: ImageLayer): ExpectedLayer {
  return { digest, size, diffId };
}

/** Stands for a blob and a DiffID that agree. */
function verifiedName({ digest, diffId }: ImageLayer): string {
  return `${FOLDER}/${encodedOf(diffId)}.${encodedOf(digest)}.verified`;
}

function indexName(diffId: DiffID): string {
  return `${FOLDER}/${encodedOf(diffId)}.index`;
}

function tarName(diffId: DiffID): string {
  return `${FOLDER}/${encodedOf(diffId)}.tar`;
}
