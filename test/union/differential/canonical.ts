/**
 * Sightings as text that two file systems must agree on. Inode numbers become the order in which they were met. A time
 * that was set is told as it is; one that the clock gave only as that: see `age` for how changes are told apart. Of the
 * ctime, which nobody can set, it is told that it changed where the mtime does not say so.
 */

import type { Answer, Sighting } from './perform.js';

/** Times that layers and calls set are before this one (2017), the clock's are after. */
export const FIRST_OF_CLOCK_NS = 1_500_000_000_000_000_000n;

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

export interface CanonicalOptions {
  /** Tells the times that the clock gave too: for a tree and its copy. */
  readonly exactTimes?: boolean;
  /** Tells whether the ctime changed; for file systems whose clocks tell any two changes apart. */
  readonly ctimes?: boolean;
}

export class Canonical {
  readonly #exactTimes: boolean;
  readonly #tellsCtimes: boolean;
  readonly #numbers: Map<string, number> = new Map();
  /** The ctime that each inode had when it was seen last. */
  readonly #ctimes: Map<string, string> = new Map();

  constructor({ exactTimes = false, ctimes = false }: CanonicalOptions = {}) {
    this.#exactTimes = exactTimes;
    this.#tellsCtimes = ctimes;
  }

  answer({ outcome, sightings }: Answer): string {
    return [outcome, ...sightings.map((each) => (typeof each === 'string' ? each : this.sighting(each)))].join('\n  ');
  }

  sighting(seen: Sighting): string {
    const { of, mode, uid, gid, nlink, size, ino, mtimeNs, content } = seen;
    const links = (mode & S_IFMT) === S_IFDIR ? '' : ` links ${nlink}${content === undefined ? ` size ${size}` : ''}`;
    const held = content === undefined ? '' : ` ${JSON.stringify(content)}`;
    const isOfClock = BigInt(mtimeNs) >= FIRST_OF_CLOCK_NS;
    const isChanged = this.#isChanged(seen) && !isOfClock;
    const time = this.#exactTimes || !isOfClock ? mtimeNs : 'of the clock';
    return `${of}: ${mode.toString(8)} ${uid}:${gid}${links} inode ${this.#number(ino)} time ${time}${isChanged ? ' changed' : ''}${held}`;
  }

  #isChanged({ ino, ctimeNs, agedNs }: Sighting): boolean {
    if (!this.#tellsCtimes) return false;
    const before = this.#ctimes.get(ino);
    this.#ctimes.set(ino, agedNs ?? ctimeNs);
    return before !== undefined && before !== ctimeNs;
  }

  #number(ino: string): number {
    const number = this.#numbers.get(ino) ?? this.#numbers.size;
    this.#numbers.set(ino, number);
    return number;
  }
}
