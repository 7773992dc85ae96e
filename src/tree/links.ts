/** Keeps a tree's hard-link groups exact while the tree is edited; copies only the groups that change. */

import type { LinkGroups } from './node.js';

export class LinkLedger {
  readonly #base: LinkGroups;
  #groups: Map<number, ReadonlySet<string>> | undefined;

  constructor(base: LinkGroups) {
    this.#base = base;
  }

  get isEmpty(): boolean {
    return (this.#groups ?? this.#base).size === 0;
  }

  /** Notes that the inode at `existing` now has the name `added` too. */
  add(ino: number, existing: string, added: string): void {
    const group = (this.#groups ?? this.#base).get(ino) ?? [existing];
    this.#edit().set(ino, new Set([...group, added]));
  }

  /** Notes that an inode lost a name. */
  remove(ino: number, path: string): void {
    const group = (this.#groups ?? this.#base).get(ino);
    if (group?.has(path))
      this.#keep(
        ino,
        [...group].filter((name) => name !== path),
      );
  }

  /** Notes that every name below a directory is gone. */
  removeBelow(directory: string): void {
    const prefix = `${directory}/`;
    for (const [ino, group] of [...(this.#groups ?? this.#base)]) {
      const left = [...group].filter((name) => !name.startsWith(prefix));
      if (left.length < group.size) this.#keep(ino, left);
    }
  }

  finish(): LinkGroups {
    return this.#groups ?? this.#base;
  }

  /** One name is no group. */
  #keep(ino: number, names: readonly string[]): void {
    if (names.length > 1) this.#edit().set(ino, new Set(names));
    else this.#edit().delete(ino);
  }

  #edit(): Map<number, ReadonlySet<string>> {
    this.#groups ??= new Map(this.#base);
    return this.#groups;
  }
}
