/** A directory that was opened for reading entry by entry; the listing is the one of the moment it was opened. */

import { callbackOf } from './arguments.js';
import { deferred, type NodeCallback, settle } from './deferred.js';
import type { Dirent } from './dirent.js';
import { disposable } from './disposable.js';
import { FsStateError } from './errors.js';

export class Dir {
  /** The path as it was given. */
  readonly path: string;
  #entries: Dirent[] | undefined;
  #next: number = 0;

  constructor(path: string, entries: Dirent[]) {
    this.path = path;
    this.#entries = entries;
  }

  /** The next entry; `null` after the last, as in Node. */
  readSync(): Dirent | null {
    return this.#open()[this.#next++] ?? null;
  }

  closeSync(): void {
    this.#open();
    this.#entries = undefined;
  }

  read(): Promise<Dirent | null>;
  read(callback: NodeCallback<Dirent | null>): void;
  read(callback?: NodeCallback<Dirent | null>): Promise<Dirent | null> | undefined {
    return this.#answer(() => this.readSync(), callback);
  }

  close(): Promise<void>;
  close(callback: NodeCallback<void>): void;
  close(callback?: NodeCallback<void>): Promise<void> | undefined {
    return this.#answer(() => this.closeSync(), callback);
  }

  /** The entries that are left; the directory is closed when the loop ends. */
  async *entries(): AsyncGenerator<Dirent, void> {
    try {
      for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield entry;
    } finally {
      this.closeSync();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    return this.entries();
  }

  #open(): Dirent[] {
    if (this.#entries === undefined) throw new FsStateError('ERR_DIR_CLOSED', 'Directory handle was closed');
    return this.#entries;
  }

  #answer<T>(call: () => T, callback: NodeCallback<T> | undefined): Promise<T> | undefined {
    if (callback === undefined) return deferred(call);
    settle(call, callbackOf<NodeCallback<T>>(callback));
    return undefined;
  }
}

disposable(Dir.prototype, 'closeSync', 'close');
