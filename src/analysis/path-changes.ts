/** The paths that a layer adds, changes and hides: two trees that follow one another, held apart by identity. */

import { childPath, sameAttributes } from '../tree/diff.js';
import { sortNames } from '../tree/names.js';
import { DirectoryNode, type Tree, type TreeNode } from '../tree/node.js';

export interface PathChange {
  readonly kind: 'add' | 'modify' | 'delete';
  /** Absolute, through no symlink. */
  readonly path: string;
  /** What was there; undefined for what is new. */
  readonly before: TreeNode | undefined;
  /** What is there now; undefined for what is gone. */
  readonly after: TreeNode | undefined;
}

/**
 * What makes `after` of `before`, in the order of the paths, parents first. Every path is told: those below a directory
 * that is new, and those below one that is gone. A directory is changed when its attributes are; a file when the layer
 * wrote it again, were it with the same content, since its bytes are then stored again. No content is read, and
 * directories that both trees share are skipped.
 */
export function pathChanges(before: Tree | undefined, after: Tree): PathChange[] {
  const changes: PathChange[] = [];
  if (before === undefined) addBelow(after.root, '/', changes);
  else compare(before.root, after.root, '/', changes);
  return changes;
}

function compare(old: TreeNode, node: TreeNode, path: string, changes: PathChange[]): void {
  if (old === node) return;
  if (old instanceof DirectoryNode && node instanceof DirectoryNode) {
    if (!sameAttributes(old, node)) changes.push({ kind: 'modify', path, before: old, after: node });
    compareEntries(old, node, path, changes);
    return;
  }
  changes.push({ kind: 'modify', path, before: old, after: node });
  if (old instanceof DirectoryNode) deleteBelow(old, path, changes);
  if (node instanceof DirectoryNode) addBelow(node, path, changes);
}

function compareEntries(old: DirectoryNode, directory: DirectoryNode, path: string, changes: PathChange[]): void {
  const names: string[] = [];
  for (const [name, node] of directory.children) if (old.children.get(name) !== node) names.push(name);
  for (const name of old.children.keys()) if (!directory.children.has(name)) names.push(name);
  for (const name of sortNames(names)) {
    const before = old.children.get(name);
    const after = directory.children.get(name);
    const below = childPath(path, name);
    if (before !== undefined && after !== undefined) compare(before, after, below, changes);
    else if (after !== undefined) add(after, below, changes);
    else if (before !== undefined) remove(before, below, changes);
  }
}

function add(node: TreeNode, path: string, changes: PathChange[]): void {
  changes.push({ kind: 'add', path, before: undefined, after: node });
  if (node instanceof DirectoryNode) addBelow(node, path, changes);
}

function addBelow(directory: DirectoryNode, path: string, changes: PathChange[]): void {
  for (const name of directory.sortedNames(sortNames)) {
    const node = directory.children.get(name);
    if (node !== undefined) add(node, childPath(path, name), changes);
  }
}

function remove(node: TreeNode, path: string, changes: PathChange[]): void {
  changes.push({ kind: 'delete', path, before: node, after: undefined });
  if (node instanceof DirectoryNode) deleteBelow(node, path, changes);
}

function deleteBelow(directory: DirectoryNode, path: string, changes: PathChange[]): void {
  for (const name of directory.sortedNames(sortNames)) {
    const node = directory.children.get(name);
    if (node !== undefined) remove(node, childPath(path, name), changes);
  }
}
