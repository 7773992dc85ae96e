/** Reads a view as the newer side of a diff: only what stands in its upper is looked at. */

import type { TreeReader } from '../tree/diff.js';
import { DirectoryNode, FileNode, SpecialNode, SymlinkNode, type TreeNode } from '../tree/node.js';
import type { ViewState } from './state.js';
import { type Directory, type Inode, isUpper, UpperDirectory, UpperFile, UpperSpecial, UpperSymlink } from './upper.js';

export function viewReader(state: ViewState): TreeReader<Inode> {
  return {
    root: state.root,
    child: (directory, name) => state.child(directory as Directory, name),
    names: (directory) =>
      directory instanceof UpperDirectory
        ? directory.sortedNames((names) => names.sort())
        : (directory as DirectoryNode).children.keys(),
    namesChangedSince: (directory, before) =>
      directory instanceof UpperDirectory && directory.lower === before ? directory.changedNames() : undefined,
    hasContentOf: (inode, before) => (isUpper(inode) ? isCopyOf(inode, before) : inode === before),
    isUntouched: (inode, before) => inode === before,
  };
}

/** True when an upper inode was copied up from `before`, and only its attributes may have changed since. */
function isCopyOf(inode: Inode, before: TreeNode): boolean {
  if (isUpper(inode) && inode.relinked) return false;
  if (inode instanceof UpperFile) {
    return before instanceof FileNode && inode.content.isSlice(before.bytes, before.offset, before.size);
  }
  if (inode instanceof UpperSymlink) return before instanceof SymlinkNode && inode.target === before.target;
  if (inode instanceof UpperSpecial) {
    return before instanceof SpecialNode && inode.major === before.major && inode.minor === before.minor;
  }
  return before instanceof DirectoryNode;
}
