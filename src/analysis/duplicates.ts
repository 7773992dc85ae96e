/** Content that an image shows at several paths and stores as often. */

import { childPath } from '../tree/diff.js';
import { sortNames } from '../tree/names.js';
import { DirectoryNode, FileNode, type LayerOrigin, type Tree } from '../tree/node.js';
import { type ContentNames, sameContentGroups } from './content-names.js';

export interface DuplicatePlace {
  /** The first name of a file that has several. */
  readonly path: string;
  /** Index of the layer that stores this copy. */
  readonly layer: number;
}

export interface DuplicateGroup {
  /** Of one copy. */
  readonly sizeBytes: number;
  /** What one copy for all would save. */
  readonly wastedBytes: number;
  /** In the order of the paths. */
  readonly places: readonly DuplicatePlace[];
}

/** The files of a tree with the first path of each, in the order of the paths. */
export function filesOf(tree: Tree): Map<FileNode, string> {
  const files = new Map<FileNode, string>();
  gather(tree.root, '/', files);
  return files;
}

function gather(directory: DirectoryNode, path: string, files: Map<FileNode, string>): void {
  for (const name of directory.sortedNames(sortNames)) {
    const node = directory.children.get(name);
    if (node instanceof DirectoryNode) gather(node, childPath(path, name), files);
    else if (node instanceof FileNode && !files.has(node)) files.set(node, childPath(path, name));
  }
}

/** Groups of files with one content, the most wasteful first. */
export function findDuplicates(
  tree: Tree,
  layerOf: ReadonlyMap<LayerOrigin, number>,
  names: ContentNames,
): DuplicateGroup[] {
  const files = filesOf(tree);
  return sameContentGroups(files.keys(), names)
    .map((group): DuplicateGroup => {
      const sizeBytes = group[0]?.size ?? 0;
      const places = group.map((file) => ({ path: files.get(file) ?? '', layer: layerOf.get(file.origin) ?? 0 }));
      return { sizeBytes, wastedBytes: sizeBytes * (group.length - 1), places };
    })
    .sort((a, b) => b.wastedBytes - a.wastedBytes || ((a.places[0]?.path ?? '') < (b.places[0]?.path ?? '') ? -1 : 1));
}
