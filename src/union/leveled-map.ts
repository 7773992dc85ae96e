/**
 * A map that forks in O(1): a small map of its own over frozen levels that it shares with its forks.
 *
 * Levels shrink geometrically towards the newest (each holds less than an eighth of the next), as in a log-structured
 * merge tree, so a thousand forks in a chain leave a handful of levels and every entry is merged O(log n) times.
 */

/** Stands in a newer level for a key that was deleted from an older one. */
const GONE: unique symbol = Symbol('gone');

export class LeveledMap<K, V> {
  /** Newest first; never changed once they are here. */
  #levels: readonly ReadonlyMap<K, V | typeof GONE>[];
  #own: Map<K, V | typeof GONE> = new Map();

  constructor(levels: readonly ReadonlyMap<K, V>[] = []) {
    this.#levels = levels;
  }

  get isEmpty(): boolean {
    return this.#own.size === 0 && this.#levels.length === 0;
  }

  get(key: K): V | undefined {
    const own = this.#own.get(key);
    if (own !== undefined) return own === GONE ? undefined : own;
    for (const level of this.#levels) {
      const value = level.get(key);
      if (value !== undefined) return value === GONE ? undefined : value;
    }
    return undefined;
  }

  set(key: K, value: V): void {
    this.#own.set(key, value);
  }

  delete(key: K): void {
    if (this.#levels.some((level) => level.has(key))) this.#own.set(key, GONE);
    else this.#own.delete(key);
  }

  /** A map with the same entries; whatever is done to one is not seen in the other. */
  fork(): LeveledMap<K, V> {
    if (this.#own.size > 0) {
      this.#levels = settle([this.#own, ...this.#levels]);
      this.#own = new Map();
    }
    const copy = new LeveledMap<K, V>();
    copy.#levels = this.#levels;
    return copy;
  }

  /** Every entry once, in no order that means anything. */
  *entries(): Iterable<[K, V]> {
    const layers = [this.#own, ...this.#levels];
    for (const [index, layer] of layers.entries()) {
      for (const [key, value] of layer) {
        if (value !== GONE && !layers.slice(0, index).some((newer) => newer.has(key))) yield [key, value];
      }
    }
  }
}

/** How many times a level is as large as the one before it, at least: fewer levels to ask, or less to merge. */
const GROWTH = 8;

/** Merges the newest levels until they grow fast enough. */
function settle<K, V>(levels: readonly ReadonlyMap<K, V>[]): readonly ReadonlyMap<K, V>[] {
  const [newest, next, ...older] = levels;
  if (newest === undefined || next === undefined || newest.size * GROWTH < next.size) return levels;
  const merged = new Map(next);
  for (const [key, value] of newest) merged.set(key, value);
  return settle([merged, ...older]);
}
