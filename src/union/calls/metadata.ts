/** Calls that change attributes: by path, and by descriptor. */

import { isDirectory, isFile, S_IFMT } from '../../tree/node.js';
import { type Credentials, isInGroup, mayAccess, W_OK } from '../access.js';
import { FsError, fail } from '../errno.js';
import type { Timestamp } from '../kernel.js';
import { type Inode, UPPER, type UpperNode } from '../upper.js';
import { type CallContext, type Found, foundAt, type WithContext, writable } from './context.js';
import { withoutSetIds } from './files.js';

type MetadataCalls =
  | 'chmod'
  | 'chown'
  | 'lchown'
  | 'utimes'
  | 'lutimes'
  | 'setxattr'
  | 'removexattr'
  | 'fchmod'
  | 'fchown'
  | 'futimes';

/** An id that chown leaves as it is (chown(2): -1). */
const KEEP = 0xffffffff;

export const metadataCalls: WithContext<MetadataCalls> = {
  chmod: (context, path, mode) => chmod(context, at(context, path, true, 'chmod'), mode),
  chown: (context, path, uid, gid) => chown(context, at(context, path, true, 'chown'), uid, gid),
  lchown: (context, path, uid, gid) => chown(context, at(context, path, false, 'lchown'), uid, gid),
  utimes: (context, path, atime, mtime) => utimes(context, at(context, path, true, 'utime'), atime, mtime),
  lutimes: (context, path, atime, mtime) => utimes(context, at(context, path, false, 'lutime'), atime, mtime),
  setxattr: (context, path, name, value) => setXattr(context, at(context, path, true, 'setxattr'), name, value),
  removexattr: (context, path, name) => setXattr(context, at(context, path, true, 'removexattr'), name, undefined),
  fchmod: (context, fd, mode) => chmod(context, openTarget(context, fd, 'fchmod'), mode),
  fchown: (context, fd, uid, gid) => chown(context, openTarget(context, fd, 'fchown'), uid, gid),
  futimes: (context, fd, atime, mtime) => utimes(context, openTarget(context, fd, 'futime'), atime, mtime),
};

/** The inode to change, and how its call fails. */
interface Target {
  readonly place: Found;
  readonly fail: (code: Parameters<typeof fail>[0]) => never;
}

function at(context: CallContext, path: string, follow: boolean, syscall: string): Target {
  const call = { syscall, path };
  return { place: foundAt(context, path, follow, call), fail: (code) => fail(code, call) };
}

function openTarget(context: CallContext, fd: number, syscall: string): Target {
  const file = context.descriptors.get(fd, syscall);
  const place = { ...file.place, inode: context.state.current(file.inode) };
  return {
    place,
    fail: (code) => {
      throw new FsError(code, syscall);
    },
  };
}

function chmod(context: CallContext, target: Target, mode: number): void {
  const { who } = context;
  const { inode } = target.place;
  if (!isOwner(who, inode)) target.fail('EPERM');
  const foreignGroup = who.uid !== 0 && !isInGroup(who, inode.gid);
  change(context, target).mode = (inode.mode & S_IFMT) | (mode & (foreignGroup ? 0o5777 : 0o7777));
}

function chown(context: CallContext, target: Target, uid: number, gid: number): void {
  const { who } = context;
  const { inode } = target.place;
  const bits = isFile(inode) ? withoutSetIds(who, inode) : inode.mode;
  if (!mayGive(who, inode, uid, gid) || (bits !== inode.mode && !isOwner(who, inode))) target.fail('EPERM');
  const own = change(context, target);
  if (!isKept(uid)) own.uid = uid;
  if (!isKept(gid)) own.gid = gid;
  own.mode = bits;
}

/** An id that is kept asks for no right; the owner may name itself, and give the file to a group of its own. */
function mayGive(who: Credentials, inode: Inode, uid: number, gid: number): boolean {
  if (who.uid === 0) return true;
  const mayOwn = isKept(uid) || (isOwner(who, inode) && uid === inode.uid);
  return mayOwn && (isKept(gid) || (isOwner(who, inode) && (gid === inode.gid || isInGroup(who, gid))));
}

function utimes(context: CallContext, target: Target, atime: Timestamp, mtime: Timestamp): void {
  if (!isOwner(context.who, target.place.inode)) target.fail('EPERM');
  const own = change(context, target);
  own.atime = atime;
  own.mtimeSec = mtime.sec;
  own.mtimeNsec = mtime.nsec;
}

function setXattr(context: CallContext, target: Target, name: string, value: Uint8Array | undefined): void {
  const { inode } = target.place;
  const refused = xattrRefusal(context.who, inode, name);
  if (refused !== undefined) target.fail(refused);
  const xattrs = new Map(inode.xattrs);
  if (value !== undefined) xattrs.set(name, value.slice());
  else if (!xattrs.delete(name)) target.fail('ENODATA');
  change(context, target).xattrs = xattrs.size > 0 ? xattrs : undefined;
}

/** Why an attribute may not be set (xattr(7), "Extended attribute namespaces"). */
function xattrRefusal(who: Credentials, inode: Inode, name: string): 'EPERM' | 'EACCES' | 'EOPNOTSUPP' | undefined {
  if (/^(trusted|security|system)\../.test(name)) return who.uid === 0 ? undefined : 'EPERM';
  const isUsers = name.startsWith('user.');
  if (isUsers && !holdsUserXattrs(who, inode)) return 'EPERM';
  if (!mayAccess(who, inode, W_OK)) return 'EACCES';
  return isUsers ? undefined : 'EOPNOTSUPP';
}

/** Files and directories do, but of a sticky directory that anybody may write to only the owner's. */
function holdsUserXattrs(who: Credentials, inode: Inode): boolean {
  if (isFile(inode)) return true;
  return isDirectory(inode) && ((inode.mode & 0o1000) === 0 || isOwner(who, inode));
}

/** The upper's own version of the inode, which the change makes its own. */
function change(context: CallContext, { place }: Target): UpperNode {
  const own = writable(context, place);
  own.origin = UPPER;
  own.ctime = context.state.clock.now();
  context.state.watchers?.attributed({ place, inode: own });
  return own;
}

function isOwner(who: Credentials, inode: Inode): boolean {
  return who.uid === 0 || who.uid === inode.uid;
}

function isKept(id: number): boolean {
  return id === KEEP || id === -1;
}
