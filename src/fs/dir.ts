/** A directory that was opened for reading entry by entry; the listing is the one of the moment it was opened. */

import { later, type NodeCallback, settle } from './deferred.js';
import type { Dirent } from './dirent.js';
import { disposable } from './disposable.js';
import { FsArgumentError, FsStateError, invalidType } from './errors.js';

export class Dir {
  /** The path as it was given. */
  readonly path: string;
  #entries: Dirent[] | undefined;
  #next: number = 0;
  /** Calls whose outcome was not handed over yet. */
  #pending: number = 0;

  constructor(path: string, entries: Dirent[]) {
    if (entries === undefined) throw new FsArgumentError('ERR_MISSING_ARGS', 'The "handle" argument must be specified');
    this.path = path;
    this.#entries = entries;
  }

  /** The next entry; `null` after the last, as in Node. */
  readSync(): Dirent | null {
    this.#checkIdle();
    return this.#read();
  }

  closeSync(): void {
    this.#checkIdle();
    this.#close();
  }

  read(): Promise<Dirent | null>;
  read(callback: NodeCallback<Dirent | null>): void;
  read(callback?: NodeCallback<Dirent | null>): Promise<Dirent | null> | undefined {
    return this.#answer(() => this.#read(), callback);
  }

  close(): Promise<void>;
  close(callback: NodeCallback<void>): void;
  close(callback?: NodeCallback<void>): Promise<void> | undefined {
    return this.#answer(() => this.#close(), callback);
  }

  /** The entries that are left; the directory is closed when the loop ends. */
  async *entries(): AsyncGenerator<Dirent, void> {
    try {
      for (let entry = this.#read(); entry !== null; entry = this.#read()) yield entry;
    } finally {
      this.#close();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    return this.entries();
  }

  #read(): Dirent | null {
    return this.#open()[this.#next++] ?? null;
  }

  #close(): void {
    this.#open();
    this.#entries = undefined;
  }

  #open(): Dirent[] {
    if (this.#entries === undefined) throw new FsStateError('ERR_DIR_CLOSED', 'Directory handle was closed');
    return this.#entries;
  }

  /** While a call's outcome is on its way Node refuses to work at once. */
  #checkIdle(): void {
    this.#open();
    if (this.#pending === 0) return;
    const message = 'Cannot do synchronous work on directory handle with concurrent asynchronous operations';
    throw new FsStateError('ERR_DIR_CONCURRENT_OPERATION', message);
  }

  #answer<T>(call: () => T, callback: NodeCallback<T> | undefined): Promise<T> | undefined {
    if (callback === undefined) return this.#promised(call);
    if (typeof callback !== 'function') throw invalidType('callback', 'of type function', callback);
    this.#pending++;
    // Scheduled first: in the callback nothing is pending any more.
    later(() => this.#pending--);
    settle(call, callback);
    return undefined;
  }

  async #promised<T>(call: () => T): Promise<T> {
    this.#pending++;
    try {
      return await call();
    } finally {
      this.#pending--;
    }
  }
}

disposable(Dir.prototype, 'closeSync', 'close');
