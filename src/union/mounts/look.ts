/** Calls that look and change nothing, over mounts. */

import { isDirectory, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../tree/node.js';
import { W_OK } from '../access.js';
import { errorOfStat } from '../composed.js';
import { type CallNames, fail } from '../errno.js';
import type { InodeStat, Kernel } from '../kernel.js';
import { MountedInode } from './mounted-inode.js';
import { found, relay, textOf } from './reach.js';
import { type MountedView, type WalkMode, walk } from './walk.js';

type LookCalls = Pick<
  Kernel,
  | 'find'
  | 'whyMissing'
  | 'stat'
  | 'lstat'
  | 'sizeOf'
  | 'linksOf'
  | 'deviceOf'
  | 'statfs'
  | 'access'
  | 'readlink'
  | 'realpath'
  | 'readdir'
  | 'readdirEntries'
  | 'getxattr'
  | 'listxattr'
  | 'readFile'
  | 'watch'
>;

/** Types that a read-only file system keeps from being written; the others lead elsewhere. */
const STORED = [S_IFREG, S_IFDIR, S_IFLNK];

export function lookCalls(view: MountedView): LookCalls {
  const stat = (path: string, mode: WalkMode, syscall: string): MountedInode => {
    const { mount, kernel, inode } = found(view, path, mode, { syscall, path });
    return new MountedInode(mount, kernel, inode);
  };
  const byPath: Pick<Kernel, 'stat' | 'lstat'> = {
    stat: (path) => stat(path, 'follow', 'stat'),
    lstat: (path) => stat(path, 'nofollow', 'lstat'),
  };
  /** Makes a call of the kernel that the path leads to. */
  const at = <T>(path: string, syscall: string, act: (kernel: Kernel, text: string) => T, mode?: WalkMode): T => {
    const spot = found(view, path, mode ?? 'follow', { syscall, path });
    return relay(() => act(spot.kernel, textOf(spot)), spot, path);
  };
  return {
    find(path, follow) {
      const spot = walk(view, path, follow ? 'follow' : 'nofollow');
      if (typeof spot === 'string' || spot.inode === undefined) return undefined;
      if (spot.trailingSlash && !isDirectory(spot.inode)) return undefined;
      return new MountedInode(spot.mount, spot.kernel, spot.inode);
    },
    whyMissing: (path, follow) => errorOfStat(byPath, path, follow),
    ...byPath,
    sizeOf: (inode) => ownOf(inode).kernel.sizeOf(ownOf(inode).inode),
    linksOf: (inode) => ownOf(inode).kernel.linksOf(ownOf(inode).inode),
    deviceOf: (inode) => ownOf(inode).kernel.deviceOf(ownOf(inode).inode),
    statfs(path) {
      const spot = found(view, path, 'follow', { syscall: 'statfs', path });
      const figures = relay(() => spot.kernel.statfs(textOf(spot)), spot, path);
      return { ...figures, ...spot.mount.source.figures };
    },
    access(path, mode) {
      const call: CallNames = { syscall: 'access', path };
      const spot = found(view, path, 'follow', call);
      relay(() => spot.kernel.access(textOf(spot), mode), spot, path);
      const isStored = STORED.includes(spot.inode.mode & S_IFMT);
      if (spot.mount.readOnly && isStored && (mode & W_OK) !== 0) fail('EROFS', call);
    },
    readlink: (path) => at(path, 'readlink', (kernel, text) => kernel.readlink(text), 'nofollow'),
    realpath(path) {
      const spot = found(view, path, 'text', { syscall: 'realpath', path });
      return spot.mount.path + spot.path || '/';
    },
    readdir: (path) => at(path, 'scandir', (kernel, text) => kernel.readdir(text)),
    readdirEntries: (path) => at(path, 'scandir', (kernel, text) => kernel.readdirEntries(text)),
    getxattr: (path, name) => at(path, 'getxattr', (kernel, text) => kernel.getxattr(text, name)),
    listxattr: (path) => at(path, 'listxattr', (kernel, text) => kernel.listxattr(text)),
    readFile: (path) => at(path, 'open', (kernel, text) => kernel.readFile(text)),
    watch: (path, deep, observer) => at(path, 'watch', (kernel, text) => kernel.watch(text, deep, observer)),
  };
}

/** Every inode that a mounted kernel gives out is one of these. */
function ownOf(inode: InodeStat): MountedInode {
  return inode as MountedInode;
}
