/** A changeset as files of a directory: made by itself where it is plain, as it mostly is, else by tar. */

import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../../layer/change.js';
import { encodeChanges } from '../../layer/encode.js';
import { unpack } from './layer-directories.js';

const PERMISSIONS = 0o7777;

/** Parents come before what is in them. Starting tar takes longer than all of it for the few files of most runs. */
export async function placeFiles(
  directory: string,
  changes: readonly Change[],
  prefix: readonly string[],
): Promise<void> {
  if (!changes.every(isPlain)) return unpack(directory, encodeChanges(changes), prefix);
  const sorted = [...changes].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const change of sorted) {
    const path = join(directory, change.path);
    if (change.kind === 'file') writeFileSync(path, '');
    else if (change.path !== '/') mkdirSync(path);
  }
  // What is made in a directory changes its times.
  for (const change of sorted.reverse()) {
    if (!('attributes' in change)) continue;
    const { mode, mtimeSec, mtimeNsec } = change.attributes;
    const path = join(directory, change.path);
    chmodSync(path, mode & PERMISSIONS);
    utimesSync(path, mtimeSec + mtimeNsec / 1e9, mtimeSec + mtimeNsec / 1e9);
  }
}

/** A directory or an empty file of root's: root in a user namespace is who we are. */
function isPlain(change: Change): boolean {
  if (change.kind !== 'directory' && !(change.kind === 'file' && change.size === 0)) return false;
  const { uid, gid, xattrs } = change.attributes;
  // A time of Node's is a double, which holds no nanoseconds.
  return uid === 0 && gid === 0 && xattrs === undefined && change.attributes.mtimeNsec === 0;
}
