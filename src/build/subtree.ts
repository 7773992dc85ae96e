/** A directory of a tree as a tree of its own. */

import { emptyTree, TreeEditor } from '../tree/edit.js';
import type { Tree, TreeNode } from '../tree/node.js';
import { Copier } from './copy.js';
import { selectBelow } from './selection.js';

/** `node` is what is at `path`, which has no symlinks. */
export function subtree({ node, path }: { readonly node: TreeNode; readonly path: string }): Tree {
  const editor = new TreeEditor(emptyTree(), { id: 'subtree' });
  const rules = { owner: undefined, mode: undefined, now: node, mtimeSec: undefined };
  new Copier(editor, rules).copy(path, selectBelow(node, { include: undefined, exclude: undefined }), '/');
  return editor.finish();
}
