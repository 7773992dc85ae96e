/** Paths inside a tree, with symlinks followed and the root never left. */

import { StratumError } from '../base/error.js';
import { SYMLINK_LIMIT } from './edit.js';
import { DirectoryNode, SymlinkNode, type TreeNode } from './node.js';

/**
 * The path without symlinks and dots; what is missing is kept as it is written. `..` stops at the root, and so does an
 * absolute target. Fails with PATH_INVALID at a loop.
 */
export function rootPath(root: DirectoryNode, path: string, options: { readonly followLast: boolean }): string {
  const pending = path.split('/').reverse();
  let real: string[] = [];
  let nodes: (TreeNode | undefined)[] = [root];
  let followed = 0;
  while (pending.length > 0) {
    const name = pending.pop() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      real.pop();
      if (nodes.length > 1) nodes.pop();
      continue;
    }
    const here = nodes.at(-1);
    const child = here instanceof DirectoryNode ? here.children.get(name) : undefined;
    const isLast = pending.every((rest) => rest === '');
    if (child instanceof SymlinkNode && (options.followLast || !isLast)) {
      if (++followed > SYMLINK_LIMIT) throw new StratumError('PATH_INVALID', 'too many symlinks', { entry: path });
      if (child.target.startsWith('/')) {
        real = [];
        nodes = [root];
      }
      pending.push(...child.target.split('/').reverse());
    } else {
      real.push(name);
      nodes.push(child);
    }
  }
  return `/${real.join('/')}`;
}

/** The node at a path without symlinks. */
export function nodeAt(root: DirectoryNode, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const name of path.split('/')) {
    if (name === '') continue;
    if (!(node instanceof DirectoryNode)) return undefined;
    node = node.children.get(name);
  }
  return node;
}
