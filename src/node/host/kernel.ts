/**
 * System calls on a directory of the machine, for mounting it in a view.
 *
 * It is confined to its root: two dots are refused and no symlink is followed, since the view above walks symlinks
 * itself. Before each call the directories on the way are found to be no symlinks, and the call itself follows none at
 * the end. What is left is a race: between the check and the call, another process of the machine could put a symlink
 * in a directory's place. Calls of views cannot, as they run one after the other.
 *
 * Rights: what the view's user may not do by the permission bits is refused, and so is what this process may not do.
 */

import * as fs from 'node:fs';
import { decodeName } from '../../base/bytes.js';
import { sortNames } from '../../tree/names.js';
import { isDirectory, isFile, isSymlink, S_IFMT, S_IFREG, type Xattrs } from '../../tree/node.js';
import { type Credentials, R_OK, W_OK } from '../../union/access.js';
import { errorOfStat, writeThroughDescriptor } from '../../union/composed.js';
import { O_ACCMODE, O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_TRUNC, O_WRONLY } from '../../union/descriptors.js';
import type { ErrnoCode } from '../../union/errno.js';
import type { DirectoryEntry, FileSystemStat, InodeStat, Kernel, Timestamp } from '../../union/kernel.js';
import { IN_CREATE, IN_MODIFY, type WatchObserver } from '../../union/watch.js';
import { asHost, type HostCall, refuse } from './errors.js';
import { HostInode } from './inode.js';
import { HostPaths, type NodePath } from './paths.js';
import { HostRights } from './rights.js';

/** Flags of open(2) by Linux's numbers, with the machine's. */
const FLAGS: readonly [number, number][] = [
  [O_CREAT, fs.constants.O_CREAT],
  [O_EXCL, fs.constants.O_EXCL],
  [O_TRUNC, fs.constants.O_TRUNC],
  [O_APPEND, fs.constants.O_APPEND],
  [O_DIRECTORY, fs.constants.O_DIRECTORY],
];
/** A pipe that takes the place of a file between the check and the call must not hold everything up. */
const ALWAYS = fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
const PERMISSIONS = 0o7777;

export class HostKernel implements Kernel {
  /** A directory of the machine may hold mounts of the machine: every inode tells its own. */
  readonly device: undefined;
  readonly #paths: HostPaths;
  readonly #rights: HostRights;

  /** `root` is a directory's absolute path without symlinks. */
  constructor(root: string, who: Credentials) {
    this.device = undefined;
    this.#paths = new HostPaths(root);
    this.#rights = new HostRights(who, this.#paths);
  }

  find(path: string): InodeStat | undefined {
    return this.#paths.find(path);
  }

  whyMissing(path: string, follow: boolean): ErrnoCode | undefined {
    return errorOfStat(this, path, follow);
  }

  stat(path: string): InodeStat {
    return this.#paths.plainInode(path, { syscall: 'stat', path });
  }

  lstat(path: string): InodeStat {
    return this.#paths.inode(path, { syscall: 'lstat', path });
  }

  fstat(fd: number): InodeStat {
    return asHost({ syscall: 'fstat' }, () => new HostInode(fs.fstatSync(fd, { bigint: true })));
  }

  sizeOf(inode: InodeStat): number {
    const own = inode as HostInode;
    return isFile(own) || isSymlink(own) ? own.size : 0;
  }

  linksOf(inode: InodeStat): number {
    return (inode as HostInode).nlink;
  }

  deviceOf(inode: InodeStat): number {
    return (inode as HostInode).rdev;
  }

  statfs(path: string): FileSystemStat {
    const call = { syscall: 'statfs', path };
    this.#paths.plainInode(path, call);
    return asHost(call, () => fs.statfsSync(this.#paths.of(path, call)));
  }

  access(path: string, mode: number): void {
    const call = { syscall: 'access', path };
    this.#rights.checkAccess(this.#paths.plainInode(path, call), mode, call);
    asHost(call, () => fs.accessSync(this.#paths.of(path, call), mode));
  }

  readlink(path: string): string {
    const call = { syscall: 'readlink', path };
    return asHost(call, () => decodeName(fs.readlinkSync(this.#paths.of(path, call), 'buffer')));
  }

  realpath(path: string): string {
    this.#paths.plainInode(path, { syscall: 'realpath', path });
    return path.replace(/\/+$/, '') || '/';
  }

  readdir(path: string): string[] {
    const call = { syscall: 'scandir', path };
    const inode = this.#paths.plainInode(path, call);
    if (isDirectory(inode)) this.#rights.checkAccess(inode, R_OK, call);
    return asHost(call, () => sortNames(fs.readdirSync(this.#paths.of(path, call), 'buffer').map(decodeName)));
  }

  readdirEntries(path: string): DirectoryEntry[] {
    const parent = path.endsWith('/') ? path : `${path}/`;
    return this.readdir(path).flatMap((name) => {
      const inode = this.#paths.find(parent + name);
      return inode === undefined ? [] : [{ name, mode: inode.mode, ino: inode.ino }];
    });
  }

  getxattr(path: string): Uint8Array {
    return refuse('EOPNOTSUPP', { syscall: 'getxattr', path });
  }

  listxattr(path: string): Xattrs | undefined {
    this.#paths.plainInode(path, { syscall: 'listxattr', path });
    return undefined;
  }

  readFile(path: string): Uint8Array {
    const fd = this.open(path, 0, 0);
    try {
      return asHost({ syscall: 'read' }, () => fs.readFileSync(fd));
    } finally {
      fs.closeSync(fd);
    }
  }

  open(path: string, given: number, mode: number): number {
    const flags = path.endsWith('/') ? given | O_DIRECTORY : given;
    const call = { syscall: 'open', path };
    const there = this.#paths.find(path);
    if (there === undefined) return this.#openNew(path, flags, mode, call);
    if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) refuse('EEXIST', call);
    if ((flags & O_DIRECTORY) !== 0 && !isDirectory(there)) refuse('ENOTDIR', call);
    if (isSymlink(there)) refuse('ELOOP', call);
    if (!isFile(there) && !isDirectory(there)) refuse('ENXIO', call);
    if (isDirectory(there) && (flags & (O_ACCMODE | O_TRUNC | O_CREAT)) !== 0) refuse('EISDIR', call);
    this.#rights.checkAccess(there, wantedBy(flags), call);
    return asHost(call, () => fs.openSync(this.#paths.of(path, call), hostFlags(flags & ~O_CREAT)));
  }

  #openNew(path: string, flags: number, mode: number, call: HostCall): number {
    const creates = (flags & O_CREAT) !== 0;
    if (creates) this.#rights.checkMayAdd(path, call);
    const at = this.#paths.of(path, call);
    // Exclusive, so that what comes out is new and nobody else's to be given away.
    const exclusive = creates ? O_EXCL : 0;
    const fd = asHost(call, () => fs.openSync(at, hostFlags(flags | exclusive), mode & PERMISSIONS));
    if (creates) this.#settle(at, this.#rights.masked(mode & PERMISSIONS), fd);
    return fd;
  }

  close(fd: number): void {
    asHost({ syscall: 'close' }, () => fs.closeSync(fd));
  }

  writeFile(path: string, flags: number, mode: number, bytes: Uint8Array): void {
    writeThroughDescriptor(this, path, flags, mode, bytes);
  }

  read(fd: number, into: Uint8Array, position: number | undefined): number {
    return asHost({ syscall: 'read' }, () => fs.readSync(fd, into, 0, into.length, position ?? null));
  }

  write(fd: number, bytes: Uint8Array, position: number | undefined): number {
    return asHost({ syscall: 'write' }, () => fs.writeSync(fd, bytes, 0, bytes.length, position ?? null));
  }

  ftruncate(fd: number, size: number): void {
    if (size < 0) refuse('EINVAL', { syscall: 'ftruncate' });
    asHost({ syscall: 'ftruncate' }, () => fs.ftruncateSync(fd, size));
  }

  fsync(fd: number): void {
    asHost({ syscall: 'fsync' }, () => fs.fsyncSync(fd));
  }

  fchmod(fd: number, mode: number): void {
    const call = { syscall: 'fchmod' };
    this.#rights.checkOwner(this.fstat(fd) as HostInode, call);
    asHost(call, () => fs.fchmodSync(fd, mode & PERMISSIONS));
  }

  fchown(fd: number, uid: number, gid: number): void {
    const call = { syscall: 'fchown' };
    this.#rights.checkMayGive(this.fstat(fd) as HostInode, uid, gid, call);
    asHost(call, () => fs.fchownSync(fd, uid, gid));
  }

  futimes(fd: number, atime: Timestamp, mtime: Timestamp): void {
    const call = { syscall: 'futime' };
    this.#rights.checkOwner(this.fstat(fd) as HostInode, call);
    asHost(call, () => fs.futimesSync(fd, secondsOf(atime), secondsOf(mtime)));
  }

  /** As the machine tells it: that a name came or went, or that a file changed, and no more. */
  watch(path: string, deep: boolean, observer: WatchObserver): () => void {
    const call = { syscall: 'watch', path };
    const watchesNames = isDirectory(this.#paths.plainInode(path, call));
    const watcher = asHost(call, () =>
      fs.watch(this.#paths.of(path, call), { recursive: deep, persistent: false }, (event, name) => {
        observer(event === 'rename' ? IN_CREATE : IN_MODIFY, watchesNames ? (name ?? undefined) : undefined);
      }),
    );
    return () => watcher.close();
  }

  mkdir(path: string, mode: number): void {
    const call = { syscall: 'mkdir', path };
    if (this.#paths.find(path) !== undefined) refuse('EEXIST', call);
    this.#rights.checkMayAdd(path, call);
    const at = this.#paths.of(path, call);
    asHost(call, () => fs.mkdirSync(at, mode & 0o1777));
    this.#settle(at, this.#rights.masked(mode & 0o1777));
  }

  rmdir(path: string): void {
    this.#take(path, 'rmdir', fs.rmdirSync);
  }

  unlink(path: string): void {
    this.#take(path, 'unlink', fs.unlinkSync);
  }

  rename(from: string, to: string): void {
    const call = { syscall: 'rename', path: from, dest: to };
    const source = this.#named(from, call);
    this.#paths.of(to, call);
    const [isSlashed, replaced] = [/\/$/.test(from) || /\/$/.test(to), this.#paths.find(to)];
    if (isSlashed && !isDirectory(source)) refuse('ENOTDIR', call);
    this.#rights.checkMayRemove(from, call);
    if (replaced === undefined) this.#rights.checkMayAdd(to, call);
    else this.#rights.checkMayRemove(to, call);
    asHost(call, () => fs.renameSync(this.#paths.of(from, call), this.#paths.of(to, call)));
  }

  link(existing: string, path: string): void {
    const call = { syscall: 'link', path: existing, dest: path };
    this.#rights.checkMayAdd(path, call);
    asHost(call, () => fs.linkSync(this.#paths.of(existing, call), this.#paths.of(path, call)));
  }

  symlink(target: string, path: string): void {
    const call = { syscall: 'symlink', path: target, dest: path };
    this.#rights.checkMayAdd(path, call);
    const at = this.#paths.of(path, call);
    asHost(call, () => fs.symlinkSync(target, at));
    this.#settle(at, undefined);
  }

  /** Only regular files: Node has no call for the others, and mknod(2) says so with EPERM. */
  mknod(path: string, mode: number): void {
    const type = mode & S_IFMT;
    if (type !== 0 && type !== S_IFREG) refuse('EPERM', { syscall: 'mknod', path });
    this.close(this.open(path, O_CREAT | O_EXCL | O_WRONLY, mode & PERMISSIONS));
  }

  truncate(path: string, size: number): void {
    const fd = this.open(path, O_WRONLY, 0);
    try {
      this.ftruncate(fd, size);
    } finally {
      fs.closeSync(fd);
    }
  }

  chmod(path: string, mode: number): void {
    const call = { syscall: 'chmod', path };
    this.#rights.checkOwner(this.#paths.plainInode(path, call), call);
    asHost(call, () => fs.chmodSync(this.#paths.of(path, call), mode & PERMISSIONS));
  }

  chown(path: string, uid: number, gid: number): void {
    this.#paths.plainInode(path, { syscall: 'chown', path });
    this.#chown(path, uid, gid, 'chown');
  }

  lchown(path: string, uid: number, gid: number): void {
    this.#chown(path, uid, gid, 'lchown');
  }

  utimes(path: string, atime: Timestamp, mtime: Timestamp): void {
    this.#paths.plainInode(path, { syscall: 'utime', path });
    this.#utimes(path, atime, mtime, 'utime');
  }

  lutimes(path: string, atime: Timestamp, mtime: Timestamp): void {
    this.#utimes(path, atime, mtime, 'lutime');
  }

  setxattr(path: string): void {
    refuse('EOPNOTSUPP', { syscall: 'setxattr', path });
  }

  removexattr(path: string): void {
    refuse('EOPNOTSUPP', { syscall: 'removexattr', path });
  }

  removeTree(path: string): void {
    const call = { syscall: 'rm', path };
    const inode = this.#named(path, call);
    if (this.#rights.isUnlimited) {
      asHost(call, () => fs.rmSync(this.#paths.of(path, call), { recursive: true }));
      return;
    }
    if (!isDirectory(inode)) {
      this.unlink(path);
      return;
    }
    for (const name of this.readdir(path)) this.removeTree(`${path.replace(/\/+$/, '')}/${name}`);
    this.rmdir(path);
  }

  /** The inode under a name, which a slash at the end says to be a directory's. */
  #named(path: string, call: HostCall): HostInode {
    const inode = this.#paths.inode(path, call);
    return path.endsWith('/') && !isDirectory(inode) ? refuse('ENOTDIR', call) : inode;
  }

  #take(path: string, syscall: string, take: (at: NodePath) => void): void {
    const call = { syscall, path };
    // Linux looks at the slash before the rights in unlink, after them in rmdir.
    const inode = syscall === 'unlink' ? this.#named(path, call) : this.#paths.inode(path, call);
    this.#rights.checkMayRemove(path, call);
    // Not every machine says of a directory what Linux does.
    if (syscall === 'unlink' && isDirectory(inode)) refuse('EISDIR', call);
    asHost(call, () => take(this.#paths.of(path, call)));
  }

  #chown(path: string, uid: number, gid: number, syscall: string): void {
    const call = { syscall, path };
    this.#rights.checkMayGive(this.#paths.inode(path, call), uid, gid, call);
    asHost(call, () => fs.lchownSync(this.#paths.of(path, call), uid, gid));
  }

  #utimes(path: string, atime: Timestamp, mtime: Timestamp, syscall: string): void {
    const call = { syscall, path };
    this.#rights.checkOwner(this.#paths.inode(path, call), call);
    asHost(call, () => fs.lutimesSync(this.#paths.of(path, call), secondsOf(atime), secondsOf(mtime)));
  }

  /** Gives what was just made to the view's user, with exactly its mode, whatever this process's umask left of it. */
  #settle(at: NodePath, mode: number | undefined, fd?: number): void {
    const stats = fd === undefined ? fs.lstatSync(at, { bigint: true }) : fs.fstatSync(fd, { bigint: true });
    const made = new HostInode(stats);
    const owner = this.#rights.ownerOf(made);
    if (owner !== undefined && fd === undefined) fs.lchownSync(at, owner.uid, owner.gid);
    else if (owner !== undefined) fs.fchownSync(fd as number, owner.uid, owner.gid);
    if (mode === undefined) return;
    const wanted = mode | (isDirectory(made) ? made.mode & 0o2000 : 0);
    if ((made.mode & PERMISSIONS) === wanted && owner === undefined) return;
    if (fd === undefined) fs.chmodSync(at, wanted);
    else fs.fchmodSync(fd, wanted);
  }
}

function hostFlags(flags: number): number {
  return FLAGS.reduce((all, [linux, host]) => all | ((flags & linux) === 0 ? 0 : host), (flags & O_ACCMODE) | ALWAYS);
}

/** The rights that opening a file needs. */
function wantedBy(flags: number): number {
  const access = flags & O_ACCMODE;
  return (access === O_WRONLY ? 0 : R_OK) | (access === 0 && (flags & O_TRUNC) === 0 ? 0 : W_OK);
}

/**
 * A time as Node's calls take it, in seconds. As text, since a negative number means the time now to Node; and half a
 * microsecond later, since it cuts what is below one off, and the number may lie just under it.
 */
function secondsOf({ sec, nsec }: Timestamp): string {
  return String(sec + (sec < 0 ? nsec : nsec + 500) / 1e9);
}
