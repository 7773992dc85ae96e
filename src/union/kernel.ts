/**
 * The system calls of a view, by path and by descriptor: one synchronous implementation under every face.
 *
 * Paths are absolute strings (a relative one is taken from `/`), resolved as Linux does: symlinks, `.`, `..` and
 * trailing slashes included. Every call throws a complete FsError; a face adds nothing to it.
 */

import type { Attributes, LayerOrigin, Xattrs } from '../tree/node.js';
import type { ErrnoCode } from './errno.js';
import type { WatchObserver } from './watch.js';

/** What stat tells of an inode; a live inode of the view, to be read at once and not kept. */
export interface InodeStat extends Attributes {
  readonly ino: number;
  /** Where the inode came from: a layer, or the upper. */
  readonly origin: LayerOrigin;
  /** Last access, last change of anything, and the making; where one is missing it is the mtime. */
  readonly atime?: Timestamp | undefined;
  readonly ctime?: Timestamp | undefined;
  readonly birthtime?: Timestamp | undefined;
  /** st_dev; only where the kernel has more devices than one. */
  readonly device?: number;
}

/** What statfs tells of the file system that a path is on: the fields of statfs(2) that Node shows. */
export interface FileSystemStat {
  /** Its magic number (linux/magic.h). */
  readonly type: number;
  /** Bytes of a block. */
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

export interface Timestamp {
  /** Whole seconds since 1970, rounded down. */
  readonly sec: number;
  /** 0 to 999,999,999. */
  readonly nsec: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly mode: number;
  readonly ino: number;
}

export interface Kernel {
  /** st_dev of every inode; undefined where each inode tells its own. */
  readonly device: number | undefined;

  // Looking. `find` answers undefined where stat would throw (no error object is made).
  find(path: string, follow: boolean): InodeStat | undefined;
  /** Why `find` answers undefined: the error that stat would throw. Undefined where something is found. */
  whyMissing(path: string, follow: boolean): ErrnoCode | undefined;
  stat(path: string): InodeStat;
  lstat(path: string): InodeStat;
  fstat(fd: number): InodeStat;
  /** Bytes for a file, length of the target for a symlink. */
  sizeOf(inode: InodeStat): number;
  linksOf(inode: InodeStat): number;
  statfs(path: string): FileSystemStat;
  /** Device number of a device node as st_rdev, else 0. */
  deviceOf(inode: InodeStat): number;
  access(path: string, mode: number): void;
  readlink(path: string): string;
  realpath(path: string): string;
  /** Names in the order of their bytes; the array is the caller's. */
  readdir(path: string): string[];
  /** Like readdir, with each entry's type. */
  readdirEntries(path: string): DirectoryEntry[];
  getxattr(path: string, name: string): Uint8Array;
  listxattr(path: string): Xattrs | undefined;

  // Descriptors. `flags` are Linux's numbers (O_RDONLY …), `mode` the permission bits before the umask.
  open(path: string, flags: number, mode: number): number;
  close(fd: number): void;
  /** `position` undefined reads at the descriptor's offset and moves it. Returns the number of bytes read. */
  read(fd: number, into: Uint8Array, position: number | undefined): number;
  write(fd: number, bytes: Uint8Array, position: number | undefined): number;
  ftruncate(fd: number, size: number): void;
  fsync(fd: number): void;
  fchmod(fd: number, mode: number): void;
  fchown(fd: number, uid: number, gid: number): void;
  futimes(fd: number, atime: Timestamp, mtime: Timestamp): void;
  /** The whole content without a descriptor; a view of shared bytes where it can, so the caller must not write to it. */
  readFile(path: string): Uint8Array;
  /** What open, one write of all bytes and close come to, without a descriptor. */
  writeFile(path: string, flags: number, mode: number, bytes: Uint8Array): void;

  // Changing.
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(existing: string, path: string): void;
  symlink(target: string, path: string): void;
  mknod(path: string, mode: number, device: number): void;
  truncate(path: string, size: number): void;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  lchown(path: string, uid: number, gid: number): void;
  utimes(path: string, atime: Timestamp, mtime: Timestamp): void;
  lutimes(path: string, atime: Timestamp, mtime: Timestamp): void;
  setxattr(path: string, name: string, value: Uint8Array): void;
  removexattr(path: string, name: string): void;
  /** Removes a whole tree below and with `path` (no symlink followed): what `rm -r` does, without its many calls. */
  removeTree(path: string): void;

  // Watching.
  /**
   * Tells what happens to an inode from now on, and to the names in it if it is a directory; `deep` for all that is
   * below it too. The last symlink is followed. Returns what ends it.
   */
  watch(path: string, deep: boolean, observer: WatchObserver): () => void;
}
