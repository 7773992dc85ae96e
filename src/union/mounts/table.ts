/** The mounts of a view: a tree of file systems, each at a path of the one that it hides a part of. */

import { FsError } from '../errno.js';
import type { Kernel } from '../kernel.js';
import type { MountInfo, MountOptions, MountSource } from './source.js';

/**
 * A file system in its place. Paths in a mount have no symlinks, no dots and no slash at the end; its root is the empty
 * path. A mount belongs to a path of its parent and moves with it when the parent's directories are renamed here.
 */
export class Mount {
  readonly source: MountSource;
  readonly readOnly: boolean;
  readonly device: number;
  /** What it is mounted on; only the root of the view has none. */
  readonly parent: Mount | undefined;
  /** By their mount points. A mount on this mount's own root has the empty path, and hides all of this one. */
  readonly children: Map<string, Mount> = new Map();
  /** Path in the parent. */
  point: string;
  openFiles = 0;

  constructor(
    source: MountSource,
    device: number,
    parent: Mount | undefined,
    at: { readonly point: string; readonly readOnly: boolean },
  ) {
    this.source = source;
    this.device = device;
    this.parent = parent;
    this.point = at.point;
    this.readOnly = at.readOnly;
  }

  /** The path of the mount in the view, empty for the root. */
  get path(): string {
    return this.parent === undefined ? '' : this.parent.path + this.point;
  }

  /** How the source's kernel calls a path of this mount. */
  inSource(path: string): string {
    return this.source.base + path || '/';
  }

  /** True when something is mounted on the path or below it. */
  hasMountsIn(path: string): boolean {
    for (const point of this.children.keys()) if (isWithin(point, path)) return true;
    return false;
  }

  /** The mounts below a directory go with it when it is renamed. */
  moved(from: string, to: string): void {
    for (const [point, child] of [...this.children]) {
      if (!isWithin(point, from)) continue;
      this.children.delete(point);
      child.point = to + point.slice(from.length);
      this.children.set(child.point, child);
    }
  }
}

/** An open file of a mount: whose it is, and its number there. */
export interface MountedFile {
  readonly mount: Mount;
  readonly kernel: Kernel;
  readonly fd: number;
}

export class MountTable {
  readonly root: Mount;
  /** Open files of mounts by the view's number. A number that is not here is the root's own. */
  readonly files: Map<number, MountedFile> = new Map();
  readonly #firstDevice: number;
  readonly #devices: Map<object, number> = new Map();

  /** `rootDevice` is the device number of the root; mounts get those after it. */
  constructor(root: MountSource, rootDevice: number) {
    this.#firstDevice = rootDevice;
    this.root = new Mount(root, this.#deviceOf(root), undefined, { point: '', readOnly: false });
  }

  add(source: MountSource, parent: Mount, point: string, options: MountOptions): void {
    const readOnly = options.readOnly === true;
    parent.children.set(point, new Mount(source, this.#deviceOf(source), parent, { point, readOnly }));
  }

  /** Fails with EBUSY while files are open in the mount, or something is mounted in it. */
  remove(mount: Mount, path: string): void {
    if (mount.parent === undefined || mount.openFiles > 0 || mount.children.size > 0) {
      throw new FsError('EBUSY', 'umount', path);
    }
    mount.parent.children.delete(mount.point);
  }

  get isEmpty(): boolean {
    return this.root.children.size === 0;
  }

  /** Every mount but the root, parents first. */
  list(): MountInfo[] {
    const found: MountInfo[] = [];
    const visit = (mount: Mount): void => {
      for (const child of mount.children.values()) {
        found.push({ path: child.path, kind: child.source.kind, readOnly: child.readOnly });
        visit(child);
      }
    };
    visit(this.root);
    return found;
  }

  /** Puts the mounts of another table on this one's root, each forked as its source says. */
  adopt(other: MountTable): void {
    const forks = new Map([[other.root.source.identity, this.root.source.identity]]);
    const copy = (from: Mount, to: Mount): void => {
      for (const child of from.children.values()) {
        this.add(child.source.fork(forks), to, child.point, child);
        copy(child, to.children.get(child.point) as Mount);
      }
    };
    copy(other.root, this.root);
  }

  #deviceOf({ identity }: MountSource): number {
    const device = this.#devices.get(identity) ?? this.#firstDevice + this.#devices.size;
    this.#devices.set(identity, device);
    return device;
  }
}

function isWithin(point: string, path: string): boolean {
  return point === path || point.startsWith(`${path}/`);
}
