/** A shelf in a directory: the root of a store, beside the folders of its image layout. */

import { StratumError } from '../base/error.js';
import type { ByteSource } from '../base/stream.js';
import {
  fileSize,
  listFolder,
  readDocument,
  removeFile,
  type StoreFiles,
  withLock,
  writeDocument,
} from '../blob/files.js';
import type { SyncBytes } from '../tree/node.js';
import type { Shelf, ShelfEntry } from './shelf.js';

export class DiskShelf implements Shelf {
  readonly durable = true;
  readonly #root: string;
  readonly #files: StoreFiles;

  constructor(root: string, files: StoreFiles) {
    this.#root = root;
    this.#files = files;
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return readDocument(this.#files, this.#path(name));
  }

  write(name: string, source: ByteSource): Promise<void> {
    return writeDocument(this.#files, this.#path(name), source);
  }

  delete(name: string): Promise<boolean> {
    return removeFile(this.#files, this.#path(name));
  }

  async list(folder: string): Promise<readonly ShelfEntry[]> {
    const entries: ShelfEntry[] = [];
    for (const name of await listFolder(this.#files, this.#path(folder))) {
      const sizeBytes = await fileSize(this.#files, this.#path(`${folder}/${name}`));
      if (sizeBytes !== undefined) entries.push({ name, sizeBytes });
    }
    return entries;
  }

  async open(name: string): Promise<SyncBytes | undefined> {
    const path = this.#path(name);
    const size = await fileSize(this.#files, path);
    return size === undefined ? undefined : new FileBytes(this.#files, path, size);
  }

  exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    return withLock(this.#files, this.#path(`${name.replaceAll('/', '-')}.lock`), work);
  }

  #path(name: string): string {
    return `${this.#root}/${name}`;
  }
}

/** The bytes of a file, read where they are wanted; the file is opened at the first read and stays open. */
class FileBytes implements SyncBytes {
  readonly size: number;
  readonly #files: StoreFiles;
  readonly #path: string;
  #fd: number | undefined;

  constructor(files: StoreFiles, path: string, size: number) {
    this.#files = files;
    this.#path = path;
    this.size = size;
  }

  read(offset: number, length: number): Uint8Array {
    this.#fd ??= this.#files.openSync(this.#path, 'r');
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const count = this.#files.readSync(this.#fd, bytes, at, length - at, offset + at);
      if (count === 0)
        throw new StratumError('STORE_INVALID', 'file ends too early', { file: this.#path, offset: offset + at });
      at += count;
    }
    return bytes;
  }
}
