/** Records in memory; gone with the process. */

import type { Records } from './records.js';

export class MemoryRecords implements Records {
  readonly #documents: Map<string, Uint8Array> = new Map();
  /** The names below each folder: a document is found without looking at all the others. */
  readonly #folders: Map<string, Set<string>> = new Map();

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.#documents.get(path);
  }

  async has(path: string): Promise<boolean> {
    return this.#documents.has(path);
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#documents.set(path, bytes);
    for (const [folder, name] of steps(path)) {
      const names = this.#folders.get(folder) ?? new Set();
      this.#folders.set(folder, names.add(name));
    }
  }

  async remove(path: string): Promise<boolean> {
    if (!this.#documents.delete(path)) return false;
    for (const [folder, name] of [...steps(path)].reverse()) {
      if (this.#folders.has(joined(folder, name))) break;
      const names = this.#folders.get(folder);
      names?.delete(name);
      if (names?.size === 0) this.#folders.delete(folder);
    }
    return true;
  }

  async list(folder: string): Promise<readonly string[]> {
    return [...(this.#folders.get(folder) ?? [])].sort();
  }
}

/** Each folder above a document, the root (`''`) first, with the name in it that leads there. */
function* steps(path: string): Iterable<readonly [folder: string, name: string]> {
  const names = path.split('/');
  for (const [at, name] of names.entries()) yield [names.slice(0, at).join('/'), name];
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
