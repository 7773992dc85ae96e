/** What every call works on, and the few steps that most of them begin with. */

import { encodeName } from '../../base/bytes.js';
import { isNameTooLong } from '../../tree/names.js';
import { type FileNode, S_IFLNK, S_IFMT, S_IFREG, type SymlinkNode } from '../../tree/node.js';
import { type Credentials, mayAccess, mayRemove, W_OK, X_OK } from '../access.js';
import type { Descriptors } from '../descriptors.js';
import { type CallNames, type ErrnoCode, fail } from '../errno.js';
import type { Kernel, Timestamp } from '../kernel.js';
import type { Place } from '../place.js';
import { type Follow, isDirectoryInode, resolve } from '../resolve.js';
import type { ViewState } from '../state.js';
import {
  type Directory,
  type Inode,
  isUpper,
  touch,
  type UpperFile,
  type UpperNode,
  type UpperSymlink,
} from '../upper.js';

/** One view as one user sees it. */
export interface CallContext {
  readonly state: ViewState;
  readonly who: Credentials;
  readonly descriptors: Descriptors;
  /** True where a directory that lies in a layer below cannot be renamed, as without redirect_dir. */
  readonly directoriesStay: boolean;
}

/** Calls of a kernel as functions of the view and the user that they work for. */
export type WithContext<N extends keyof Kernel> = {
  readonly [K in N]: Kernel[K] extends (...args: infer A) => infer R ? (context: CallContext, ...args: A) => R : never;
};

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
  const place = resolve(context.state, context.who, path, follow);
  const code = typeof place === 'string' ? place : whyNotFound(place);
  return code === undefined ? (place as Found) : fail(code, call);
}

/** What keeps a path that must exist from being a found one. */
export function whyNotFound({ inode, name, trailingSlash }: Place): ErrnoCode | undefined {
  if (inode === undefined) return isNameTooLong(name) ? 'ENAMETOOLONG' : 'ENOENT';
  return trailingSlash && !isDirectoryInode(inode) ? 'ENOTDIR' : undefined;
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
  const code = whyNotFound(place);
  return code === undefined ? (place as Found) : fail(code, call);
}

/** The directory that holds the last name, in the view's version. */
export function parentOf(context: CallContext, place: Place): Directory {
  return context.state.current(place.parents.at(-1) as Directory) as Directory;
}

/** Fails unless a new name may be put at the place. */
export function checkMayAdd(context: CallContext, place: Place, call: CallNames): void {
  if (!mayAccess(context.who, parentOf(context, place), W_OK | X_OK)) fail('EACCES', call);
}

/** Fails unless the name at the place may be taken away. */
export function checkMayRemove(context: CallContext, place: Found, call: CallNames): void {
  const parent = parentOf(context, place);
  if (mayRemove(context.who, parent, place.inode)) return;
  fail(mayAccess(context.who, parent, W_OK | X_OK) ? 'EPERM' : 'EACCES', call);
}

/** Puts an inode that was just made or linked under a name that is free; its ctime is when the directory changes too. */
export function addName(context: CallContext, place: Place, inode: UpperNode): void {
  const parent = context.state.writableParent(place);
  parent.set(place.name, inode);
  touch(parent, inode.ctime);
  context.state.watchers?.created({ place, inode });
}

/** Takes a name away from its directory. */
export function removeName(context: CallContext, place: Found): void {
  const inode = context.state.current(place.inode);
  const isGone = detachName(context, place);
  context.state.watchers?.removed({ place, inode }, isGone);
}

/** Takes a name away and tells nobody; true where nothing holds the inode any more. */
export function detachName(context: CallContext, place: Found): boolean {
  const { state } = context;
  const isGone = dropLink(context, state.current(place.inode));
  const parent = state.writableParent(place);
  parent.remove(place.name);
  state.touchNow(parent);
  state.forgetPaths(place.inode);
  return isGone;
}

/** An inode has one name less; what no name and no descriptor holds any more is dropped (true). */
export function dropLink(context: CallContext, inode: Inode): boolean {
  const { state, descriptors } = context;
  const isOpen = descriptors.isOpen(inode.ino);
  if (!isDirectoryInode(inode) && (state.linksOf(inode) > 1 || isOpen)) {
    const own = state.own(inode);
    own.nlink--;
    own.ctime = state.clock.now();
    if (own.nlink === 0) state.keepOrphan(own);
    return false;
  }
  if (isOpen && isDirectoryInode(inode)) {
    const own = state.ownDirectory(inode);
    own.ctime = state.clock.now();
    state.keepOrphan(own);
  } else if (isUpper(inode)) state.drop(inode);
  return true;
}

/** What a new inode at a place starts with, if there is room for one: the caller's ids, the group of a setgid directory, the time now. */
export function newAttributes(context: CallContext, place: Place, mode: number, call: CallNames): NewAttributes {
  const { state, who } = context;
  state.usage?.beforeMake(call);
  const parent = parentOf(context, place);
  const inherits = (parent.mode & 0o2000) !== 0;
  const now = state.clock.now();
  const gid = inherits ? parent.gid : who.gid;
  return { mode, uid: who.uid, gid, mtimeSec: now.sec, mtimeNsec: now.nsec, ctime: now, xattrs: undefined };
}

export interface NewAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly ctime: Timestamp;
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
