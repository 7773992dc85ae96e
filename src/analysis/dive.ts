/** The figures that the tool dive gives for an image, by its own arithmetic, to be compared with ours. */

import type { Change } from '../layer/change.js';
import { DirectoryNode, FileNode, type Tree, type TreeNode } from '../tree/node.js';
import { PathVersions } from './efficiency.js';
import type { StackLayer } from './stack.js';

export interface DiveFigures {
  readonly efficiency: number;
  /** All versions of every path that has several, the one that is seen included. */
  readonly wastedBytes: number;
  /** `wastedBytes` over the bytes of all layers but the lowest. */
  readonly userWastedRatio: number;
}

/**
 * dive 0.13 (filetree/efficiency.go) looks at the entries of each layer by their paths, the last of a path only, and at
 * leaves alone: a directory counts where the layer has nothing in it. The whiteout of a directory is a version of the
 * directory's own path with all the bytes below, so that it lowers nothing; opaque markers are not looked at. A
 * whiteout of what is not there ends its look at that layer, which is not followed here.
 */
export function diveFigures(layers: readonly StackLayer[]): DiveFigures {
  const versions = new PathVersions();
  let userBytes = 0;
  for (const [index, { layer }] of layers.entries()) {
    addLeaves(versions, layer.changes, layers[index - 1]?.tree);
    if (index > 0) userBytes += contentBytes(layer.changes);
  }
  const wastedBytes = versions.repeatedBytes;
  return { efficiency: versions.score, wastedBytes, userWastedRatio: ratio(wastedBytes, userBytes) };
}

/** Bytes of all the files that a changeset puts. */
export function contentBytes(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => (change.kind === 'file' ? sum + change.size : sum), 0);
}

/** A part of a whole; of nothing, all that is more than nothing is too much. */
export function ratio(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole;
}

function addLeaves(versions: PathVersions, changes: readonly Change[], below: Tree | undefined): void {
  const parents = parentsOf(changes);
  const puts = new Map<string, number>();
  for (const change of changes) {
    if (change.kind === 'whiteout') versions.add(change.path, bytesHidden(below, change.path));
    else if (change.kind !== 'opaque') puts.set(change.path, change.kind === 'file' ? change.size : 0);
  }
  for (const [path, bytes] of puts) if (path !== '/' && !parents.has(path)) versions.add(path, bytes);
}

/** Every directory that a layer has something in. */
function parentsOf(changes: readonly Change[]): Set<string> {
  const parents = new Set<string>();
  for (const { kind, path } of changes) {
    let end = kind === 'opaque' ? path.length : path.lastIndexOf('/');
    for (; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end);
      if (parents.has(parent)) break;
      parents.add(parent);
    }
  }
  return parents;
}

function bytesHidden(tree: Tree | undefined, path: string): number {
  let node: TreeNode | undefined = tree?.root;
  for (const name of path.split('/').slice(1))
    node = node instanceof DirectoryNode ? node.children.get(name) : undefined;
  return node instanceof DirectoryNode ? sumFiles(node, new Set()) : 0;
}

function sumFiles(directory: DirectoryNode, seen: Set<FileNode>): number {
  let bytes = 0;
  for (const node of directory.children.values()) {
    if (node instanceof DirectoryNode) bytes += sumFiles(node, seen);
    else if (node instanceof FileNode && !seen.has(node)) {
      seen.add(node);
      bytes += node.size;
    }
  }
  return bytes;
}
