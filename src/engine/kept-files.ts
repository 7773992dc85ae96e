/** File systems on the shelf that outlive who uses them: the contents of volumes and of cache mounts. */

import type { ByteSource, ByteStream } from '../base/stream.js';
import { layerChanges } from '../fs/packing.js';
import { UnionFs } from '../fs/union-fs.js';
import { applyChanges } from '../layer/apply.js';
import { Layer } from '../layer/layer.js';
import { emptyTree } from '../tree/edit.js';
import { UPPER } from '../union/upper.js';
import type { Shelf } from './shelf.js';

export class KeptFiles {
  readonly #shelf: Shelf;
  readonly #held: Map<string, { readonly files: Promise<HeldFiles>; users: number }> = new Map();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** The content of a document, one for all of this process; what is new begins as `begin` says, or empty. */
  hold(name: string, begin: () => UnionFs = () => UnionFs.over([])): Promise<HeldFiles> {
    const held = this.#held.get(name) ?? { files: this.#open(name, begin), users: 0 };
    held.users++;
    this.#held.set(name, held);
    // What cannot be opened is held by nobody: it may be mended, and asked for again.
    held.files.catch(() => this.#release(name));
    return held.files;
  }

  /** The content as a tar; `undefined` when there is none. */
  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#shelf.read(name);
  }

  /** Puts the content of a tar, compressed or not, in the place of what was there. */
  async replace(name: string, source: ByteSource): Promise<void> {
    const files = UnionFs.over([await Layer.fromTar(source)]);
    await this.#shelf.exclusive(name, () => this.#shelf.write(name, contentOf(files)));
  }

  async #open(name: string, begin: () => UnionFs): Promise<HeldFiles> {
    const saved = await this.#shelf.read(name);
    const union = saved === undefined ? begin() : UnionFs.over([await Layer.fromTar(saved)]);
    return new HeldFiles(this.#shelf, { name, union, isNew: saved === undefined }, () => this.#release(name));
  }

  #release(name: string): void {
    const held = this.#held.get(name);
    if (held !== undefined && --held.users === 0) this.#held.delete(name);
  }
}

export class HeldFiles {
  readonly union: UnionFs;
  /** Nothing was kept under the name before. */
  readonly isNew: boolean;
  readonly #shelf: Shelf;
  readonly #name: string;
  readonly #release: () => void;

  constructor(
    shelf: Shelf,
    { name, union, isNew }: { readonly name: string; readonly union: UnionFs; readonly isNew: boolean },
    release: () => void,
  ) {
    this.union = union;
    this.isNew = isNew;
    this.#shelf = shelf;
    this.#name = name;
    this.#release = release;
  }

  /**
   * Writes what was changed. What another process wrote meanwhile stays, but for the files that both changed: there
   * the last one that saves has its way.
   */
  async save(): Promise<void> {
    const { view } = this.union;
    const changes = [...layerChanges(this.isNew ? view.everything() : view.changes())];
    if (changes.length === 0) return;
    await this.#shelf.exclusive(this.#name, async () => {
      const saved = await this.#shelf.read(this.#name);
      const before = saved === undefined ? emptyTree() : UnionFs.over([await Layer.fromTar(saved)]).view.lower;
      await this.#shelf.write(this.#name, contentOf(UnionFs.overTree(applyChanges(before, changes, UPPER))));
    });
  }

  /** Saves, and lets go. */
  async release(): Promise<void> {
    try {
      await this.save();
    } finally {
      this.#release();
    }
  }
}

function contentOf(union: UnionFs): ByteStream {
  return Layer.fromChanges(layerChanges(union.view.everything())).tar() as ByteStream;
}
