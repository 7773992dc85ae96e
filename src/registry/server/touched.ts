/**
 * Blobs that a caller was just told are here. A client that hears so does not push the blob again, and its manifest
 * comes a moment later: until then the blob is in use, though nothing refers to it.
 */

import type { Digest } from '../../digest/digest.js';

/** The oldest are forgotten first. */
const TOUCHED_LIMIT = 100_000;

export class Touched {
  readonly #times: Map<string, number> = new Map();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  touch(repository: string, digest: Digest): void {
    const key = `${repository}@${digest}`;
    this.#times.delete(key);
    this.#times.set(key, this.#now());
    if (this.#times.size <= TOUCHED_LIMIT) return;
    for (const [oldest] of this.#times) {
      this.#times.delete(oldest);
      return;
    }
  }

  isSince(repository: string, digest: Digest, sinceMs: number): boolean {
    return (this.#times.get(`${repository}@${digest}`) ?? Number.NEGATIVE_INFINITY) >= sinceMs;
  }
}
