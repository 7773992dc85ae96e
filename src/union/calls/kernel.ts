/**
 * The kernel of a view: every call, for the view and the user that it was made for. The functions stand elsewhere and
 * are shared; a closure for each would take three kilobytes for every fork of a view.
 */

import type { Xattrs } from '../../tree/node.js';
import type { ErrnoCode } from '../errno.js';
import type { DirectoryEntry, FileSystemStat, InodeStat, Kernel, Timestamp } from '../kernel.js';
import type { WatchObserver } from '../watch.js';
import type { CallContext } from './context.js';
import { fileCalls } from './files.js';
import { lookCalls } from './look.js';
import { metadataCalls } from './metadata.js';
import { nameCalls } from './names.js';
import { watchCalls } from './watch.js';

/** A device number that no real file system on a Linux host has; one view is one device. */
export const VIEW_DEVICE = 0x5354;

export class ViewKernel implements Kernel {
  device: number | undefined = VIEW_DEVICE;
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  find(path: string, follow: boolean): InodeStat | undefined {
    return lookCalls.find(this.#context, path, follow);
  }

  whyMissing(path: string, follow: boolean): ErrnoCode | undefined {
    return lookCalls.whyMissing(this.#context, path, follow);
  }

  stat(path: string): InodeStat {
    return lookCalls.stat(this.#context, path);
  }

  lstat(path: string): InodeStat {
    return lookCalls.lstat(this.#context, path);
  }

  fstat(fd: number): InodeStat {
    return fileCalls.fstat(this.#context, fd);
  }

  sizeOf(inode: InodeStat): number {
    return lookCalls.sizeOf(this.#context, inode);
  }

  linksOf(inode: InodeStat): number {
    return lookCalls.linksOf(this.#context, inode);
  }

  statfs(path: string): FileSystemStat {
    return lookCalls.statfs(this.#context, path);
  }

  deviceOf(inode: InodeStat): number {
    return lookCalls.deviceOf(this.#context, inode);
  }

  access(path: string, mode: number): void {
    lookCalls.access(this.#context, path, mode);
  }

  readlink(path: string): string {
    return lookCalls.readlink(this.#context, path);
  }

  realpath(path: string): string {
    return lookCalls.realpath(this.#context, path);
  }

  readdir(path: string): string[] {
    return lookCalls.readdir(this.#context, path);
  }

  readdirEntries(path: string): DirectoryEntry[] {
    return lookCalls.readdirEntries(this.#context, path);
  }

  getxattr(path: string, name: string): Uint8Array {
    return lookCalls.getxattr(this.#context, path, name);
  }

  listxattr(path: string): Xattrs | undefined {
    return lookCalls.listxattr(this.#context, path);
  }

  open(path: string, flags: number, mode: number): number {
    return fileCalls.open(this.#context, path, flags, mode);
  }

  close(fd: number): void {
    fileCalls.close(this.#context, fd);
  }

  read(fd: number, into: Uint8Array, position: number | undefined): number {
    return fileCalls.read(this.#context, fd, into, position);
  }

  write(fd: number, bytes: Uint8Array, position: number | undefined): number {
    return fileCalls.write(this.#context, fd, bytes, position);
  }

  ftruncate(fd: number, size: number): void {
    fileCalls.ftruncate(this.#context, fd, size);
  }

  fsync(fd: number): void {
    fileCalls.fsync(this.#context, fd);
  }

  fchmod(fd: number, mode: number): void {
    metadataCalls.fchmod(this.#context, fd, mode);
  }

  fchown(fd: number, uid: number, gid: number): void {
    metadataCalls.fchown(this.#context, fd, uid, gid);
  }

  futimes(fd: number, atime: Timestamp, mtime: Timestamp): void {
    metadataCalls.futimes(this.#context, fd, atime, mtime);
  }

  readFile(path: string): Uint8Array {
    return lookCalls.readFile(this.#context, path);
  }

  writeFile(path: string, flags: number, mode: number, bytes: Uint8Array): void {
    fileCalls.writeFile(this.#context, path, flags, mode, bytes);
  }

  mkdir(path: string, mode: number): void {
    nameCalls.mkdir(this.#context, path, mode);
  }

  rmdir(path: string): void {
    nameCalls.rmdir(this.#context, path);
  }

  unlink(path: string): void {
    nameCalls.unlink(this.#context, path);
  }

  rename(from: string, to: string): void {
    nameCalls.rename(this.#context, from, to);
  }

  link(existing: string, path: string): void {
    nameCalls.link(this.#context, existing, path);
  }

  symlink(target: string, path: string): void {
    nameCalls.symlink(this.#context, target, path);
  }

  mknod(path: string, mode: number, device: number): void {
    nameCalls.mknod(this.#context, path, mode, device);
  }

  truncate(path: string, size: number): void {
    fileCalls.truncate(this.#context, path, size);
  }

  chmod(path: string, mode: number): void {
    metadataCalls.chmod(this.#context, path, mode);
  }

  chown(path: string, uid: number, gid: number): void {
    metadataCalls.chown(this.#context, path, uid, gid);
  }

  lchown(path: string, uid: number, gid: number): void {
    metadataCalls.lchown(this.#context, path, uid, gid);
  }

  utimes(path: string, atime: Timestamp, mtime: Timestamp): void {
    metadataCalls.utimes(this.#context, path, atime, mtime);
  }

  lutimes(path: string, atime: Timestamp, mtime: Timestamp): void {
    metadataCalls.lutimes(this.#context, path, atime, mtime);
  }

  setxattr(path: string, name: string, value: Uint8Array): void {
    metadataCalls.setxattr(this.#context, path, name, value);
  }

  removexattr(path: string, name: string): void {
    metadataCalls.removexattr(this.#context, path, name);
  }

  removeTree(path: string): void {
    nameCalls.removeTree(this.#context, path);
  }

  watch(path: string, deep: boolean, observer: WatchObserver): () => void {
    return watchCalls.watch(this.#context, path, deep, observer);
  }

  /** Answers with the calls of another kernel from now on, or with its own again. */
  become(other: Kernel | undefined): void {
    for (const name of Object.keys(this)) if (name !== 'device') Reflect.deleteProperty(this, name);
    this.device = VIEW_DEVICE;
    if (other !== undefined) Object.assign(this, other);
  }
}
