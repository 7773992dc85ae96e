/** Records in the files of a directory, each written aside, synced and renamed. */

import { fileSize, listFolder, readDocument, removeFile, type StoreFiles, writeDocument } from '../../../blob/files.js';
import type { Records } from './records.js';

export class DirectoryRecords implements Records {
  readonly #root: string;
  readonly #files: StoreFiles;

  constructor(root: string, files: StoreFiles) {
    this.#root = root;
    this.#files = files;
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return readDocument(this.#files, `${this.#root}/${path}`);
  }

  async has(path: string): Promise<boolean> {
    return (await fileSize(this.#files, `${this.#root}/${path}`)) !== undefined;
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return writeDocument(this.#files, `${this.#root}/${path}`, bytes);
  }

  remove(path: string): Promise<boolean> {
    return removeFile(this.#files, `${this.#root}/${path}`);
  }

  list(folder: string): Promise<readonly string[]> {
    return listFolder(this.#files, folder === '' ? this.#root : `${this.#root}/${folder}`);
  }
}
