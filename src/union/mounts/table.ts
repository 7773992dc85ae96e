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
  readOnly: boolean;
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
  readonly #devices: Map<object | string, number> = new Map();

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
    return this.#all().map(({ path, source, readOnly }) => ({ path, kind: source.kind, readOnly }));
  }

  /** True when something is mounted on a path; a file system that is mounted twice has its mount points in both. */
  isPoint(mount: Mount, path: string): boolean {
    const inSource = mount.source.base + path;
    return this.#on(mount.source).some((each) => pointInSource(each) === inSource);
  }

  /** True when something is mounted on a path or below it. */
  hasMountsIn(mount: Mount, path: string): boolean {
    const inSource = mount.source.base + path;
    return this.#on(mount.source).some((each) => isWithin(pointInSource(each), inSource));
  }

  /** A directory or file of a mount has another path now: what is mounted on it or below goes with it. */
  moved(mount: Mount, from: string, to: string): void {
    const { base } = mount.source;
    for (const each of this.#on(mount.source)) {
      const parent = each.parent as Mount;
      const point = pointInSource(each);
      if (!isWithin(point, base + from)) continue;
      const target = base + to + point.slice(base.length + from.length);
      // Moved out of the part that its parent shows, the mount stays where it was: no path leads to it.
      if (!isWithin(target, parent.source.base)) continue;
      parent.children.delete(each.point);
      each.point = target.slice(parent.source.base.length);
      parent.children.set(each.point, each);
    }
  }

  /** Puts the mounts of another table on this one's root, each forked as its source says. */
  adopt(other: MountTable): void {
    this.root.readOnly = other.root.readOnly;
    const forks = new Map([[other.root.source.identity, this.root.source.identity]]);
    const copy = (from: Mount, to: Mount): void => {
      for (const child of from.children.values()) {
        this.add(child.source.fork(forks), to, child.point, child);
        copy(child, to.children.get(child.point) as Mount);
      }
    };
    copy(other.root, this.root);
  }

  #all(): Mount[] {
    const found: Mount[] = [];
    const visit = (mount: Mount): void => {
      for (const child of mount.children.values()) {
        found.push(child);
        visit(child);
      }
    };
    visit(this.root);
    return found;
  }

  /** The mounts on any mount of a file system, but for those that hide a whole mount. */
  #on({ identity }: MountSource): Mount[] {
    return this.#all().filter(({ parent, point }) => point !== '' && parent?.source.identity === identity);
  }

  #deviceOf({ identity }: MountSource): number {
    const device = this.#devices.get(identity) ?? this.#firstDevice + this.#devices.size;
    this.#devices.set(identity, device);
    return device;
  }
}

/** The mount point as the file system that it lies in calls it. */
function pointInSource({ parent, point }: Mount): string {
  return (parent as Mount).source.base + point;
}

function isWithin(point: string, path: string): boolean {
  return point === path || point.startsWith(`${path}/`);
}
