/** A part of a container's file system as a tar stream: `cp CONTAINER:PATH -`. */

import { posix } from 'node:path';
import type { TarEntryType, TarHeader } from '../../tar/entry.js';
import { type TarMember, writeTar } from '../../tar/writer.js';
import { splitDevice } from '../../tree/device.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG } from '../../tree/node.js';
import type { InodeStat, Kernel } from '../../union/kernel.js';
import { foundNode, readChunks } from './container-side.js';
import type { Subject } from './places.js';
import type { FoundNode } from './side.js';

const TYPES: ReadonlyMap<number, TarEntryType> = new Map([
  [S_IFREG, 'file'],
  [S_IFDIR, 'directory'],
  [S_IFLNK, 'symlink'],
  [S_IFCHR, 'character'],
  [S_IFBLK, 'block'],
  [S_IFIFO, 'fifo'],
]);

/** The subject and everything below it; names begin with the subject's own, or with `.` for contents only. */
export function tarOfSubject(kernel: Kernel, subject: Subject): Iterable<Uint8Array> {
  const names = new Map<number, string>();
  return writeTar(members(kernel, { path: subject.path, name: subject.contentsOnly ? '.' : subject.name }, names));
}

interface Located {
  /** In the container. */
  readonly path: string;
  /** In the archive. */
  readonly name: string;
}

function* members(kernel: Kernel, at: Located, names: Map<number, string>): Generator<TarMember, void, undefined> {
  const node = foundNode(kernel, kernel.lstat(at.path) satisfies InodeStat);
  const type = TYPES.get(node.mode & S_IFMT);
  if (type === undefined) return; // A socket has no place in a tar.
  const first = type === 'directory' ? undefined : names.get(node.ino);
  if (first !== undefined) {
    yield { header: header(node, at.name, 'link', first) };
    return;
  }
  if (node.links > 1) names.set(node.ino, at.name);
  const linkname = type === 'symlink' ? kernel.readlink(at.path) : '';
  const member = { header: header(node, at.name, type, linkname) };
  yield type === 'file' ? { ...member, body: readChunks(kernel, at.path) } : member;
  if (type !== 'directory') return;
  for (const name of kernel.readdir(at.path)) {
    yield* members(kernel, { path: posix.join(at.path, name), name: `${at.name}/${name}` }, names);
  }
}

function header(node: FoundNode, path: string, type: TarEntryType, linkname: string): TarHeader {
  const isDevice = type === 'character' || type === 'block';
  const { major, minor } = isDevice ? splitDevice(node.device) : { major: 0, minor: 0 };
  return {
    path,
    type,
    linkname,
    mode: node.mode & 0o7777,
    uid: node.uid,
    gid: node.gid,
    size: type === 'file' ? node.size : 0,
    mtimeSec: node.mtimeSec,
    mtimeNsec: node.mtimeNsec,
    devMajor: major,
    devMinor: minor,
    xattrs: node.xattrs,
  };
}
