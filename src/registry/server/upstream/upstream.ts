/** The port to the registry that a cache stands before. */

import type { ByteStream } from '../../../base/stream.js';
import type { Digest } from '../../../digest/digest.js';

export interface UpstreamManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Nothing that it gives is trusted: manifests and blobs are verified by whoever asks. */
export interface Upstream {
  /** A manifest by tag or digest; `undefined` when it is not there. */
  manifest(repository: string, reference: string): Promise<UpstreamManifest | undefined>;
  /** The bytes of a blob; `undefined` when it is not there. */
  blob(repository: string, digest: Digest): Promise<ByteStream | undefined>;
}
