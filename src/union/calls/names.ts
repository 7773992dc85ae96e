/** Calls that make, move and take away names. */

import { splitDevice } from '../../tree/device.js';
import { NAME_MAX, PATH_MAX, sortNames } from '../../tree/names.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../../tree/node.js';
import { mayAccess, mayRemove, R_OK, ROOT, W_OK, X_OK } from '../access.js';
import { Content } from '../content.js';
import { type CallNames, fail } from '../errno.js';
import type { Place } from '../place.js';
import { findInode, isDirectoryInode } from '../resolve.js';
import { type Directory, type Inode, UPPER, UpperDirectory, UpperFile, UpperSpecial, UpperSymlink } from '../upper.js';
import {
  addName,
  type CallContext,
  checkMayAdd,
  checkMayRemove,
  checkName,
  detachName,
  dropLink,
  type Found,
  foundAt,
  foundName,
  namePlace,
  newAttributes,
  parentOf,
  removeName,
  type WithContext,
} from './context.js';

type NameCalls = 'mkdir' | 'rmdir' | 'unlink' | 'rename' | 'link' | 'symlink' | 'mknod' | 'removeTree';

export const nameCalls: WithContext<NameCalls> = {
  mkdir: (context, path, mode) => mkdir(context, path, mode),
  rmdir: (context, path) => rmdir(context, path),
  unlink: (context, path) => unlink(context, path),
  rename: (context, from, to) => rename(context, from, to),
  link: (context, existing, path) => link(context, existing, path),
  symlink: (context, target, path) => symlink(context, target, path),
  mknod: (context, path, mode, device) => mknod(context, path, mode, device),
  removeTree: (context, path) => removeTree(context, path),
};

/** Makes an empty regular file at a free place. */
export function createFile(context: CallContext, place: Place, mode: number, call: CallNames): UpperFile {
  const { state, who } = context;
  const attributes = newAttributes(context, place, S_IFREG | (mode & 0o7777 & ~who.umask), call);
  const file = new UpperFile(state.owner, state.newIno(), attributes, Content.empty(), 1);
  addName(context, place, file);
  return file;
}

/** The place for a new name; a trailing slash is left to the caller. */
function freePlace(context: CallContext, path: string, call: CallNames): Place {
  const place = namePlace(context, path, call);
  checkName(place, call);
  if (place.inode !== undefined || place.name === '') fail('EEXIST', call);
  return place;
}

function mkdir(context: CallContext, path: string, mode: number): void {
  const call = { syscall: 'mkdir', path };
  const { state, who } = context;
  const place = freePlace(context, path, call);
  checkMayAdd(context, place, call);
  const inherited = parentOf(context, place).mode & 0o2000;
  const attributes = newAttributes(context, place, S_IFDIR | inherited | (mode & 0o1777 & ~who.umask), call);
  const directory = new UpperDirectory(state.owner, state.newIno(), attributes, UPPER, undefined);
  addName(context, place, directory);
}

function rmdir(context: CallContext, path: string): void {
  const call = { syscall: 'rmdir', path };
  const place = namePlace(context, path, call);
  if (place.name === '') fail('EBUSY', call);
  if (place.dots) fail(leadsUp(path) ? 'ENOTEMPTY' : 'EINVAL', call);
  checkName(place, call);
  if (place.inode === undefined) fail('ENOENT', call);
  checkMayRemove(context, place as Found, call);
  if (!isDirectoryInode(place.inode)) fail('ENOTDIR', call);
  if (!isEmpty(place.inode)) fail('ENOTEMPTY', call);
  removeName(context, place as Found);
}

/** For a path that ends in dots: true for two of them. */
function leadsUp(path: string): boolean {
  return path.replace(/\/+$/, '').endsWith('..');
}

function unlink(context: CallContext, path: string): void {
  const call = { syscall: 'unlink', path };
  const place = foundName(context, path, call);
  // Dots and slashes say that a directory is meant: no right is asked for.
  if (place.name !== '' && !place.dots && !place.trailingSlash) checkMayRemove(context, place, call);
  if (isDirectoryInode(place.inode)) fail('EISDIR', call);
  removeName(context, place);
}

function link(context: CallContext, existing: string, path: string): void {
  const call = { syscall: 'link', path: existing, dest: path };
  const { state } = context;
  const source = foundAt(context, existing, false, call);
  const place = freePlace(context, path, call);
  if (place.trailingSlash) fail('ENOENT', call);
  checkMayAdd(context, place, call);
  if (isDirectoryInode(source.inode)) fail('EPERM', call);
  const inode = state.writableInode(source, source.inode);
  inode.nlink++;
  inode.ctime = state.clock.now();
  inode.relinked = true;
  state.watchers?.relinked(inode);
  addName(context, place, inode);
}

function symlink(context: CallContext, target: string, path: string): void {
  const call = { syscall: 'symlink', path: target, dest: path };
  const { state } = context;
  if (target === '') fail('ENOENT', call);
  const place = freePlace(context, path, call);
  if (place.trailingSlash) fail('ENOENT', call);
  checkMayAdd(context, place, call);
  const attributes = newAttributes(context, place, S_IFLNK | 0o777, call);
  addName(context, place, new UpperSymlink(state.owner, state.newIno(), attributes, target, 1));
}

function mknod(context: CallContext, path: string, mode: number, device: number): void {
  const call = { syscall: 'mknod', path };
  const { state, who } = context;
  const place = freePlace(context, path, call);
  if (place.trailingSlash) fail('ENOENT', call);
  checkMayAdd(context, place, call);
  const type = mode & S_IFMT;
  if (type === 0 || type === S_IFREG) {
    createFile(context, place, mode, call);
    return;
  }
  const isDevice = type === S_IFCHR || type === S_IFBLK;
  if (!isDevice && type !== S_IFIFO && type !== S_IFSOCK) fail('EINVAL', call);
  if (isDevice && who.uid !== 0) fail('EPERM', call);
  const attributes = newAttributes(context, place, type | (mode & 0o7777 & ~who.umask), call);
  const number = isDevice ? splitDevice(device) : { major: 0, minor: 0 };
  addName(context, place, new UpperSpecial(state.owner, state.newIno(), attributes, number, 1));
}

function rename(context: CallContext, from: string, to: string): void {
  const call = { syscall: 'rename', path: from, dest: to };
  const source = namePlace(context, from, call);
  const target = namePlace(context, to, call);
  if (source.name === '' || source.dots || target.name === '' || target.dots) fail('EBUSY', call);
  checkName(source, call);
  const { inode } = source;
  if (inode === undefined) fail('ENOENT', call);
  checkName(target, call);
  if (!isDirectoryInode(inode) && (source.trailingSlash || target.trailingSlash)) fail('ENOTDIR', call);
  if (target.parents.some((parent) => parent.ino === inode.ino)) fail('EINVAL', call);
  const victim = target.inode;
  if (victim !== undefined && source.parents.some((parent) => parent.ino === victim.ino)) fail('ENOTEMPTY', call);
  if (victim?.ino === inode.ino) return;
  checkMayRemove(context, source as Found, call);
  if (victim === undefined) checkMayAdd(context, target, call);
  else checkReplaceable(context, inode, target as Found, call);
  // A directory that moves to another one changes itself: its `..`.
  const moves = isDirectoryInode(inode) && parentOf(context, source).ino !== parentOf(context, target).ino;
  if (moves && !mayAccess(context.who, inode, W_OK)) fail('EACCES', call);
  if (context.directoriesStay && isDirectoryInode(inode) && hasLower(inode)) fail('EXDEV', call);
  if (isDirectoryInode(victim) && !isEmpty(victim)) fail('ENOTEMPTY', call);
  move(context, source as Found, target);
}

function checkReplaceable(context: CallContext, inode: Inode, target: Found, call: CallNames): void {
  checkMayRemove(context, target, call);
  if (isDirectoryInode(inode) === isDirectoryInode(target.inode)) return;
  fail(isDirectoryInode(inode) ? 'ENOTDIR' : 'EISDIR', call);
}

/** Puts the inode under its new name; its ctime tells when. A directory takes all that is below along, by reference. */
function move(context: CallContext, source: Found, target: Place): void {
  const { state } = context;
  const replaced = target.inode && state.current(target.inode);
  const isGone = replaced !== undefined && detachName(context, target as Found);
  if (isDirectoryInode(source.inode)) relinkBelow(context, source);
  const before = state.current(source.inode);
  const inode = isDirectoryInode(before) ? state.ownDirectory(before) : state.own(before);
  inode.ctime = state.clock.now();
  inode.origin = UPPER;
  if (inode.nlink > 1) inode.relinked = true;
  const from = state.writableParent(source);
  const into = state.writableParent(target);
  from.remove(source.name);
  into.set(target.name, inode);
  state.touchNow(from);
  state.touchNow(into);
  state.forgetPaths(inode);
  if (state.watchers === undefined) return;
  context.descriptors.move(inode.ino, source, target);
  state.watchers.moved({ place: source, inode }, target, replaced && { inode: replaced, isGone });
}

/**
 * Of a lower file with names inside and outside of a directory that moves, all must go into one layer: links do not
 * reach into the layers below. What moves without such files is not looked at.
 */
function relinkBelow({ state }: CallContext, { names, name }: Place): void {
  if (state.lower.links.size === 0) return;
  const prefix = `/${[...names, name].join('/')}/`;
  for (const [ino, paths] of state.lower.links) {
    const inside = [...paths].filter((path) => path.startsWith(prefix));
    if (inside.length === 0 || inside.length === paths.size) continue;
    for (const path of inside) {
      const inode = findInode(state, ROOT, path, false);
      if (inode?.ino === ino && !isDirectoryInode(inode)) state.own(inode).relinked = true;
    }
  }
}

function removeTree(context: CallContext, path: string): void {
  // Node does not stop where it cannot look at a path: it is unlink that finds nothing.
  const place = foundName(context, path, { syscall: 'unlink', path });
  if (!isDirectoryInode(place.inode)) unlink(context, path);
  // rmdir refuses a dot whoever asks, full or not, and nothing is removed then.
  else if (place.dots && !leadsUp(path)) rmdir(context, path);
  else if (goesByName(context, path)) removeEach(context, path, place.inode);
  else if (place.name === '' || place.dots) rmdir(context, path);
  else {
    releaseBelow(context, place.inode);
    removeName(context, place);
  }
}

/**
 * True for whoever is not root, where somebody watches, and where paths may get too long right below: only root's call
 * on a tree is as good as all those that it stands for.
 */
function goesByName({ who, state }: CallContext, path: string): boolean {
  return who.uid !== 0 || state.watchers !== undefined || path.length + NAME_MAX >= PATH_MAX;
}

/**
 * Whoever is not root needs the right to change the directory that a tree is in before anything is removed, and the
 * right to empty each directory; what only a sticky bit protects is emptied, and stays. A watcher hears of every name.
 */
function removeEach(context: CallContext, path: string, directory: Directory): void {
  const call = { syscall: 'rmdir', path };
  const place = foundName(context, path, call);
  if (!mayAccess(context.who, parentOf(context, place), W_OK | X_OK)) fail('EACCES', call);
  if (!isEmpty(directory) || !mayRemove(context.who, parentOf(context, place), directory)) {
    if (!mayAccess(context.who, directory, R_OK)) fail('EACCES', { syscall: 'scandir', path });
    for (const name of directory.sortedNames(sortNames)) removeTree(context, `${path}/${name}`);
  }
  rmdir(context, path);
}

/**
 * Drops the links of all that is below. Only where there are hard links or open files must everything be visited; an
 * open directory is seen empty.
 */
function releaseBelow(context: CallContext, directory: Directory): void {
  const { state, descriptors } = context;
  const all = state.lower.links.size > 0 || descriptors.areOpen;
  if (descriptors.isOpen(directory.ino) && !isEmpty(directory)) noteEmptied(context, directory);
  if (!all && !(directory instanceof UpperDirectory)) return;
  const names = all ? directory.sortedNames(sortNames) : [...(directory as UpperDirectory).changedNames()];
  for (const name of names) {
    const inode = state.child(directory, name);
    if (inode === undefined) continue;
    if (isDirectoryInode(inode)) releaseBelow(context, inode);
    dropLink(context, state.current(inode));
  }
}

/** Descriptors are all that is left of the directory: they see when it was emptied. */
function noteEmptied({ state }: CallContext, directory: Directory): void {
  const isOwn = directory instanceof UpperDirectory && directory.owner === state.owner;
  const { ino } = directory;
  state.touchNow(isOwn ? directory : state.enter(new UpperDirectory(state.owner, ino, directory, UPPER, undefined)));
}

/** True when some of what the directory holds comes from a layer below. */
function hasLower(directory: Directory): boolean {
  return !(directory instanceof UpperDirectory) || directory.lower !== undefined;
}

function isEmpty(directory: Directory): boolean {
  return directory instanceof UpperDirectory ? directory.isEmpty() : directory.children.size === 0;
}
