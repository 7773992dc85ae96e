/** What the view's user may do with files of the machine: the same rules as for the view's own. */

import { type Credentials, isInGroup, mayAccess, mayRemove, W_OK, X_OK } from '../../union/access.js';
import { type HostCall, refuse } from './errors.js';
import type { HostInode } from './inode.js';
import type { HostPaths } from './paths.js';

/** An id that chown leaves as it is (chown(2): -1). */
const KEEP = 0xffffffff;

export class HostRights {
  readonly #who: Credentials;
  readonly #paths: HostPaths;

  constructor(who: Credentials, paths: HostPaths) {
    this.#who = who;
    this.#paths = paths;
  }

  /** Root is asked nothing: then only what this process may do counts. */
  get isUnlimited(): boolean {
    return this.#who.uid === 0;
  }

  checkAccess(inode: HostInode, wanted: number, call: HostCall): void {
    if (!mayAccess(this.#who, inode, wanted)) refuse('EACCES', call);
  }

  checkMayAdd(path: string, call: HostCall): void {
    if (!this.isUnlimited) this.checkAccess(this.#paths.parentInode(path, call), W_OK | X_OK, call);
  }

  checkMayRemove(path: string, call: HostCall): void {
    if (this.isUnlimited) return;
    const directory = this.#paths.parentInode(path, call);
    this.checkAccess(directory, W_OK | X_OK, call);
    if (!mayRemove(this.#who, directory, this.#paths.inode(path, call))) refuse('EPERM', call);
  }

  checkOwner(inode: HostInode, call: HostCall): void {
    if (!this.isUnlimited && this.#who.uid !== inode.uid) refuse('EPERM', call);
  }

  checkMayGive(inode: HostInode, uid: number, gid: number, call: HostCall): void {
    if (this.isUnlimited) return;
    const keepsOwner = isKept(uid) || uid === inode.uid;
    const keepsGroup = isKept(gid) || gid === inode.gid || isInGroup(this.#who, gid);
    if (this.#who.uid !== inode.uid || !keepsOwner || !keepsGroup) refuse('EPERM', call);
  }

  /** The permission bits of a new file or directory. */
  masked(mode: number): number {
    return mode & ~this.#who.umask;
  }

  /** Who a new file is to belong to; undefined where it does already, or this process cannot give it away. */
  ownerOf(made: HostInode): { readonly uid: number; readonly gid: number } | undefined {
    if (process.geteuid?.() !== 0) return undefined;
    // A directory with setgid has given its group.
    const gid = made.gid === process.getegid?.() ? this.#who.gid : made.gid;
    return made.uid === this.#who.uid && made.gid === gid ? undefined : { uid: this.#who.uid, gid };
  }
}

function isKept(id: number): boolean {
  return id === KEEP || id === -1;
}
