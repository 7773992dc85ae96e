/** Bytes that an image stores and nobody sees: what later layers replaced or hid, by path. */

import type { FileNode } from '../tree/node.js';

/** One stored copy of a file that does not show at the top of the image. */
export interface WastedCopy {
  /** Index of the layer that stores it. */
  readonly layer: number;
  /** Index of the layer that put something else in its place, or took it away. */
  readonly by: number;
  /** `shadowed`: the same layer has the path twice. */
  readonly reason: 'overwritten' | 'deleted' | 'shadowed';
  readonly bytes: number;
  /** True when it was replaced by a file with the same content: only mode, owner or time changed. Where that is known. */
  readonly sameContent: boolean | undefined;
}

export interface WastedPath {
  readonly path: string;
  /** Of all copies. */
  readonly bytes: number;
  /** In the order in which they were hidden. */
  readonly copies: readonly WastedCopy[];
}

/** Counts the names that each file has while layers are put on one another: a file whose last name goes is hidden. */
export class NameLedger {
  readonly #names: Map<FileNode, number> = new Map();

  /** Notes a name; true for the first name of a file. */
  add(file: FileNode): boolean {
    const names = this.#names.get(file) ?? 0;
    this.#names.set(file, names + 1);
    return names === 0;
  }

  remove(file: FileNode): void {
    this.#names.set(file, (this.#names.get(file) ?? 0) - 1);
  }

  /** True once for a file that has lost all of its names. */
  isGone(file: FileNode): boolean {
    return (this.#names.get(file) ?? 1) <= 0 && this.#names.delete(file);
  }
}

/** Gathers hidden copies by path. */
export class WasteBook {
  readonly #paths: Map<string, WastedCopy[]> = new Map();

  add(path: string, copy: WastedCopy): void {
    if (copy.bytes === 0) return;
    const known = this.#paths.get(path);
    if (known === undefined) this.#paths.set(path, [copy]);
    else known.push(copy);
  }

  /** The most wasteful first. */
  finish(): WastedPath[] {
    return [...this.#paths]
      .map(([path, copies]) => ({ path, copies, bytes: copies.reduce((sum, copy) => sum + copy.bytes, 0) }))
      .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  }
}
