/** Calls on descriptors, and opening one. */

import { type Attributes, isFile } from '../../tree/node.js';
import { type Credentials, isInGroup, mayAccess, R_OK, W_OK } from '../access.js';
import {
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_TRUNC,
  O_WRONLY,
  type OpenFile,
} from '../descriptors.js';
import { type CallNames, FsError, fail } from '../errno.js';
import type { Timestamp } from '../kernel.js';
import type { Place } from '../place.js';
import { isDirectoryInode, isSymlinkInode } from '../resolve.js';
import { type Inode, touch, UpperFile } from '../upper.js';
import {
  type CallContext,
  checkMayAdd,
  checkName,
  type Found,
  foundAt,
  parentPlace,
  placeOf,
  type WithContext,
  writable,
} from './context.js';
import { createFile } from './names.js';

type FileCalls = 'open' | 'writeFile' | 'close' | 'read' | 'write' | 'ftruncate' | 'fsync' | 'fstat' | 'truncate';

export const fileCalls: WithContext<FileCalls> = {
  open(context, path, flags, mode) {
    const call = { syscall: 'open', path };
    const place = placeToOpen(context, path, flags, call);
    const inode = inodeToOpen(context, place, flags, mode, call);
    return context.descriptors.open({ inode, place, flags, offset: 0 }, path);
  },
  writeFile: (context, path, flags, mode, bytes) => writeFile(context, path, flags, mode, bytes),
  close: (context, fd) => context.descriptors.close(fd, context.state),
  read: (context, fd, into, position) => read(context, fd, into, position),
  write: (context, fd, bytes, position) => write(context, fd, bytes, position),
  ftruncate(context, fd, size) {
    const file = context.descriptors.get(fd, 'ftruncate');
    if ((file.flags & O_ACCMODE) === 0 || size < 0) throw new FsError('EINVAL', 'ftruncate');
    resize(context, file.place, ownedFile(context, file), size);
  },
  fsync(context, fd) {
    context.descriptors.get(fd, 'fsync');
  },
  fstat: (context, fd) => context.state.current(context.descriptors.get(fd, 'fstat').inode),
  truncate(context, path, size) {
    const call = { syscall: 'open', path };
    const place = foundAt(context, path, true, call);
    if (isDirectoryInode(place.inode)) fail('EISDIR', call);
    if (!isFile(place.inode)) fail('EINVAL', call);
    if (!mayAccess(context.who, place.inode, W_OK)) fail('EACCES', call);
    if (size < 0) fail('EINVAL', { syscall: 'truncate', path });
    resize(context, place, writable(context, place) as UpperFile, size);
  },
};

/** The first half of open(2): where it opens or makes something. */
function placeToOpen(context: CallContext, path: string, flags: number, call: CallNames): Place {
  const creates = (flags & O_CREAT) !== 0;
  if (creates && (flags & O_DIRECTORY) !== 0) fail('EINVAL', call);
  const follow = (flags & O_NOFOLLOW) === 0 && !isExclusive(flags);
  return creates ? placeToCreate(context, path, follow, call) : placeOf(context, path, follow, call);
}

/** The second half, up to the descriptor: the inode is there, and ready for what the flags say. */
function inodeToOpen(context: CallContext, place: Place, flags: number, mode: number, call: CallNames): Inode {
  if (place.inode === undefined) {
    if ((flags & O_CREAT) === 0) fail('ENOENT', call);
    checkMayAdd(context, place, call);
    return createFile(context, place, mode, call);
  }
  if (isExclusive(flags)) fail('EEXIST', call);
  checkOpen(context, place as Found, flags, call);
  return prepare(context, place as Found, flags);
}

function isExclusive(flags: number): boolean {
  return (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
}

/**
 * Where a file may be created. It is no directory, so a closing slash is refused, whatever stands there; the path's own
 * or that of a symlink's target. Only dots and the root are looked at.
 */
function placeToCreate(context: CallContext, path: string, follow: boolean, call: CallNames): Place {
  const place = parentPlace(context, path, follow ? 'without slash' : 'never', call);
  if (place.trailingSlash && place.name !== '' && !place.dots) fail('EISDIR', call);
  checkName(place, call);
  return place;
}

/** open, write and close in one. */
function writeFile(context: CallContext, path: string, flags: number, mode: number, bytes: Uint8Array): void {
  context.descriptors.checkRoom(path);
  const call = { syscall: 'open', path };
  const place = placeToOpen(context, path, flags, call);
  const inode = inodeToOpen(context, place, flags, mode, call) as UpperFile;
  if (bytes.length === 0) return;
  if ((flags & O_ACCMODE) === 0) throw new FsError('EBADF', 'write');
  writeInode(context, inode, bytes, (flags & O_APPEND) !== 0 ? inode.size : 0);
  // What was just made or emptied bears the time of this call already: asking the clock again is a tenth of a create.
  const isTouched = place.inode === undefined || (flags & O_TRUNC) !== 0;
  noteContentChange(context, place, inode, isTouched ? inode.ctime : context.state.clock.now());
}

function writeInode({ state }: CallContext, inode: UpperFile, bytes: Uint8Array, position: number): void {
  state.usage?.beforeWrite(inode, position, bytes.length);
  inode.content.write(bytes, position, state.owner);
}

function checkOpen(context: CallContext, { inode, trailingSlash }: Found, flags: number, call: CallNames): void {
  const access = flags & O_ACCMODE;
  const changes = access !== 0 || (flags & (O_TRUNC | O_CREAT)) !== 0;
  const wantsDirectory = trailingSlash || (flags & O_DIRECTORY) !== 0;
  if (wantsDirectory && !isDirectoryInode(inode)) fail('ENOTDIR', call);
  if (isSymlinkInode(inode)) fail('ELOOP', call);
  if (isDirectoryInode(inode) && changes) fail('EISDIR', call);
  if (!isDirectoryInode(inode) && !isFile(inode)) fail('ENXIO', call);
  const wanted = (access === O_WRONLY ? 0 : R_OK) | (access === 0 && (flags & O_TRUNC) === 0 ? 0 : W_OK);
  if (!mayAccess(context.who, inode, wanted)) fail('EACCES', call);
}

/** What is opened for writing is copied up at once, so that the descriptor and the name stay one file. */
function prepare(context: CallContext, place: Found, flags: number): Inode {
  if ((flags & (O_ACCMODE | O_TRUNC)) === 0) return place.inode;
  const own = writable(context, place);
  if ((flags & O_TRUNC) !== 0) resize(context, place, own as UpperFile, 0);
  return own;
}

function read(context: CallContext, fd: number, into: Uint8Array, position: number | undefined): number {
  const file = context.descriptors.get(fd, 'read');
  if ((file.flags & O_ACCMODE) === O_WRONLY) throw new FsError('EBADF', 'read');
  const inode = context.state.current(file.inode);
  if (isDirectoryInode(inode)) throw new FsError('EISDIR', 'read');
  const count = readInode(inode, into, position ?? file.offset);
  if (position === undefined) file.offset += count;
  return count;
}

function readInode(inode: Inode, into: Uint8Array, position: number): number {
  if (inode instanceof UpperFile) return inode.content.read(into, position);
  if (!('bytes' in inode)) return 0;
  const count = Math.max(0, Math.min(into.length, inode.size - position));
  if (count > 0) into.set(inode.bytes.read(inode.offset + position, count));
  return count;
}

function write(context: CallContext, fd: number, bytes: Uint8Array, position: number | undefined): number {
  const file = context.descriptors.get(fd, 'write');
  if ((file.flags & O_ACCMODE) === 0) throw new FsError('EBADF', 'write');
  if (bytes.length === 0) return 0;
  const inode = ownedFile(context, file);
  const at = (file.flags & O_APPEND) !== 0 ? inode.content.size : (position ?? file.offset);
  writeInode(context, inode, bytes, at);
  noteContentChange(context, file.place, inode, context.state.clock.now());
  if (position === undefined) file.offset = at + bytes.length;
  return bytes.length;
}

/** The file of a descriptor that may write; opening it has seen to its names. */
function ownedFile(context: CallContext, file: OpenFile): UpperFile {
  const inode = context.state.current(file.inode);
  if (inode instanceof UpperFile) return context.state.own(inode) as UpperFile;
  throw new FsError('EINVAL', 'write');
}

function resize(context: CallContext, place: Place, inode: UpperFile, size: number): void {
  context.state.usage?.beforeResize(inode, size);
  inode.content.truncate(size);
  noteContentChange(context, place, inode, context.state.clock.now());
}

/** A write by anybody but root takes setuid away, and setgid from what the group may execute. */
function noteContentChange({ state, who }: CallContext, place: Place, inode: UpperFile, now: Timestamp): void {
  const { mode } = inode;
  touch(inode, now);
  if (who.uid !== 0) inode.mode = withoutSetIds(who, inode);
  if (state.watchers === undefined) return;
  if (inode.mode !== mode) state.watchers.attributed({ place, inode });
  state.watchers.modified({ place, inode });
}

/**
 * The mode of a file whose content or owner changed. Where the group may not execute it, setgid goes only if the caller
 * is not in the group.
 */
export function withoutSetIds(who: Credentials, { mode, gid }: Attributes): number {
  const dropsGroup = (mode & 0o10) !== 0 || (who.uid !== 0 && !isInGroup(who, gid));
  return mode & ~0o4000 & ~(dropsGroup ? 0o2000 : 0);
}
