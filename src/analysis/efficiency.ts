/** The efficiency score: how small the versions of each path could be, held against all that is stored of them. */

/**
 * Gathers the versions of paths. A path's smallest version counts as needed, all of its versions as stored, and a
 * deletion is a version of no bytes. The score is needed over stored, and 1 for nothing at all.
 */
export class PathVersions {
  readonly #paths: Map<string, { least: number; sum: number; times: number }> = new Map();

  add(path: string, bytes: number): void {
    const known = this.#paths.get(path);
    if (known === undefined) {
      this.#paths.set(path, { least: bytes, sum: bytes, times: 1 });
      return;
    }
    known.least = Math.min(known.least, bytes);
    known.sum += bytes;
    known.times += 1;
  }

  get score(): number {
    let needed = 0;
    let stored = 0;
    for (const { least, sum } of this.#paths.values()) {
      needed += least;
      stored += sum;
    }
    return stored === 0 ? 1 : needed / stored;
  }

  /** All bytes of the paths that have more than one version. */
  get repeatedBytes(): number {
    let bytes = 0;
    for (const { sum, times } of this.#paths.values()) if (times > 1) bytes += sum;
    return bytes;
  }
}
