/** What a build needs of a store: layers by what they are made of, and what steps made before. */

import type { UnionFs } from '../fs/union-fs.js';
import type { ImageLayer } from '../image/image.js';
import type { Layer } from '../layer/layer.js';
import type { Tree } from '../tree/node.js';
import type { MountSource } from '../union/mounts/source.js';
import type { CacheMount } from './cache-mount.js';
import type { KeyPart } from './step-key.js';

/** What a step made. */
export interface StepRecord {
  readonly key: string;
  /** Every key that it is known by; steps like it are compared with the parts of the last. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly layer: ImageLayer;
  /** When it was made (RFC 3339). */
  readonly created: string | undefined;
}

/** A cache mount in use. */
export interface HeldCache {
  readonly source: MountSource;
  /** Keeps what was written, and lets go. */
  release(): Promise<void>;
}

export interface StepCache {
  /** What the step of a key made; undefined when nobody ran it, or its layer is gone. */
  find(key: string): Promise<StepRecord | undefined>;
  /** Remembers a step under its key, with the parts of the key, and under names by which a later one looks for it. */
  keep(record: StepRecord, parts: readonly KeyPart[], slots: readonly string[]): Promise<void>;
  /** The parts of steps that were kept under one of the names, newest first. */
  similar(slots: readonly string[]): Promise<readonly { readonly key: string; readonly parts: readonly KeyPart[] }[]>;
}

export interface BuildStore {
  readonly steps: StepCache;
  layers(stored: readonly ImageLayer[], needs: { readonly content: boolean }): Promise<readonly Layer[]>;
  /** The merged tree of layers; nothing for none. */
  tree(stored: readonly ImageLayer[], needs: { readonly content: boolean }): Promise<Tree>;
  keepLayer(layer: Layer): Promise<ImageLayer>;
  /** The content of a cache mount, one for all who hold it; `begin` makes that of one that is new. */
  cache(mount: CacheMount, begin: () => UnionFs): Promise<HeldCache>;
}
