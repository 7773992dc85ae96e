/** Hashing by node:crypto. */

import { createHash } from 'node:crypto';
import type { HasherFactory } from '../digest/hasher.js';

export const nodeHasher: HasherFactory = (algorithm) => {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => hash.digest('hex'),
  };
};
