/** Calls that look and change nothing. */

import { makeDevice } from '../../tree/device.js';
import { sortNames } from '../../tree/names.js';
import { FileNode, isFile, S_IFBLK, S_IFCHR, S_IFMT, type SpecialNode } from '../../tree/node.js';
import { mayAccess, R_OK } from '../access.js';
import { type CallNames, type ErrnoCode, FsError, fail } from '../errno.js';
import type { DirectoryEntry, FileSystemStat, InodeStat } from '../kernel.js';
import { findInode, isDirectoryInode, isSymlinkInode, resolve, resolveText } from '../resolve.js';
import type { Directory, Inode, UpperFile, UpperSpecial } from '../upper.js';
import { type CallContext, foundAt, sizeOf, type WithContext, whyNotFound } from './context.js';

type LookCalls =
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
  | 'readFile';

/** A view has no disk of its own: its figures are those of a large empty overlay (OVERLAYFS_SUPER_MAGIC). */
const VIEW_FIGURES: FileSystemStat = {
  type: 0x794c7630,
  bsize: 4096,
  blocks: 2 ** 28,
  bfree: 2 ** 28,
  bavail: 2 ** 28,
  files: 2 ** 32,
  ffree: 2 ** 32,
};

export const lookCalls: WithContext<LookCalls> = {
  find: (context, path, follow) => findInode(context.state, context.who, path, follow),
  whyMissing: (context, path, follow) => whyMissing(context, path, follow),
  stat: (context, path) => foundAt(context, path, true, { syscall: 'stat', path }).inode,
  lstat: (context, path) => foundAt(context, path, false, { syscall: 'lstat', path }).inode,
  sizeOf: (_context, inode) => sizeOf(inode as Inode),
  linksOf: (context, inode) => context.state.linksOf(inode as Inode),
  deviceOf: (_, inode) => deviceOf(inode),
  statfs(context, path) {
    foundAt(context, path, true, { syscall: 'statfs', path });
    return { ...VIEW_FIGURES, ...context.state.usage?.figures(VIEW_FIGURES.bsize) };
  },
  access(context, path, mode) {
    const call = { syscall: 'access', path };
    if (!mayAccess(context.who, foundAt(context, path, true, call).inode, mode)) fail('EACCES', call);
  },
  readlink(context, path) {
    const call = { syscall: 'readlink', path };
    const { inode } = foundAt(context, path, false, call);
    return isSymlinkInode(inode) ? inode.target : fail('EINVAL', call);
  },
  realpath(context, path) {
    const call = { syscall: 'realpath', path };
    const place = resolveText(context.state, context.who, path);
    const code = typeof place === 'string' ? place : whyNotFound(place);
    if (typeof place === 'string' || code !== undefined) fail(code ?? 'ENOENT', call);
    return `/${[...place.names, place.name].join('/')}`;
  },
  readdir: (context, path) => namesOf(listed(context, path)).slice(),
  readdirEntries(context, path) {
    const directory = listed(context, path);
    return namesOf(directory).map((name) => entryOf(context, directory, name));
  },
  getxattr(context, path, name) {
    const call = { syscall: 'getxattr', path };
    const { inode } = foundAt(context, path, true, call);
    if (name.startsWith('trusted.') && context.who.uid !== 0) fail('ENODATA', call);
    const isSystems = /^(trusted|security|system)\../.test(name);
    if (!isSystems && !mayAccess(context.who, inode, R_OK)) fail('EACCES', call);
    if (!isSystems && !name.startsWith('user.')) fail('EOPNOTSUPP', call);
    return inode.xattrs?.get(name) ?? fail('ENODATA', call);
  },
  listxattr: (context, path) => foundAt(context, path, true, { syscall: 'listxattr', path }).inode.xattrs,
  readFile: (context, path) => readWhole(context, path),
};

function whyMissing(context: CallContext, path: string, follow: boolean): ErrnoCode | undefined {
  const place = resolve(context.state, context.who, path, follow);
  return typeof place === 'string' ? place : whyNotFound(place);
}

/** All bytes of a file; a view of shared ones where it can. */
function readWhole(context: CallContext, path: string): Uint8Array {
  const call: CallNames = { syscall: 'open', path };
  context.descriptors.checkRoom(path);
  const inode = findInode(context.state, context.who, path, true) ?? foundAt(context, path, true, call).inode;
  if (!mayAccess(context.who, inode, R_OK)) fail('EACCES', call);
  if (isDirectoryInode(inode)) throw new FsError('EISDIR', 'read');
  if (!isFile(inode)) fail('ENXIO', call);
  if (inode instanceof FileNode) return inode.bytes.read(inode.offset, inode.size);
  return (inode as UpperFile).content.whole();
}

function listed(context: CallContext, path: string): Directory {
  const call = { syscall: 'scandir', path };
  const inode = findInode(context.state, context.who, path, true) ?? foundAt(context, path, true, call).inode;
  if (!isDirectoryInode(inode)) fail('ENOTDIR', call);
  if (!mayAccess(context.who, inode, R_OK)) fail('EACCES', call);
  return inode;
}

function namesOf(directory: Directory): readonly string[] {
  return directory.sortedNames(sortNames);
}

function entryOf(context: CallContext, directory: Directory, name: string): DirectoryEntry {
  const { mode, ino } = context.state.child(directory, name) as Inode;
  return { name, mode, ino };
}

function deviceOf(inode: InodeStat): number {
  const type = inode.mode & S_IFMT;
  if (type !== S_IFCHR && type !== S_IFBLK) return 0;
  const { major, minor } = inode as SpecialNode | UpperSpecial;
  return makeDevice(major, minor);
}
