/**
 * Sightings as text that two file systems must agree on. Inode numbers become the order in which they were met. A time
 * that was set is told as it is; one that the clock gave only as that: see `age` for how changes are told apart.
 */

import type { Answer, Sighting } from './perform.js';

/** Times that layers and calls set are before this one (2017), the clock's are after. */
export const FIRST_OF_CLOCK_NS = 1_500_000_000_000_000_000n;

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

export interface CanonicalOptions {
  /** Tells the times that the clock gave too: for a tree and its copy. */
  readonly exactTimes?: boolean;
}

export class Canonical {
  readonly #exactTimes: boolean;
  readonly #numbers: Map<string, number> = new Map();

  constructor({ exactTimes = false }: CanonicalOptions = {}) {
    this.#exactTimes = exactTimes;
  }

  answer({ outcome, sightings }: Answer): string {
    return [outcome, ...sightings.map((each) => (typeof each === 'string' ? each : this.sighting(each)))].join('\n  ');
  }

  sighting({ of, mode, uid, gid, nlink, size, ino, mtimeNs, content }: Sighting): string {
    const links = (mode & S_IFMT) === S_IFDIR ? '' : ` links ${nlink} size ${size}`;
    const held = content === undefined ? '' : ` ${JSON.stringify(content)}`;
    const time = this.#exactTimes || BigInt(mtimeNs) < FIRST_OF_CLOCK_NS ? mtimeNs : 'of the clock';
    return `${of}: ${mode.toString(8)} ${uid}:${gid}${links} inode ${this.#number(ino)} time ${time}${held}`;
  }

  #number(ino: string): number {
    const number = this.#numbers.get(ino) ?? this.#numbers.size;
    this.#numbers.set(ino, number);
    return number;
  }
}
