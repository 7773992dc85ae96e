/** Calls on descriptors, and opening one, over mounts. */

import { isFile } from '../../tree/node.js';
import { type Credentials, mayAccess, R_OK, W_OK } from '../access.js';
import { writeThroughDescriptor } from '../composed.js';
import {
  type Descriptors,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_TRUNC,
  O_WRONLY,
} from '../descriptors.js';
import { type CallNames, type ErrnoCode, FsError, fail } from '../errno.js';
import type { Kernel } from '../kernel.js';
import { MountedInode } from './mounted-inode.js';
import { reach, relay, textOf } from './reach.js';
import type { Mount, MountedFile } from './table.js';
import type { MountedView, Spot } from './walk.js';

type FileCalls = Pick<
  Kernel,
  'open' | 'writeFile' | 'close' | 'read' | 'write' | 'ftruncate' | 'fsync' | 'fstat' | 'fchmod' | 'fchown' | 'futimes'
>;

/**
 * Numbers are those of the root's descriptors: a file of the root has its own, and for one of a mount a number is
 * taken there. So they are unique, the lowest free comes next, and files that were open before the mount stay open.
 */
export function fileCalls(view: MountedView, descriptors: Descriptors): FileCalls {
  const { root, files } = view.table;
  const rootKernel = view.kernelOf(root);
  const fileOf = (fd: number): MountedFile => files.get(fd) ?? { mount: root, kernel: rootKernel, fd };
  const changing = (fd: number, syscall: string): MountedFile => {
    const file = fileOf(fd);
    if (file.mount.readOnly) throw new FsError('EROFS', syscall);
    return file;
  };

  /** Opens a file of a mount under a number of the view. */
  function openMounted(mount: Mount, path: string, open: () => number): number {
    const sharesNumbers = mount.source.identity === root.source.identity;
    const fd = sharesNumbers ? open() : descriptors.reserve(path);
    try {
      files.set(fd, { mount, kernel: view.kernelOf(mount), fd: sharesNumbers ? fd : open() });
    } catch (error) {
      descriptors.release(fd);
      throw error;
    }
    mount.openFiles++;
    return fd;
  }

  const calls: FileCalls = {
    open(path, flags, mode) {
      const call = { syscall: 'open', path };
      const exclusive = (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
      if ((flags & O_CREAT) !== 0) checkMayBeFile(view, call, flags);
      const follow = (flags & O_NOFOLLOW) === 0 && !exclusive;
      const spot = reach(view, path, follow ? 'follow' : 'nofollow', call);
      const refused = spot.mount.readOnly ? readOnlyRefusal(view.who, spot, flags) : undefined;
      if (refused !== undefined) fail(refused, call);
      const open = (): number => relay(() => spot.kernel.open(textOf(spot), flags, mode), spot, path);
      return spot.mount === root ? open() : openMounted(spot.mount, path, open);
    },
    writeFile: (path, flags, mode, bytes) => writeThroughDescriptor(calls, path, flags, mode, bytes),
    close(fd) {
      const file = files.get(fd);
      if (file === undefined) return rootKernel.close(fd);
      files.delete(fd);
      file.mount.openFiles--;
      if (file.mount.source.identity !== root.source.identity) descriptors.release(fd);
      file.kernel.close(file.fd);
    },
    read(fd, into, position) {
      const file = fileOf(fd);
      return file.kernel.read(file.fd, into, position);
    },
    write(fd, bytes, position) {
      const file = fileOf(fd);
      return file.kernel.write(file.fd, bytes, position);
    },
    ftruncate(fd, size) {
      const file = fileOf(fd);
      file.kernel.ftruncate(file.fd, size);
    },
    fsync(fd) {
      const file = fileOf(fd);
      file.kernel.fsync(file.fd);
    },
    fstat(fd) {
      const { mount, kernel, fd: inner } = fileOf(fd);
      return new MountedInode(mount, kernel, kernel.fstat(inner));
    },
    fchmod(fd, mode) {
      const file = changing(fd, 'fchmod');
      file.kernel.fchmod(file.fd, mode);
    },
    fchown(fd, uid, gid) {
      const file = changing(fd, 'fchown');
      file.kernel.fchown(file.fd, uid, gid);
    },
    futimes(fd, atime, mtime) {
      const file = changing(fd, 'futime');
      file.kernel.futimes(file.fd, atime, mtime);
    },
  };
  return calls;
}

/** Fails where a path that may have to be made is a directory's by its end, whatever it leads to. */
function checkMayBeFile(view: MountedView, call: CallNames, flags: number): void {
  if ((flags & O_DIRECTORY) !== 0) fail('EINVAL', call);
  if (!call.path.endsWith('/')) return;
  const { last } = reach(view, call.path, 'name', call);
  fail((flags & O_EXCL) !== 0 && last !== 'name' ? 'EEXIST' : 'EISDIR', call);
}

/**
 * What a read-only mount answers where the kernel below would change something; undefined where that kernel changes
 * nothing, or has an error of its own that comes first.
 */
function readOnlyRefusal(who: Credentials, { inode, trailingSlash }: Spot, flags: number): ErrnoCode | undefined {
  const creates = (flags & O_CREAT) !== 0;
  if (trailingSlash || (flags & O_DIRECTORY) !== 0) return undefined;
  if (inode === undefined) return creates ? 'EROFS' : undefined;
  const truncates = (flags & O_TRUNC) !== 0;
  const changes = truncates || (flags & O_ACCMODE) !== 0;
  if (!changes || !isFile(inode) || (creates && (flags & O_EXCL) !== 0)) return undefined;
  const wanted = ((flags & O_ACCMODE) === O_WRONLY ? 0 : R_OK) | W_OK;
  return truncates || mayAccess(who, inode, wanted) ? 'EROFS' : 'EACCES';
}
