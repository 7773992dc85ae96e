/**
 * What changed between two trees, in the order of their paths, parents first. Directories that both trees share are
 * skipped; of a directory that knows how it differs from the other's, only those names are looked at.
 */

import { equalBytes } from '../base/bytes.js';
import { sortNames } from './names.js';
import {
  type Attributes,
  DirectoryNode,
  FileNode,
  isDirectory,
  S_IFMT,
  SpecialNode,
  SymlinkNode,
  type Tree,
  type TreeNode,
} from './node.js';

/** An inode of either side; the reader of its side knows more. */
export interface TreeInode extends Attributes {
  readonly ino: number;
}

/** How the newer side is read; a tree and a view both can be. */
export interface TreeReader<I extends TreeInode> {
  readonly root: I;
  child(directory: I, name: string): I | undefined;
  /** All names of a directory, in any order. */
  names(directory: I): Iterable<string>;
  /** The names that may differ from `before`; undefined when that is not known. */
  namesChangedSince(directory: I, before: DirectoryNode): Iterable<string> | undefined;
  /** True when the inode and its content are those of `before`; attributes are compared elsewhere. */
  hasContentOf(inode: I, before: TreeNode): boolean;
  /** True when nothing about the inode, nor below it, can differ from `before`. */
  isUntouched(inode: I, before: TreeNode): boolean;
}

export interface TreeChange<I extends TreeInode> {
  readonly kind: 'add' | 'modify' | 'delete';
  /** Absolute. A deleted directory is one change, with nothing below it. */
  readonly path: string;
  /** The newer inode; undefined for a deletion. */
  readonly inode: I | undefined;
}

/** The changes that make `after` of `before`. Costs what differs, not what is there. */
export function diffTrees<I extends TreeInode>(before: Tree, after: TreeReader<I>): TreeChange<I>[] {
  const changes: TreeChange<I>[] = [];
  compare(before.root, after.root, '/', { after, changes });
  return changes;
}

interface Diff<I extends TreeInode> {
  readonly after: TreeReader<I>;
  readonly changes: TreeChange<I>[];
}

function compare<I extends TreeInode>(old: TreeNode, inode: I, path: string, diff: Diff<I>): void {
  if (diff.after.isUntouched(inode, old)) return;
  if ((old.mode & S_IFMT) !== (inode.mode & S_IFMT)) {
    diff.changes.push({ kind: 'modify', path, inode });
    if (isDirectory(inode)) addBelow(inode, path, diff);
    return;
  }
  const same = sameAttributes(old, inode) && (isDirectory(inode) || diff.after.hasContentOf(inode, old));
  if (!same) diff.changes.push({ kind: 'modify', path, inode });
  if (old instanceof DirectoryNode) compareEntries(old, inode, path, diff);
}

function compareEntries<I extends TreeInode>(old: DirectoryNode, directory: I, path: string, diff: Diff<I>): void {
  const { after, changes } = diff;
  const changed = after.namesChangedSince(directory, old);
  const names = changed ?? new Set([...old.children.keys(), ...after.names(directory)]);
  for (const name of sortNames([...names])) {
    const inode = after.child(directory, name);
    const below = childPath(path, name);
    const before = old.children.get(name);
    if (inode === undefined) {
      if (before !== undefined) changes.push({ kind: 'delete', path: below, inode: undefined });
    } else if (before === undefined) add(inode, below, diff);
    else compare(before, inode, below, diff);
  }
}

function add<I extends TreeInode>(inode: I, path: string, diff: Diff<I>): void {
  diff.changes.push({ kind: 'add', path, inode });
  if (isDirectory(inode)) addBelow(inode, path, diff);
}

function addBelow<I extends TreeInode>(directory: I, path: string, diff: Diff<I>): void {
  for (const name of sortNames([...diff.after.names(directory)])) {
    const inode = diff.after.child(directory, name);
    if (inode !== undefined) add(inode, childPath(path, name), diff);
  }
}

export function childPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** True when mode, owner, time and extended attributes are the same. */
export function sameAttributes(a: Attributes, b: Attributes): boolean {
  return (
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.mtimeSec === b.mtimeSec &&
    a.mtimeNsec === b.mtimeNsec &&
    sameXattrs(a.xattrs, b.xattrs)
  );
}

function sameXattrs(a: Attributes['xattrs'], b: Attributes['xattrs']): boolean {
  if (a === b) return true;
  if ((a?.size ?? 0) !== (b?.size ?? 0)) return false;
  for (const [name, value] of a ?? []) {
    const other = b?.get(name);
    if (other === undefined || !equalBytes(value, other)) return false;
  }
  return true;
}

/** Reads a tree as the newer side. `links` of both are held against each other: a new link is a change. */
export function treeReader(before: Tree, tree: Tree): TreeReader<TreeNode> {
  return {
    root: tree.root,
    child: (directory, name) => (directory as DirectoryNode).children.get(name),
    names: (directory) => (directory as DirectoryNode).children.keys(),
    namesChangedSince: () => undefined,
    hasContentOf: (inode, old) => sameLinks(before, tree, old, inode) && sameContent(old, inode),
    isUntouched: (inode, old) => inode === old && (isDirectory(inode) || sameLinks(before, tree, old, inode)),
  };
}

function sameLinks(before: Tree, after: Tree, old: TreeNode, node: TreeNode): boolean {
  const [a, b] = [before.links.get(old.ino), after.links.get(node.ino)];
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.size === b.size && [...a].every((path) => b.has(path));
}

/** Content of at most this many bytes is compared at a time. */
const COMPARE_BYTES = 1 << 20;

/** True when two inodes of one type hold the same: slices of the same bytes at once, others byte by byte. */
export function sameContent(a: TreeNode, b: TreeNode): boolean {
  if (a instanceof FileNode && b instanceof FileNode) return sameFile(a, b);
  if (a instanceof SymlinkNode && b instanceof SymlinkNode) return a.target === b.target;
  if (a instanceof SpecialNode && b instanceof SpecialNode) return a.major === b.major && a.minor === b.minor;
  return a instanceof DirectoryNode && b instanceof DirectoryNode;
}

/** True when a file is the very bytes of another, without looking at them. */
export function isSameSlice(a: FileNode, b: TreeNode): boolean {
  return b instanceof FileNode && a.size === b.size && a.bytes === b.bytes && a.offset === b.offset;
}

function sameFile(a: FileNode, b: FileNode): boolean {
  if (a.size !== b.size) return false;
  if (isSameSlice(a, b)) return true;
  for (let at = 0; at < a.size; at += COMPARE_BYTES) {
    const length = Math.min(COMPARE_BYTES, a.size - at);
    if (!equalBytes(a.bytes.read(a.offset + at, length), b.bytes.read(b.offset + at, length))) return false;
  }
  return true;
}
