/** An inode with the file system that it belongs to: inode numbers alone do not tell files of two mounts apart. */

import type { LayerOrigin, Xattrs } from '../../tree/node.js';
import type { InodeStat, Kernel, Timestamp } from '../kernel.js';
import type { Mount } from './table.js';

/** Where everything under a mount comes from: no layer, and not the view's upper. */
const MOUNT: LayerOrigin = { id: 'mount' };

/** Attributes at the time of the call. */
export class MountedInode implements InodeStat {
  readonly ino: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly atime: Timestamp | undefined;
  readonly ctime: Timestamp | undefined;
  readonly birthtime: Timestamp | undefined;
  readonly xattrs: Xattrs | undefined;
  readonly origin: LayerOrigin;
  readonly device: number;
  /** What its own kernel calls it. */
  readonly inode: InodeStat;
  readonly kernel: Kernel;

  constructor(mount: Mount, kernel: Kernel, inode: InodeStat) {
    this.ino = inode.ino;
    this.mode = inode.mode;
    this.uid = inode.uid;
    this.gid = inode.gid;
    this.mtimeSec = inode.mtimeSec;
    this.mtimeNsec = inode.mtimeNsec;
    this.atime = inode.atime;
    this.ctime = inode.ctime;
    this.birthtime = inode.birthtime;
    this.xattrs = inode.xattrs;
    this.origin = mount.parent === undefined ? inode.origin : MOUNT;
    this.device = kernel.device === undefined ? (inode.device as number) : mount.device;
    this.inode = inode;
    this.kernel = kernel;
  }
}
