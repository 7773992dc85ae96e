/** Mounting and unmounting in a view. */

import { isDirectory } from '../../tree/node.js';
import { type Credentials, ROOT } from '../access.js';
import { VIEW_DEVICE } from '../calls/kernel.js';
import { type Descriptors, O_CREAT, O_WRONLY } from '../descriptors.js';
import { FsError } from '../errno.js';
import type { Kernel } from '../kernel.js';
import { mountedKernel, mountedView } from './kernel.js';
import { reach } from './reach.js';
import type { MountInfo, MountOptions, MountSource } from './source.js';
import { MountTable } from './table.js';
import type { Spot } from './walk.js';

const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;

export class Mounts {
  readonly #table: MountTable;
  readonly #descriptors: Descriptors;

  /** `root` is the view without its mounts. */
  constructor(root: MountSource, descriptors: Descriptors) {
    this.#table = new MountTable(root, VIEW_DEVICE);
    this.#descriptors = descriptors;
  }

  /** True when the view is as it would be without any. */
  get isEmpty(): boolean {
    return this.#table.isEmpty && !this.#table.root.readOnly;
  }

  set rootReadOnly(readOnly: boolean) {
    this.#table.root.readOnly = readOnly;
  }

  list(): MountInfo[] {
    return this.#table.list();
  }

  kernelAs(who: Credentials): Kernel {
    return mountedKernel(this.#table, who, this.#descriptors);
  }

  /** The same mounts on a fork of the view. */
  forkOnto(root: MountSource, descriptors: Descriptors): Mounts {
    const fork = new Mounts(root, descriptors);
    fork.#table.adopt(this.#table);
    return fork;
  }

  /**
   * Mounts at a path, whose symlinks are followed. Throws ENOENT when there is nothing, ENOTDIR when a directory is to
   * hide a file or a file a directory, EBUSY at the root of the view.
   */
  mount(path: string, source: MountSource, options: MountOptions): void {
    const call = { syscall: 'mount', path };
    const inode = source.kernelAs(ROOT).find(source.base || '/', false);
    if (inode === undefined) throw new FsError('ENOENT', 'mount', source.base || '/', path);
    if (options.create === true) this.#createPoint(path, isDirectory(inode));
    const spot = this.#spot(path, 'mount');
    if (spot.inode === undefined) throw new FsError('ENOENT', call.syscall, path);
    if (isDirectory(spot.inode) !== isDirectory(inode)) throw new FsError('ENOTDIR', call.syscall, path);
    if (spot.mount.parent === undefined && spot.path === '') throw new FsError('EBUSY', call.syscall, path);
    this.#table.add(source, spot.mount, spot.path, options);
  }

  /** Throws EINVAL where nothing is mounted at the path, EBUSY while it is in use. */
  unmount(path: string): void {
    const spot = this.#spot(path, 'umount');
    if (spot.path !== '') throw new FsError('EINVAL', 'umount', path);
    this.#table.remove(spot.mount, path);
  }

  #spot(path: string, syscall: string): Spot {
    return reach(mountedView(this.#table, ROOT), path, 'follow', { syscall, path });
  }

  #createPoint(path: string, isDirectoryPoint: boolean): void {
    const kernel = this.kernelAs(ROOT);
    const names = path.split('/').filter((name) => name !== '');
    for (let count = 1; count <= names.length; count++) {
      const each = `/${names.slice(0, count).join('/')}`;
      if (kernel.find(each, true) !== undefined) continue;
      if (isDirectoryPoint || count < names.length) kernel.mkdir(each, DIRECTORY_MODE);
      else kernel.close(kernel.open(each, O_WRONLY | O_CREAT, FILE_MODE));
    }
  }
}
