/** Calls that make, move and take away names, over mounts. */

import { isDirectory } from '../../tree/node.js';
import { mayAccess, W_OK, X_OK } from '../access.js';
import { type CallNames, fail } from '../errno.js';
import type { Kernel } from '../kernel.js';
import {
  checkMayTake,
  type FoundSpot,
  found,
  isMountPoint,
  reach,
  reachParent,
  refuseReadOnly,
  relay,
  textOf,
} from './reach.js';
import type { MountedView, Spot } from './walk.js';

type NameCalls = Pick<Kernel, 'mkdir' | 'rmdir' | 'unlink' | 'rename' | 'link' | 'symlink' | 'mknod' | 'removeTree'>;

export function nameCalls(view: MountedView): NameCalls {
  const make = (path: string, call: CallNames, act: (kernel: Kernel, text: string) => void): void => {
    const spot = reach(view, path, 'name', call);
    // Linux tells what is wrong with the name before it tells that the file system is read-only.
    if (spot.inode !== undefined) fail('EEXIST', call);
    if (spot.trailingSlash && call.syscall !== 'mkdir') fail('ENOENT', call);
    refuseReadOnly(spot, call);
    relay(() => act(spot.kernel, textOf(spot)), spot, path);
  };
  return {
    mkdir: (path, mode) => make(path, { syscall: 'mkdir', path }, (kernel, text) => kernel.mkdir(text, mode)),
    symlink(target, path) {
      const call = { syscall: 'symlink', path: target, dest: path };
      if (target === '') fail('ENOENT', call);
      make(path, call, (kernel, text) => kernel.symlink(target, text));
    },
    mknod: (path, mode, device) =>
      make(path, { syscall: 'mknod', path }, (kernel, text) => kernel.mknod(text, mode, device)),
    rmdir: (path) => rmdir(view, path),
    unlink: (path) => unlink(view, path),
    rename: (from, to) => rename(view, from, to),
    link: (existing, path) => link(view, existing, path),
    removeTree: (path) => removeTree(view, path, nameCalls(view)),
  };
}

const DOTS = { '': 'EBUSY', '.': 'EINVAL', '..': 'ENOTEMPTY' } as const;

function rmdir(view: MountedView, path: string): void {
  const call = { syscall: 'rmdir', path };
  const spot = reach(view, path, 'name', call);
  if (spot.last !== 'name') fail(DOTS[spot.last], call);
  refuseReadOnly(spot, call);
  if (isMountPoint(view, spot)) {
    checkMayTake(view, here(spot, call), call);
    fail(isDirectory(here(spot, call).inode) ? 'EBUSY' : 'ENOTDIR', call);
  }
  relay(() => spot.kernel.rmdir(textOf(spot)), spot, path);
}

function unlink(view: MountedView, path: string): void {
  const call = { syscall: 'unlink', path };
  const spot = reach(view, path, 'name', call);
  if (spot.last !== 'name') fail('EISDIR', call);
  refuseReadOnly(spot, call);
  if (isMountPoint(view, spot)) {
    const { inode } = here(spot, call);
    if (spot.trailingSlash) fail(isDirectory(inode) ? 'EISDIR' : 'ENOTDIR', call);
    checkMayTake(view, here(spot, call), call);
    fail(isDirectory(inode) ? 'EISDIR' : 'EBUSY', call);
  }
  relay(() => spot.kernel.unlink(textOf(spot)), spot, path);
}

/** A mount point whose directory was taken away behind this view's back is no name any more. */
function here(spot: Spot, call: CallNames): FoundSpot {
  return spot.inode === undefined ? fail('ENOENT', call) : (spot as FoundSpot);
}

function link(view: MountedView, existing: string, path: string): void {
  const call = { syscall: 'link', path: existing, dest: path };
  const source = found(view, existing, 'nofollow', call);
  const target = reach(view, path, 'name', call);
  if (target.inode !== undefined) fail('EEXIST', call);
  if (target.trailingSlash) fail('ENOENT', call);
  refuseReadOnly(target, call);
  if (source.mount !== target.mount) fail('EXDEV', call);
  relay(() => source.kernel.link(textOf(source), textOf(target)), source, existing, target, path);
}

function rename(view: MountedView, from: string, to: string): void {
  const call = { syscall: 'rename', path: from, dest: to };
  const source = reachParent(view, from, 'name', call);
  const target = reachParent(view, to, 'name', call);
  if (source.within !== target.within) fail('EXDEV', call);
  if (source.last !== 'name' || target.last !== 'name') fail('EBUSY', call);
  refuseReadOnly(source, call);
  if (isMountPoint(view, source) || isMountPoint(view, target)) {
    if (isBusy(view, source, target, call)) fail('EBUSY', call);
    return;
  }
  relay(() => source.kernel.rename(textOf(source), textOf(target)), source, from, target, to);
  if (source.path !== target.path) view.table.moved(source.mount, source.path, target.path);
}

/**
 * A mount point cannot be moved or replaced, which Linux finds after all else that is wrong with the names. False where
 * both names are one file: there is nothing to do then.
 */
function isBusy(view: MountedView, from: Spot, target: Spot, call: CallNames): boolean {
  const source = here(from, call);
  const movesDirectory = isDirectory(source.inode);
  if (!movesDirectory && (source.trailingSlash || target.trailingSlash)) fail('ENOTDIR', call);
  if (target.path.startsWith(`${source.path}/`)) fail('EINVAL', call);
  if (source.path.startsWith(`${target.path}/`)) fail('ENOTEMPTY', call);
  if (target.inode?.ino === source.inode.ino) return false;
  checkMayTake(view, source, call);
  if (target.inode === undefined) {
    if (!mayAccess(view.who, target.directory, W_OK | X_OK)) fail('EACCES', call);
  } else {
    checkMayTake(view, here(target, call), call);
    const replacesDirectory = isDirectory(target.inode);
    if (movesDirectory !== replacesDirectory) fail(movesDirectory ? 'ENOTDIR' : 'EISDIR', call);
  }
  const moves = movesDirectory && source.directory.ino !== target.directory.ino;
  if (moves && !mayAccess(view.who, source.inode, W_OK)) fail('EACCES', call);
  return true;
}

/** With mounts in it a tree is emptied name by name: what is mounted loses its content, and its mount point is busy. */
function removeTree(view: MountedView, path: string, calls: NameCalls): void {
  const call = { syscall: 'rm', path };
  const spot = found(view, path, 'name', call);
  if (!view.table.hasMountsIn(spot.mount, spot.path)) {
    refuseReadOnly(spot, call);
    relay(() => spot.kernel.removeTree(textOf(spot)), spot, path);
    return;
  }
  const shown = found(view, path, 'nofollow', call);
  if (!isDirectory(shown.inode)) {
    calls.unlink(path);
    return;
  }
  for (const name of relay(() => shown.kernel.readdir(textOf(shown)), shown, path)) {
    calls.removeTree(`${path.replace(/\/+$/, '')}/${name}`);
  }
  calls.rmdir(path);
}
