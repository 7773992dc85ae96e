/** A repository as one end of a copy: documents go and come as manifests, everything else as blobs. */

import { isStratumError } from '../../base/error.js';
import type { ByteSource, ByteStream } from '../../base/stream.js';
import { collectBytes } from '../../base/stream.js';
import type { Descriptor } from '../../blob/descriptor.js';
import { type GraphReader, type GraphWriter, isDocument } from '../../image/copy.js';
import { MANIFEST_LIMIT_BYTES } from '../../image/manifest.js';
import { isNonDistributable } from '../../image/media-type.js';
import type { CallOptions } from './call.js';
import type { Repository } from './repository.js';

export class RepositoryReader implements GraphReader {
  readonly #repository: Repository;
  readonly #options: CallOptions;

  constructor(repository: Repository, options: CallOptions = {}) {
    this.#repository = repository;
    this.#options = options;
  }

  has(descriptor: Descriptor): Promise<boolean> {
    return isThere(this.#repository, descriptor, this.#options);
  }

  async *get(descriptor: Descriptor, offset = 0): ByteStream {
    if (!isDocument(descriptor)) yield* this.#repository.blob(descriptor, { ...this.#options, offset });
    else yield (await this.#repository.manifest(descriptor, this.#options)).bytes.subarray(offset);
  }
}

export interface RepositoryWriterOptions extends CallOptions {
  /** What gets the name. Everything else is named by its digest. */
  readonly top: { readonly descriptor: Descriptor; readonly name: string };
  /** Another repository of the registry that should have a blob. */
  readonly mountFrom?: (blob: Descriptor) => string | undefined;
  /** Bytes of a blob that were handed over; begins again at a lower number after a cut. */
  readonly onSent?: (blob: Descriptor, sentBytes: number) => void;
  /** Told when another repository had the blob, so that nothing was sent. */
  readonly onMounted?: (blob: Descriptor, from: string) => void;
}

export class RepositoryWriter implements GraphWriter {
  readonly #repository: Repository;
  readonly #options: RepositoryWriterOptions;

  constructor(repository: Repository, options: RepositoryWriterOptions) {
    this.#repository = repository;
    this.#options = options;
  }

  /** A layer that nobody may pass on counts as there: it is where its descriptor says. */
  async has(descriptor: Descriptor): Promise<boolean> {
    if (isNonDistributable(descriptor.mediaType)) return true;
    if (descriptor.digest !== this.#options.top.descriptor.digest) {
      return isThere(this.#repository, descriptor, this.#calls);
    }
    const named = await found(this.#repository.resolve(this.#options.top.name, this.#calls));
    return named?.digest === descriptor.digest;
  }

  async put(descriptor: Descriptor, open: (offset?: number) => ByteSource): Promise<void> {
    const { top, mountFrom, onSent, onMounted } = this.#options;
    if (isDocument(descriptor)) {
      const name = descriptor.digest === top.descriptor.digest ? top.name : descriptor.digest;
      const bytes = await collectBytes(open(), MANIFEST_LIMIT_BYTES);
      await this.#repository.putManifest(name, bytes, descriptor.mediaType, this.#calls);
      return;
    }
    const from = mountFrom?.(descriptor);
    const result = await this.#repository.putBlob(descriptor, open, {
      ...this.#calls,
      ...(from === undefined ? {} : { mountFrom: [from] }),
      onProgress: (sentBytes) => onSent?.(descriptor, sentBytes),
    });
    if (result === 'mounted' && from !== undefined) onMounted?.(descriptor, from);
  }

  get #calls(): CallOptions {
    const { signal } = this.#options;
    return signal === undefined ? {} : { signal };
  }
}

async function isThere(repository: Repository, descriptor: Descriptor, options: CallOptions): Promise<boolean> {
  if (!isDocument(descriptor)) return (await repository.statBlob(descriptor.digest, options)) !== undefined;
  return (await found(repository.resolve(descriptor.digest, options))) !== undefined;
}

async function found(resolving: Promise<Descriptor>): Promise<Descriptor | undefined> {
  try {
    return await resolving;
  } catch (error) {
    if (isStratumError(error, 'MANIFEST_UNKNOWN') || isStratumError(error, 'NAME_UNKNOWN')) return undefined;
    throw error;
  }
}
