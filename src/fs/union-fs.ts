/** A union file system over layers: the merged tree below, an upper of its own on top, and Node's fs API over both. */

import { applyChanges } from '../layer/apply.js';
import type { EncodeOptions } from '../layer/encode.js';
import { Layer } from '../layer/layer.js';
import { Snapshots } from '../layer/snapshots.js';
import type { LayerOrigin, Tree } from '../tree/node.js';
import { type Credentials, ROOT } from '../union/access.js';
import type { Kernel } from '../union/kernel.js';
import type { MountInfo, MountOptions, MountSource } from '../union/mounts/source.js';
import type { Snapshot } from '../union/snapshot.js';
import { View, type ViewOptions } from '../union/view.js';
import { copyTree, type ReadableFs, type WritableFs } from './copy-tree.js';
import { type CoreFs, type CreateFsOptions, createFs, type Fs } from './create-fs.js';
import { readJson, type TreeJson, writeJson } from './json.js';
import { layerChanges } from './packing.js';

export interface UnionFsOptions extends Omit<ViewOptions, 'credentials'>, CreateFsOptions {
  /** Whose rights the calls have: root's, with umask 0o022, for what is not given. */
  readonly credentials?: Partial<Credentials>;
  /** Where merged trees are kept; one store for the whole program without it. */
  readonly snapshots?: Snapshots;
}

/** What a view changed. A deleted directory is one change, with nothing below it. */
export interface FsChange {
  readonly kind: 'add' | 'modify' | 'delete';
  /** Absolute. */
  readonly path: string;
}

const sharedSnapshots = new Snapshots();

/** The stack that was merged last on each top layer, so that the next view on it need not name the chain again. */
const merged = new WeakMap<Layer, { readonly layers: readonly Layer[]; readonly tree: Tree }>();

/**
 * A copy-on-write file system. Views over the same layers share one merged tree, and layers are never changed: what is
 * written lies in the view's own upper.
 */
export class UnionFs {
  /** The view: the system calls under the fs API, and the upper. */
  readonly view: View;
  readonly #options: CreateFsOptions;
  #fs: Fs | undefined;

  private constructor(view: View, options: CreateFsOptions) {
    this.view = view;
    this.#options = options;
    this.#fs = undefined;
  }

  /** Stacks layers, bottom first, under an empty upper. */
  static over(layers: readonly Layer[], options: UnionFsOptions = {}): UnionFs {
    return UnionFs.overTree(mergedTree(layers, options.snapshots), options);
  }

  /** Puts an empty upper on a tree that was merged before. */
  static overTree(tree: Tree, options: UnionFsOptions = {}): UnionFs {
    const { credentials, ...rest } = options;
    const view = View.over(
      tree,
      credentials === undefined ? rest : { ...rest, credentials: { ...ROOT, ...credentials } },
    );
    return new UnionFs(view, options);
  }

  /**
   * Opens over a copy of what another fs object shows at a path: a memfs volume, `node:fs`, or the fs of a view. The copy
   * has modes, owners, mtimes (to the millisecond), symlinks and hard links; devices, pipes and sockets are left out, and
   * so are extended attributes, which Node's API has no call for. It is of no layer: the origin of its paths is `fs`.
   */
  static fromFs(fs: ReadableFs, path: string = '/', options: UnionFsOptions = {}): UnionFs {
    const copy = UnionFs.over([]);
    copyTree(fs, path, copy.#coreFs, '/');
    return UnionFs.overTree(settled(copy.view, 'fs'), options);
  }

  /** Opens over files by their absolute paths; `null` is an empty directory. The origin of the paths is `json`. */
  static fromJSON(json: TreeJson, options: UnionFsOptions = {}): UnionFs {
    const files = UnionFs.over([]);
    writeJson(files.#coreFs, json);
    return UnionFs.overTree(settled(files.view, 'json'), options);
  }

  /** Wraps a view that is there already. */
  static ofView(view: View, options: CreateFsOptions = {}): UnionFs {
    return new UnionFs(view, options);
  }

  /** Node's fs API, made when it is first asked for. */
  get fs(): Fs {
    this.#fs ??= createFs(this.kernel, this.#options);
    return this.#fs;
  }

  /** The system calls under the fs API. */
  get kernel(): Kernel {
    return this.view.kernel;
  }

  /**
   * What a path comes from: `id` is the DiffID of its layer, or `upper`. The last symlink is not followed. Throws ENOENT
   * and the like.
   */
  origin(path: string): LayerOrigin {
    return this.view.origin(path);
  }

  /** What differs from the layers below, sorted by path; costs what was changed, not what is there. */
  changes(): FsChange[] {
    return this.view.changes().map(({ kind, path }) => ({ kind, path }));
  }

  /**
   * Shows another file system at a path: made by `tree`, `volume`, `tmpfs` or `hostDirectory`. What lies under it is in
   * none of the changes, and in no layer. See {@link View.mount}.
   */
  mount(path: string, source: MountSource, options: MountOptions = {}): void {
    this.view.mount(path, source, options);
  }

  /** Takes the topmost mount at a path away. Throws EINVAL where there is none, EBUSY while it is in use. */
  unmount(path: string): void {
    this.view.unmount(path);
  }

  /** Refuses every change outside the mounts with EROFS from now on, or allows them again. */
  remount(options: { readonly readOnly: boolean }): void {
    this.view.remount(options);
  }

  /** What is mounted, parents first. */
  mounts(): MountInfo[] {
    return this.view.mounts();
  }

  /** A second file system with the same content, in O(1); neither sees what the other writes from now on. */
  fork(): UnionFs {
    return new UnionFs(this.view.fork(), this.#options);
  }

  /** This moment, to go back to by {@link rollback}; in O(1). */
  snapshot(): Snapshot {
    return this.view.snapshot();
  }

  /** Goes back to a moment of this file system. Open files keep what they hold, as files that were unlinked. */
  rollback(snapshot: Snapshot): void {
    this.view.rollback(snapshot);
  }

  /** Copies what the union shows into another fs object; returns the paths of devices, pipes and sockets, left out. */
  copyTo(fs: WritableFs, path: string = '/'): string[] {
    return copyTree(this.#coreFs, '/', fs, path);
  }

  /** The files as text by their paths, and empty directories as `null`; symlinks are left out. */
  toJSON(): Record<string, string | null> {
    return readJson(this.#coreFs, '/');
  }

  get #coreFs(): CoreFs {
    return this.fs as unknown as CoreFs;
  }

  /** Packs the upper: the changes as one layer, in a tar that depends on nothing but them. */
  async toLayer(options: EncodeOptions = {}): Promise<Layer> {
    return Layer.fromChanges(layerChanges(this.view.changes()), options);
  }
}

/**
 * All that a view shows as a tree, of which nobody may change the view any more: contents stay where they lie, since
 * nobody asked for a layer.
 */
function settled(view: View, origin: string): Tree {
  return applyChanges(undefined, [...layerChanges(view.everything())], { id: origin });
}

function mergedTree(layers: readonly Layer[], snapshots: Snapshots = sharedSnapshots): Tree {
  const top = layers.at(-1);
  if (top === undefined) return snapshots.merge(layers);
  const last = merged.get(top);
  if (
    last !== undefined &&
    last.layers.length === layers.length &&
    last.layers.every((each, i) => each === layers[i])
  ) {
    return last.tree;
  }
  const tree = snapshots.merge(layers);
  merged.set(top, { layers: [...layers], tree });
  return tree;
}
