/** What a registry takes at most; each can be set. */

import { MANIFEST_LIMIT_BYTES } from '../../image/manifest.js';

export interface RegistryLimits {
  /** A larger manifest is refused with 413; not above the 4 MiB that all of Stratum reads. */
  readonly manifestBytes: number;
  /** A larger blob is refused with 413, also where another registry sends it. */
  readonly blobBytes: number;
  /** Tags of one push (`?tag=`); more are refused with 414. */
  readonly tagsPerPush: number;
  /** Names in one page of a list. */
  readonly pageNames: number;
  /** Bytes of one page of referrers. */
  readonly pageBytes: number;
  /** Uploads in flight at once; another is refused with 429. */
  readonly uploads: number;
  /** An upload that nothing arrived for in this time is gone. */
  readonly uploadIdleMs: number;
  /** A body that gives nothing for this long has ended. */
  readonly bodyIdleMs: number;
}

export const DEFAULT_LIMITS: RegistryLimits = {
  manifestBytes: MANIFEST_LIMIT_BYTES,
  blobBytes: 64 * 1024 * 1024 * 1024,
  tagsPerPush: 100,
  pageNames: 10_000,
  pageBytes: MANIFEST_LIMIT_BYTES,
  uploads: 1000,
  uploadIdleMs: 60 * 60 * 1000,
  bodyIdleMs: 60 * 1000,
};
