/** How a call gets to the kernel that its path ends in, and how that kernel's errors come back. */

import { isNameTooLong } from '../../tree/names.js';
import { isDirectory } from '../../tree/node.js';
import { mayAccess, mayRemove, W_OK, X_OK } from '../access.js';
import { type CallNames, FsError, fail } from '../errno.js';
import type { InodeStat } from '../kernel.js';
import { type MountedView, type Spot, type WalkMode, walk } from './walk.js';

/** A spot where something is. */
export interface FoundSpot extends Spot {
  readonly inode: InodeStat;
}

/** The spot of a path, whether or not something is there. */
export function reach(view: MountedView, path: string, mode: WalkMode, call: CallNames): Spot {
  const spot = reachParent(view, path, mode, call);
  if (spot.inode === undefined && isNameTooLong(spot.path.slice(spot.path.lastIndexOf('/') + 1))) {
    fail('ENAMETOOLONG', call);
  }
  return spot;
}

/** Like {@link reach}, but the last name may be too long: a call with two paths finds the directories of both first. */
export function reachParent(view: MountedView, path: string, mode: WalkMode, call: CallNames): Spot {
  const spot = walk(view, path, mode);
  return typeof spot === 'string' ? fail(spot, call) : spot;
}

/** The spot of a path that must exist, and must be a directory if it ends in a slash. */
export function found(view: MountedView, path: string, mode: WalkMode, call: CallNames): FoundSpot {
  const spot = reach(view, path, mode, call);
  if (spot.inode === undefined) fail('ENOENT', call);
  if (spot.trailingSlash && !isDirectory(spot.inode)) fail('ENOTDIR', call);
  return spot as FoundSpot;
}

/** The path of a spot for its kernel; a slash at the end is kept, since it is the kernel that judges it. */
export function textOf({ mount, path, trailingSlash }: Spot): string {
  const text = mount.inSource(path);
  return trailingSlash && text !== '/' ? `${text}/` : text;
}

export function refuseReadOnly({ mount }: Spot, call: CallNames): void {
  if (mount.readOnly) fail('EROFS', call);
}

/** True when something is mounted on the name of a spot that was walked to as a name. */
export function isMountPoint({ table }: MountedView, { mount, path, last }: Spot): boolean {
  return last === 'name' && table.isPoint(mount, path);
}

/** Fails as Linux does before it finds that a name is busy. */
export function checkMayTake(view: MountedView, { directory, inode }: FoundSpot, call: CallNames): void {
  if (mayRemove(view.who, directory, inode)) return;
  fail(mayAccess(view.who, directory, W_OK | X_OK) ? 'EPERM' : 'EACCES', call);
}

/** Makes a call of a mount's kernel, which knows other paths than the caller does: an error tells the caller's. */
export function relay<T>(act: () => T, spot: Spot, path: string, target?: Spot, targetPath?: string): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const known: [string, string][] = [[spot.mount.inSource(spot.path), path]];
    if (target !== undefined) known.push([target.mount.inSource(target.path), targetPath as string]);
    throw new FsError(error.code, error.syscall, retold(error.path, known), retold(error.dest, known.reverse()));
  }
}

/** A path of a mount's kernel as the caller called it, or what lies below it. */
function retold(text: string | undefined, known: readonly [string, string][]): string | undefined {
  for (const [inner, outer] of text === undefined ? [] : known) {
    if (text === inner || text === `${inner}/`) return outer;
    const prefix = inner === '/' ? '/' : `${inner}/`;
    if (text?.startsWith(prefix)) return `${outer.replace(/\/+$/, '')}/${text.slice(prefix.length)}`;
  }
  return text;
}
