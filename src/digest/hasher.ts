/** The hashing port, its portable default, and the one place that turns a hash into a Digest. */

import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { hex } from '../base/bytes.js';
import { createPort, type Port } from '../base/port.js';
import type { Digest, DigestAlgorithm } from './digest.js';

/** An incremental hash: feed it bytes, then ask once. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal; the hasher is spent afterwards. */
  hex(): string;
}

/** Makes hashers. Node's is native; the default is portable JavaScript (about a tenth of its speed). */
export type HasherFactory = (algorithm: DigestAlgorithm) => Hasher;

export const portableHasher: HasherFactory = (algorithm) => {
  const hash = (algorithm === 'sha256' ? sha256 : sha512).create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => hex(hash.digest()),
  };
};

/** The hashing in use: portable until a platform installs its own. */
export const hashing: Port<HasherFactory> = createPort(portableHasher);

/** Finishes a hasher into a digest. */
export function finishDigest(algorithm: DigestAlgorithm, hasher: Hasher): Digest {
  return `${algorithm}:${hasher.hex()}` as Digest;
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  const hasher = hashing.get()(algorithm);
  hasher.update(bytes);
  return finishDigest(algorithm, hasher);
}
