/** Tree × tree → changeset: what a layer must say to make the second of the first. */

import { diffTrees, isSameSlice, type TreeReader, treeReader } from '../tree/diff.js';
import { DirectoryNode, FileNode, S_IFMT, S_IFSOCK, SymlinkNode, type Tree, type TreeNode } from '../tree/node.js';
import type { Change, Put } from './change.js';

/**
 * The changes from `before` to `after`; applied to `before` they give `after`, hard links included. If one name of an
 * inode changed, all its names are put, since links cannot reach into lower layers. Sockets are left out: tar cannot
 * hold them.
 */
export function treeChanges(before: Tree, after: Tree): Change[] {
  return changesBetween(before, after, treeReader(before, after));
}

/** As {@link treeChanges}, but a file that was put in the place of an equal one is a change: no content is read. */
export function putChanges(before: Tree, after: Tree): Change[] {
  const reader = treeReader(before, after);
  const hasContentOf: typeof reader.hasContentOf = (node, old) =>
    (!(node instanceof FileNode) || isSameSlice(node, old)) && reader.hasContentOf(node, old);
  return changesBetween(before, after, { ...reader, hasContentOf });
}

function changesBetween(before: Tree, after: Tree, reader: TreeReader<TreeNode>): Change[] {
  const out: Change[] = [];
  const done = new Set<number>();
  for (const { kind, path, inode } of diffTrees(before, reader)) {
    if (inode === undefined || isSocket(inode)) {
      if (kind !== 'add') out.push({ kind: 'whiteout', path });
    } else {
      const names = after.links.get(inode.ino);
      if (names === undefined) out.push(putOf(path, inode));
      else if (!done.has(inode.ino)) out.push(...linkedPuts(names, inode));
      done.add(inode.ino);
    }
  }
  return out;
}

function isSocket(node: TreeNode): boolean {
  return (node.mode & S_IFMT) === S_IFSOCK;
}

function linkedPuts(names: ReadonlySet<string>, node: TreeNode): Put[] {
  const [first = '', ...others] = [...names].sort();
  return [putOf(first, node), ...others.map((path): Put => ({ kind: 'link', path, target: first }))];
}

function putOf(path: string, node: TreeNode): Put {
  if (node instanceof DirectoryNode) return { kind: 'directory', path, attributes: node };
  if (node instanceof FileNode) {
    return { kind: 'file', path, attributes: node, bytes: node.bytes, offset: node.offset, size: node.size };
  }
  if (node instanceof SymlinkNode) return { kind: 'symlink', path, attributes: node, target: node.target };
  return { kind: 'special', path, attributes: node, major: node.major, minor: node.minor };
}
