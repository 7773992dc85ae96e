/** What every verb works on: blobs, names, the shelf, layers and trees of one store. */

import { StratumError } from '../base/error.js';
import { createPort, type Port } from '../base/port.js';
import { DirectoryBlobs } from '../blob/directory.js';
import { type StoreFiles, sweepFolders } from '../blob/files.js';
import { MemoryBlobs } from '../blob/memory.js';
import { ReadThroughBlobs } from '../blob/read-through.js';
import type { BlobReader, BlobStore } from '../blob/store.js';
import type { Digest } from '../digest/digest.js';
import type { UnionFs } from '../fs/union-fs.js';
import type { Image } from '../image/image.js';
import { DEFAULT_PLATFORM, type Platform, parsePlatform } from '../image/platform.js';
import { LayoutTags, MemoryTags, type Tags } from '../image/tags.js';
import type { Layer } from '../layer/layer.js';
import { Snapshots } from '../layer/snapshots.js';
import { RegistryClient } from '../registry/client/client.js';
import type { Tree } from '../tree/node.js';
import { DiskShelf } from './disk-shelf.js';
import type { Random } from './ids.js';
import { KeptFiles } from './kept-files.js';
import { LayerLibrary, type LayerNeeds } from './layers.js';
import type { ContainerControl } from './run/control.js';
import { MemoryShelf, type Shelf } from './shelf.js';
import { StateStore } from './state.js';

export interface EngineOptions {
  /** Directory of the store; it is, or becomes, an OCI image layout. In memory without it. */
  readonly root?: string;
  /** The file system that the root is in; the platform's own without it. */
  readonly fs?: StoreFiles;
  /** Which image of an index to take, `os/architecture[/variant]`. */
  readonly platform?: string;
  /**
   * Where a blob is read that the store lacks, and kept from then on: the blobs of a registry, or another store. Images
   * that were pulled with their layers left for later are whole over it.
   */
  readonly lower?: BlobReader;
  /** What speaks to registries; without it, one that is known to none of them. */
  readonly registries?: RegistryClient;
  /** Milliseconds since 1970; the machine's clock without it. */
  readonly now?: () => number;
  /** The platform's random numbers without it. */
  readonly random?: Random;
}

/** A container with its file system, as the engine hands it out. */
export interface OpenContainer {
  readonly union: UnionFs;
  save(): Promise<void>;
}

/** The file system of the platform; a browser has none. */
export const storeFiles: Port<StoreFiles | undefined> = createPort<StoreFiles | undefined>(undefined);

export class EngineContext {
  /** What can be read: the store's own blobs, over those of the lower tier. */
  readonly blobs: BlobStore;
  /** What is here. */
  readonly own: BlobStore;
  readonly tags: Tags;
  readonly shelf: Shelf;
  readonly state: StateStore;
  readonly layers: LayerLibrary;
  readonly snapshots: Snapshots = new Snapshots();
  /** Containers of this process by id: each has one file system, however often it is asked for. */
  readonly open: Map<string, OpenContainer> = new Map();
  /** Those of them that run. */
  readonly running: Map<string, ContainerControl> = new Map();
  /** Contents of volumes and of cache mounts. */
  readonly kept: KeptFiles;
  readonly platform: Platform;
  readonly registries: RegistryClient;
  /** The file system of a store on disk. */
  readonly files: StoreFiles | undefined;
  readonly now: () => number;
  readonly random: Random;
  readonly #root: string | undefined;

  readonly #images: Map<Digest, Image> = new Map();
  readonly #trees: WeakMap<Image, WeakRef<Tree>> = new WeakMap();

  private constructor(
    store: { blobs: BlobStore; tags: Tags; shelf: Shelf; files: StoreFiles | undefined },
    options: EngineOptions,
  ) {
    this.own = store.blobs;
    this.blobs = options.lower === undefined ? store.blobs : new ReadThroughBlobs(store.blobs, options.lower);
    this.tags = store.tags;
    this.shelf = store.shelf;
    this.files = store.files;
    this.state = new StateStore(store.shelf);
    this.kept = new KeptFiles(store.shelf);
    this.layers = new LayerLibrary(this.blobs, store.shelf);
    this.platform = options.platform === undefined ? DEFAULT_PLATFORM : parsePlatform(options.platform);
    this.#root = options.root;
    this.registries = options.registries ?? new RegistryClient();
    this.now = options.now ?? Date.now;
    this.random = options.random ?? ((bytes) => globalThis.crypto.getRandomValues(bytes));
  }

  static async open(options: EngineOptions): Promise<EngineContext> {
    const { root } = options;
    const files = options.fs ?? storeFiles.get();
    if (root === undefined) {
      const store = { blobs: new MemoryBlobs(), tags: new MemoryTags(), shelf: new MemoryShelf(), files };
      return new EngineContext(store, options);
    }
    if (files === undefined) throw new StratumError('USAGE', 'a store with a root needs a file system (option fs)');
    const blobs = await DirectoryBlobs.open(root, files);
    const store = { blobs, tags: new LayoutTags(root, files), shelf: new DiskShelf(root, files), files };
    return new EngineContext(store, options);
  }

  /** The layers of an image, bottom first. */
  async layersOf(image: Image, needs?: LayerNeeds): Promise<Layer[]> {
    const layers: Layer[] = [];
    for (const stored of image.layers) layers.push(await this.layers.layer(stored, needs));
    return layers;
  }

  /** The merged root of an image; images share the tree of every prefix they have in common. */
  async treeOf(image: Image, needs?: LayerNeeds): Promise<Tree> {
    const known = this.#trees.get(image)?.deref();
    if (known !== undefined && !this.shelf.durable) return known;
    const tree = this.snapshots.merge(await this.layersOf(image, needs));
    this.#trees.set(image, new WeakRef(tree));
    return tree;
  }

  /** An image by the digest of its manifest or index; what a digest names never changes, so it is read once. */
  async imageAt(digest: Digest, read: () => Promise<Image>): Promise<Image> {
    const known = this.#images.get(digest);
    if (known !== undefined) return known;
    const image = await read();
    this.#images.set(digest, image);
    return image;
  }

  /** Removes the temporary files of processes that died while they wrote. */
  async sweep(): Promise<void> {
    if (this.files !== undefined && this.#root !== undefined) await sweepFolders(this.files, this.#root);
  }

  /** Forgets images: their blobs may be gone. */
  forgetImages(): void {
    this.#images.clear();
  }

  /** The time now, as documents spell it. */
  timestamp(epochSeconds?: number): string {
    return new Date(epochSeconds === undefined ? this.now() : epochSeconds * 1000).toISOString();
  }
}
