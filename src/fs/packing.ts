/** From what a view changed to a changeset that can be packed. */

import type { Change } from '../layer/change.js';
import type { TreeChange } from '../tree/diff.js';
import { DirectoryNode, FileNode, S_IFMT, S_IFSOCK, type SyncBytes } from '../tree/node.js';
import type { Content } from '../union/content.js';
import { isSymlinkInode } from '../union/resolve.js';
import { type Inode, UpperDirectory, UpperFile, type UpperSpecial } from '../union/upper.js';

/**
 * The changes as layer entries, in the same order: deletions are whiteouts, the second and later names of an inode are
 * hard links to its first. Sockets are left out, as Docker leaves them out: they mean nothing without their process.
 */
export function* layerChanges(changes: Iterable<TreeChange<Inode>>): Iterable<Change> {
  const named = new Map<number, string>();
  for (const { path, inode } of changes) {
    if (inode === undefined) yield { kind: 'whiteout', path };
    else if ((inode.mode & S_IFMT) !== S_IFSOCK) yield put(path, inode, named);
  }
}

function put(path: string, inode: Inode, named: Map<number, string>): Change {
  const attributes = inode;
  if (inode instanceof UpperDirectory || inode instanceof DirectoryNode) return { kind: 'directory', path, attributes };
  const target = named.get(inode.ino);
  if (target !== undefined) return { kind: 'link', path, target };
  named.set(inode.ino, path);
  if (inode instanceof FileNode) {
    return { kind: 'file', path, attributes, bytes: inode.bytes, offset: inode.offset, size: inode.size };
  }
  if (inode instanceof UpperFile) {
    return { kind: 'file', path, attributes, bytes: bytesOf(inode.content), offset: 0, size: inode.content.size };
  }
  if (isSymlinkInode(inode)) return { kind: 'symlink', path, attributes, target: inode.target };
  const { major, minor } = inode as UpperSpecial; // devices and fifos are all that is left
  return { kind: 'special', path, attributes, major, minor };
}

/** A written file as bytes that can be read piece by piece; it must not be written to meanwhile. */
function bytesOf(content: Content): SyncBytes {
  return { size: content.size, read: (offset, length) => content.view(offset, length) };
}
