/** Limits of what a tar stream may ask of its reader. */

import { StratumError } from '../base/error.js';

export interface TarLimits {
  /** Bytes of the headers of one member: PAX records, long names and sparse maps together. */
  readonly headerBytes: number;
  /** UTF-16 units in a path or link name. */
  readonly pathLength: number;
  /** Members in a stream. */
  readonly entries: number;
  /** Bytes in a stream. */
  readonly totalBytes: number;
}

const KIB = 1024;
const GIB = KIB * KIB * KIB;

/** Far above what images hold, far below what hurts: Linux paths end at 4 KiB, xattrs at 64 KiB each. */
export const TAR_LIMITS: TarLimits = {
  headerBytes: KIB * KIB,
  pathLength: 16 * KIB,
  entries: 5_000_000,
  totalBytes: 64 * GIB,
};

/** Fails with LIMIT_EXCEEDED, naming the limit. */
export function checkLimit(limits: TarLimits, name: keyof TarLimits, value: number): void {
  if (value <= limits[name]) return;
  throw new StratumError('LIMIT_EXCEEDED', `tar limit ${name} of ${limits[name]} exceeded`);
}
