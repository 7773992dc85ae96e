/** A stack to look into: the layers of an image, bottom first, and the upper of a container on top. */

import type { ImageStack } from '../../analysis/stack.js';
import { layerChanges } from '../../fs/packing.js';
import type { UnionFs } from '../../fs/union-fs.js';
import { applyChanges } from '../../layer/apply.js';
import type { Change } from '../../layer/change.js';
import { DirectoryNode, type LayerOrigin, type Tree, type TreeNode } from '../../tree/node.js';
import { UpperDirectory } from '../../union/upper.js';
import type { SlabName } from '../messages.js';
import type { UpperEntry } from '../view.js';

export interface Slab {
  readonly name: SlabName;
  readonly origin: LayerOrigin;
  /** All that is there with this slab on top of those below it. */
  readonly tree: Tree;
  /** What the slab says. */
  readonly changes: readonly Change[];
}

/** An upper as it was when it was looked at; nothing that is written later reaches it. */
export interface SeenUpper {
  readonly slab: Slab;
  readonly entries: readonly UpperEntry[];
  readonly bytes: number;
}

export function imageSlabs(stack: ImageStack): Slab[] {
  return stack.layers.map(({ diffId, createdBy, layer, tree }) => ({
    name: { kind: 'layer', diffId, title: createdBy },
    origin: layer.origin,
    tree,
    changes: layer.changes,
  }));
}

/** Position of the slab that a node comes from. */
export function ownerOf(node: TreeNode, slabs: readonly Slab[]): number {
  for (let at = slabs.length - 1; at >= 0; at--) if (slabs[at]?.origin === node.origin) return at;
  return 0;
}

/** The node at a path, through no symlink. */
export function nodeAt(tree: Tree | undefined, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = tree?.root;
  for (const name of path.split('/')) {
    if (name === '') continue;
    node = node instanceof DirectoryNode ? node.children.get(name) : undefined;
  }
  return node;
}

/** Takes the upper of a union as it is now: a fork in O(1), and a tree that shares all else with the layers below. */
export function seeUpper(union: UnionFs, below: readonly Slab[]): SeenUpper {
  const changes = union.fork().view.changes();
  const put = [...layerChanges(changes)];
  const lower = below.at(-1)?.tree;
  const origin: LayerOrigin = { id: 'upper' };
  const entries = changes.map(({ kind, path, inode }): UpperEntry => {
    const before = nodeAt(lower, path);
    const sizeBytes = sizeOfPut(put, path);
    const type = typeText((inode ?? before)?.mode ?? 0);
    const owner = before === undefined ? undefined : ownerOf(before, below);
    if (kind === 'delete') return { path, kind: 'whiteout', type, sizeBytes: sizeBelow(before), lower: owner };
    if (before === undefined) return { path, kind: 'new', type, sizeBytes, lower: undefined };
    if (inode instanceof UpperDirectory && before instanceof DirectoryNode) {
      return { path, kind: inode.lower === undefined ? 'opaque' : 'copy-up', type, sizeBytes, lower: owner };
    }
    const isSame = before.mode >> 12 === (inode?.mode ?? 0) >> 12 && inode?.ino === before.ino;
    return { path, kind: isSame ? 'copy-up' : 'replaced', type, sizeBytes, lower: owner };
  });
  return {
    slab: {
      name: { kind: 'upper', diffId: '', title: 'upper' },
      origin,
      tree: applied(lower, put, origin),
      changes: put,
    },
    entries,
    bytes: put.reduce((sum, change) => sum + (change.kind === 'file' ? change.size : 0), 0),
  };
}

function applied(lower: Tree | undefined, put: readonly Change[], origin: LayerOrigin): Tree {
  return put.length === 0 && lower !== undefined ? lower : applyChanges(lower, put, origin);
}

function sizeOfPut(put: readonly Change[], path: string): number {
  const change = put.find((each) => each.path === path);
  return change?.kind === 'file' ? change.size : 0;
}

function sizeBelow(node: TreeNode | undefined): number {
  if (node === undefined) return 0;
  if (!(node instanceof DirectoryNode)) return 'size' in node ? node.size : 0;
  let sum = 0;
  for (const child of node.children.values()) sum += sizeBelow(child);
  return sum;
}

const TYPES: Readonly<Record<number, string>> = { 4: 'directory', 8: 'file', 10: 'symlink' };

function typeText(mode: number): string {
  return TYPES[mode >> 12] ?? 'special';
}
