/** The shelf: named documents that lie beside the blobs because OCI has no place for them (containers, caches). */

import { type ByteSource, collectBytes } from '../base/stream.js';
import type { SyncBytes } from '../tree/node.js';

/** Keeps documents by name. A name is `folder/document`, of characters that any file system takes. */
export interface Shelf {
  /** The whole document; `undefined` when there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Writes a document so that it is seen whole or not at all. */
  write(name: string, source: ByteSource): Promise<void>;
  /** Removes a document; false when there was none. */
  delete(name: string): Promise<boolean>;
  /** Documents of a folder, in the order of their names. */
  list(folder: string): Promise<readonly ShelfEntry[]>;
  /** A document's bytes without waiting, read where they are; `undefined` when there is none. */
  open(name: string): Promise<SyncBytes | undefined>;
  /** Runs `work` while no other does under the same name, in this process or another. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** True when documents outlive the process: what can be made again from blobs is then worth keeping. */
  readonly durable: boolean;
}

export interface ShelfEntry {
  /** The name within its folder. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** A shelf in memory; gone with the process. */
export class MemoryShelf implements Shelf {
  readonly durable = false;
  readonly #documents = new Map<string, Uint8Array>();
  readonly #locks = new Map<string, Promise<unknown>>();

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#documents.get(name);
  }

  async write(name: string, source: ByteSource): Promise<void> {
    this.#documents.set(name, await collectBytes(source));
  }

  async delete(name: string): Promise<boolean> {
    return this.#documents.delete(name);
  }

  async list(folder: string): Promise<readonly ShelfEntry[]> {
    const prefix = `${folder}/`;
    return [...this.#documents]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, bytes]) => ({ name: name.slice(prefix.length), sizeBytes: bytes.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#locks.get(name) ?? Promise.resolve()).then(work, work);
    this.#locks.set(name, turn);
    const forget = (): void => {
      if (this.#locks.get(name) === turn) this.#locks.delete(name);
    };
    turn.then(forget, forget);
    return turn;
  }

  async open(name: string): Promise<SyncBytes | undefined> {
    const bytes = this.#documents.get(name);
    return bytes && { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  }
}
