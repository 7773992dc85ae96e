/** Writes a changeset into a view by its system calls. */

import type { Change, Put } from '../layer/change.js';
import { makeDevice } from '../tree/device.js';
import { type Attributes, isDirectory, S_IFDIR, S_IFMT } from '../tree/node.js';
import type { Kernel } from '../union/kernel.js';

/** O_WRONLY | O_CREAT | O_TRUNC. */
const WRITE = 0o1101;
const PERMISSIONS = 0o7777;
const NEW_MODE = 0o600;

/** Afterwards the view shows what the changes say, times included. */
export function writeChanges(kernel: Kernel, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === 'whiteout') removeAt(kernel, change.path);
    else if (change.kind === 'opaque') clearDirectory(kernel, change.path);
  }
  for (const change of changes) if (change.kind !== 'whiteout' && change.kind !== 'opaque') put(kernel, change);
  // Entries that were put changed the times of their directories.
  for (const change of changes) if (change.kind === 'directory') setTimes(kernel, change.path, change.attributes);
}

function removeAt(kernel: Kernel, path: string): void {
  const there = kernel.find(path, false);
  if (there === undefined) return;
  if (isDirectory(there)) kernel.removeTree(path);
  else kernel.unlink(path);
}

function clearDirectory(kernel: Kernel, path: string): void {
  const there = kernel.find(path, false);
  if (there === undefined || !isDirectory(there)) return;
  for (const name of kernel.readdir(path)) removeAt(kernel, path === '/' ? `/${name}` : `${path}/${name}`);
}

function put(kernel: Kernel, change: Put): void {
  const { path } = change;
  if (change.kind === 'directory') {
    const there = kernel.find(path, false);
    if (there !== undefined && (there.mode & S_IFMT) !== S_IFDIR) kernel.unlink(path);
    if (there === undefined || (there.mode & S_IFMT) !== S_IFDIR) kernel.mkdir(path, NEW_MODE);
    setAttributes(kernel, path, change.attributes);
    return;
  }
  removeAt(kernel, path);
  if (change.kind === 'link') {
    kernel.link(change.target, path);
    return;
  }
  if (change.kind === 'file') kernel.writeFile(path, WRITE, NEW_MODE, change.bytes.read(change.offset, change.size));
  else if (change.kind === 'symlink') kernel.symlink(change.target, path);
  else kernel.mknod(path, change.attributes.mode, makeDevice(change.major, change.minor));
  setAttributes(kernel, path, change.attributes, change.kind === 'symlink');
}

/** The owner first: a change of it takes setuid away. */
function setAttributes(kernel: Kernel, path: string, attributes: Attributes, isSymlink: boolean = false): void {
  kernel.lchown(path, attributes.uid, attributes.gid);
  if (!isSymlink) kernel.chmod(path, attributes.mode & PERMISSIONS);
  for (const [name, value] of attributes.xattrs ?? []) kernel.setxattr(path, name, value);
  setTimes(kernel, path, attributes);
}

function setTimes(kernel: Kernel, path: string, { mtimeSec: sec, mtimeNsec: nsec }: Attributes): void {
  kernel.lutimes(path, { sec, nsec }, { sec, nsec });
}
