/** A repository as a source of blobs: what reads a store reads a registry. */

import type { ByteStream } from '../../base/stream.js';
import type { Descriptor } from '../../blob/descriptor.js';
import type { BlobInfo, BlobReader, ByteRange } from '../../blob/store.js';
import { blobUnknown } from '../../blob/verify.js';
import type { Digest } from '../../digest/digest.js';
import { successors } from '../../image/copy.js';
import { isIndexType, isManifestType } from '../../image/media-type.js';
import type { CallOptions } from './call.js';
import type { Repository } from './repository.js';

/** What a digest names, as far as it is known. */
interface Known {
  readonly isManifest: boolean;
  readonly size: number;
  readonly urls?: readonly string[];
}

/** Manifests that are kept, with what they lead to; the oldest go. */
const KNOWN_LIMIT = 100_000;

/**
 * Manifests are blobs here, as they are in a store. Whatever a manifest leads to is known from when it was read: what it
 * is and how large, so that nothing more is asked. Only what is read is fetched.
 */
export class RegistryBlobs implements BlobReader {
  readonly #repository: Repository;
  readonly #options: CallOptions;
  readonly #known: Map<Digest, Known> = new Map();

  /** The signal ends whatever is read. */
  constructor(repository: Repository, options: CallOptions = {}) {
    this.#repository = repository;
    this.#options = options;
  }

  /** What a tag or a digest stands for, from where all that belongs to it can be read. */
  async resolve(reference: string): Promise<Descriptor> {
    const descriptor = await this.#repository.resolve(reference, this.#options);
    this.know(descriptor);
    return descriptor;
  }

  /** Makes known what a digest names; one that nobody spoke of is looked for, among the blobs and then the manifests. */
  know({ digest, size, mediaType, urls }: Descriptor): void {
    const isManifest = isManifestType(mediaType) || isIndexType(mediaType);
    this.#keep(digest, { isManifest, size, ...(urls === undefined ? {} : { urls }) });
  }

  async *get(digest: Digest, range?: ByteRange): ByteStream {
    const known = this.#known.get(digest) ?? (await this.#find(digest));
    if (known === undefined)
      throw blobUnknown(digest, { file: `${this.#repository.registry}/${this.#repository.name}` });
    if (known.isManifest) yield* this.#manifest(digest, range);
    else yield* this.#repository.blob({ digest, ...known }, { ...this.#options, ...range });
  }

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    const known = await this.#find(digest);
    return known && { digest, size: known.size };
  }

  async *#manifest(digest: Digest, { offset, length }: ByteRange = { offset: 0 }): ByteStream {
    const { bytes, document } = await this.#repository.manifest(digest, this.#options);
    for (const descriptor of successors(document)) this.know(descriptor);
    yield bytes.subarray(offset, length === undefined ? undefined : offset + length);
  }

  /** Asks the registry: that a manifest speaks of a blob does not say that it is there. */
  async #find(digest: Digest): Promise<Known | undefined> {
    const known = this.#known.get(digest);
    const kinds = known === undefined ? [false, true] : [known.isManifest];
    for (const isManifest of kinds) {
      const info = isManifest
        ? await this.#repository.statManifest(digest, this.#options)
        : await this.#repository.statBlob(digest, this.#options);
      if (info === undefined) continue;
      const found = { ...known, isManifest, size: info.size };
      if (known === undefined) this.#keep(digest, found);
      return found;
    }
    return undefined;
  }

  #keep(digest: Digest, known: Known): void {
    this.#known.delete(digest);
    this.#known.set(digest, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_LIMIT && oldest !== undefined) this.#known.delete(oldest);
  }
}
