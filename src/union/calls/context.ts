/** What every call works on, and the few steps that most of them begin with. */

import { encodeName } from '../../base/bytes.js';
import { isNameTooLong } from '../../tree/names.js';
import { type FileNode, S_IFLNK, S_IFMT, S_IFREG, type SymlinkNode } from '../../tree/node.js';
import { type Credentials, mayAccess, mayRemove, W_OK, X_OK } from '../access.js';
import type { Descriptors } from '../descriptors.js';
import { type ErrnoCode, FsError } from '../errno.js';
import { type Follow, isDirectoryInode, resolve } from '../resolve.js';
import type { Place, ViewState } from '../state.js';
import { type Directory, type Inode, isUpper, type UpperFile, type UpperNode, type UpperSymlink } from '../upper.js';

/** One view as one user sees it. */
export interface CallContext {
  readonly state: ViewState;
  readonly who: Credentials;
  readonly descriptors: Descriptors;
}

/** What an error of the call says of itself. */
export interface CallNames {
  readonly syscall: string;
  readonly path: string;
  readonly dest?: string;
}

export function fail(code: ErrnoCode, call: CallNames): never {
  throw new FsError(code, call.syscall, call.path, call.dest);
}

/** The place of a path, whether or not something is there. */
export function placeOf(context: CallContext, path: string, follow: boolean, call: CallNames): Place {
  const place = parentPlace(context, path, follow, call);
  checkName(place, call);
  return place;
}

/** Like {@link placeOf}, but the last name may be too long: a call with two paths finds the directories of both first. */
export function parentPlace(context: CallContext, path: string, follow: Follow, call: CallNames): Place {
  const place = resolve(context.state, context.who, path, follow);
  return typeof place === 'string' ? fail(place, call) : place;
}

/** Fails for a name that no directory can hold. */
export function checkName(place: Place, call: CallNames): void {
  if (place.inode === undefined && isNameTooLong(place.name)) fail('ENAMETOOLONG', call);
}

/** A place where an inode is. */
export interface Found extends Place {
  readonly inode: Inode;
}

/** The place of a path that must exist, and must be a directory if it ends in a slash. */
export function foundAt(context: CallContext, path: string, follow: boolean, call: CallNames): Found {
  const place = placeOf(context, path, follow, call);
  if (place.inode === undefined) fail('ENOENT', call);
  if (place.trailingSlash && !isDirectoryInode(place.inode)) fail('ENOTDIR', call);
  return place as Found;
}

/**
 * The place of a name that is to be made, taken away or moved. A slash behind a symlink does not follow it here: what
 * is meant is the name, and that is no directory. The name may be too long.
 */
export function namePlace(context: CallContext, path: string, call: CallNames): Place {
  return parentPlace(context, path, 'never', call);
}

/** A name that must exist, and be a directory's if the path ends in a slash. */
export function foundName(context: CallContext, path: string, call: CallNames): Found {
  const place = namePlace(context, path, call);
  checkName(place, call);
  if (place.inode === undefined) fail('ENOENT', call);
  if (place.trailingSlash && !isDirectoryInode(place.inode)) fail('ENOTDIR', call);
  return place as Found;
}

/** The directory that holds the last name. */
export function parentOf(place: Place): Directory {
  return place.parents.at(-1) as Directory;
}

/** Fails unless a new name may be put at the place. */
export function checkMayAdd(context: CallContext, place: Place, call: CallNames): void {
  if (!mayAccess(context.who, parentOf(place), W_OK | X_OK)) fail('EACCES', call);
}

/** Fails unless the name at the place may be taken away. */
export function checkMayRemove(context: CallContext, place: Found, call: CallNames): void {
  const parent = parentOf(place);
  if (mayRemove(context.who, parent, place.inode)) return;
  fail(mayAccess(context.who, parent, W_OK | X_OK) ? 'EPERM' : 'EACCES', call);
}

/** Puts an inode under a name that is free, in a directory whose times this changes. */
export function addName(context: CallContext, place: Place, inode: Inode): void {
  const parent = context.state.writableParent(place);
  parent.set(place.name, inode);
  context.state.touchNow(parent);
}

/** Takes a name away from its directory. */
export function removeName(context: CallContext, place: Found): void {
  const { state } = context;
  dropLink(context, state.current(place.inode));
  const parent = state.writableParent(place);
  parent.remove(place.name);
  state.touchNow(parent);
  state.forgetPaths();
}

/** An inode has one name less; what no name and no descriptor holds any more is dropped. */
export function dropLink(context: CallContext, inode: Inode): void {
  const { state, descriptors } = context;
  if (!isDirectoryInode(inode) && (state.linksOf(inode) > 1 || descriptors.isOpen(inode.ino))) state.own(inode).nlink--;
  else if (isUpper(inode) && !descriptors.isOpen(inode.ino)) state.table.delete(inode.ino);
}

/** What a new inode at a place starts with: the caller's ids, the group of a setgid directory, the time now. */
export function newAttributes(context: CallContext, place: Place, mode: number): NewAttributes {
  const parent = parentOf(place);
  const inherits = (parent.mode & 0o2000) !== 0;
  const { sec, nsec } = context.state.clock.now();
  const gid = inherits ? parent.gid : context.who.gid;
  return { mode, uid: context.who.uid, gid, mtimeSec: sec, mtimeNsec: nsec, xattrs: undefined };
}

export interface NewAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly xattrs: undefined;
}

/** Bytes of a file, or of a symlink's target; 0 for everything else. The mode tells faster than the class. */
export function sizeOf(inode: Inode): number {
  const type = inode.mode & S_IFMT;
  if (type === S_IFREG) return (inode as FileNode | UpperFile).size;
  return type === S_IFLNK ? encodeName((inode as SymlinkNode | UpperSymlink).target).length : 0;
}

/** The upper's own version of the inode at a place. */
export function writable(context: CallContext, place: Found): UpperNode {
  return context.state.writableInode(place, place.inode);
}
