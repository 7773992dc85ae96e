/** A repository as a source of blobs: what reads a store reads a registry. */

import { StratumError } from '../../base/error.js';
import type { ByteStream } from '../../base/stream.js';
import type { Descriptor } from '../../blob/descriptor.js';
import type { BlobInfo, BlobReader, ByteRange } from '../../blob/store.js';
import type { Digest } from '../../digest/digest.js';
import type { Repository } from './repository.js';

/**
 * Manifests are blobs here, as they are in a store. Whatever a manifest leads to is known from when it was read: what it
 * is and how large, so that nothing more is asked. Only what is read is fetched.
 */
export class RegistryBlobs implements BlobReader {
  constructor(_repository: Repository) {}

  /** Makes known what a digest names; a digest that nobody spoke of is looked for first. */
  know(_descriptor: Descriptor): void {}

  get(_digest: Digest, _range?: ByteRange): ByteStream {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }

  stat(_digest: Digest): Promise<BlobInfo | undefined> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }
}
