/** Finds files with the same content, and reads as little as it can: sizes first, then beginnings, then all. */

import { finishDigest, hashing } from '../digest/hasher.js';
import { sameContent } from '../tree/diff.js';
import type { FileNode } from '../tree/node.js';

/** Of files that are longer, this much is looked at before the whole. */
const BEGINNING_BYTES = 4096;
/** A file is hashed in pieces. */
const PIECE_BYTES = 1 << 20;

/**
 * Names where a file is stored: by layer and place, which is the same for all who have the layer. A sparse file, whose
 * content is put together, is named by itself.
 */
export function storedAs(file: FileNode): string | FileNode {
  return file.offset === 0 ? file : `${file.origin.id} ${file.offset}`;
}

/** Groups of at least two files with the same content, in the order of their first files. Empty files are no content. */
export function sameContentGroups(files: Iterable<FileNode>): FileNode[][] {
  const bySize = split([...files], (file) => file.size).filter(([first]) => (first?.size ?? 0) > 0);
  const byBeginning = bySize.flatMap((group) => split(group, (file) => digestOfPart(file, BEGINNING_BYTES)));
  return byBeginning.flatMap((group) => {
    const [first, second, third] = group;
    if (first === undefined || first.size <= BEGINNING_BYTES) return [group];
    if (second !== undefined && third === undefined) return sameContent(first, second) ? [group] : [];
    return split(group, (file) => digestOfPart(file, file.size));
  });
}

/** Groups by a key; what stands alone is dropped. */
function split<K>(files: readonly FileNode[], key: (file: FileNode) => K): FileNode[][] {
  const groups = new Map<K, FileNode[]>();
  for (const file of files) {
    const at = key(file);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [file]);
    else group.push(file);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function digestOfPart(file: FileNode, limitBytes: number): string {
  const hasher = hashing.get()('sha256');
  const end = Math.min(file.size, limitBytes);
  for (let at = 0; at < end; at += PIECE_BYTES) {
    hasher.update(file.bytes.read(file.offset + at, Math.min(PIECE_BYTES, end - at)));
  }
  return finishDigest('sha256', hasher);
}
