/** Who may do what (credentials(7), inode(7)): root may do everything that makes sense, others what the mode says. */

import { type Attributes, isDirectory } from '../tree/node.js';

/** Whose rights a kernel's calls have. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  /** Permission bits that new files and directories do not get. */
  readonly umask: number;
}

export const ROOT: Credentials = { uid: 0, gid: 0, groups: [], umask: 0o022 };

/** Bits of access(2). */
export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;

/** True when `who` has all the wanted rights to an inode. Root lacks only x on a file that nobody may execute. */
export function mayAccess(who: Credentials, inode: Attributes, wanted: number): boolean {
  if (who.uid === 0) return (wanted & X_OK) === 0 || isDirectory(inode) || (inode.mode & 0o111) !== 0;
  return (wanted & ~(inode.mode >> shiftFor(who, inode)) & 7) === 0;
}

/** True when `who` may take a name out of a directory: with the sticky bit, only owners may. */
export function mayRemove(who: Credentials, directory: Attributes, inode: Attributes): boolean {
  if (!mayAccess(who, directory, W_OK | X_OK)) return false;
  return who.uid === 0 || (directory.mode & 0o1000) === 0 || who.uid === inode.uid || who.uid === directory.uid;
}

export function isInGroup(who: Credentials, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

function shiftFor(who: Credentials, inode: Attributes): number {
  if (who.uid === inode.uid) return 6;
  return isInGroup(who, inode.gid) ? 3 : 0;
}
