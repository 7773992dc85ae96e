/** Copies a file or a whole directory from one side to the other. */

import { posix } from 'node:path';
import { isDirectory, isFile, isSymlink } from '../../tree/node.js';
import { pathError } from './places.js';
import type { AttributeOptions, CopySource, CopyTarget, FoundNode } from './side.js';

interface Copy extends AttributeOptions {
  readonly from: CopySource;
  readonly to: CopyTarget;
  /** Where inodes with several names went first: their other names become links there too. */
  readonly copied: Map<number, string>;
}

/**
 * Copies what is at `source` to `target`, a path whose directory exists. Directories that exist are filled; other things
 * that are in the way are replaced, a symlink among them never followed.
 */
export async function copyTree(
  from: CopySource,
  to: CopyTarget,
  paths: { readonly source: string; readonly target: string },
  options: AttributeOptions,
): Promise<void> {
  const node = await from.find(paths.source, false);
  if (node === undefined) throw pathError('ENOENT', `no such file or directory: ${paths.source}`);
  await copyNode({ from, to, copied: new Map(), ...options }, node, paths.source, paths.target);
}

async function copyNode(copy: Copy, node: FoundNode, source: string, target: string): Promise<void> {
  const existing = await copy.to.find(target, false);
  if (isDirectory(node)) return copyDirectory(copy, node, { source, target, existing });
  if (existing !== undefined) {
    if (isDirectory(existing)) throw pathError('EISDIR', `cannot replace a directory by a file: ${target}`);
    await copy.to.remove(target);
  }
  const first = copy.copied.get(node.ino);
  if (first !== undefined) return copy.to.makeLink(first, target);
  if (node.links > 1) copy.copied.set(node.ino, target);
  await makeNode(copy, node, source, target);
  await copy.to.setAttributes(target, node, copy);
}

async function makeNode({ from, to }: Copy, node: FoundNode, source: string, target: string): Promise<void> {
  if (isFile(node)) await to.makeFile(target, from.read(source));
  else if (isSymlink(node)) await to.makeSymlink(await from.readlink(source), target);
  else await to.makeSpecial(target, node);
}

interface DirectoryPaths {
  readonly source: string;
  readonly target: string;
  readonly existing: FoundNode | undefined;
}

async function copyDirectory(copy: Copy, node: FoundNode, { source, target, existing }: DirectoryPaths): Promise<void> {
  if (existing === undefined) await copy.to.makeDirectory(target);
  else if (!isDirectory(existing)) throw pathError('ENOTDIR', `cannot replace a file by a directory: ${target}`);
  for (const name of await copy.from.list(source)) {
    const child = posix.join(source, name);
    const found = await copy.from.find(child, false);
    if (found !== undefined) await copyNode(copy, found, child, posix.join(target, name));
  }
  // Last, because every new name in it moved its time.
  if (existing === undefined) await copy.to.setAttributes(target, node, copy);
}
