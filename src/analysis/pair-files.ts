/** The files of two images path by path: which are the same, which differ, and which only one of them has. */

import { childPath, sameContent } from '../tree/diff.js';
import { sortNames } from '../tree/names.js';
import { DirectoryNode, FileNode, type Tree, type TreeNode } from '../tree/node.js';
import { type ContentNames, isSameContent } from './content-names.js';

/** Some files, and their bytes; a file counts at each of its names. */
export interface FileCount {
  readonly files: number;
  readonly bytes: number;
}

/** A path where two images part: it is there in one of them, or is something else in each. */
export interface Parting {
  readonly path: string;
  readonly kind: 'differs' | 'first' | 'second';
  /** Of the files there, and below, in both images together. */
  readonly bytes: number;
}

export interface PairOfFiles {
  /** At one path in both, with the same content. */
  readonly same: FileCount;
  /** At one path in both, and different. The bytes are those of both. */
  readonly differing: FileCount;
  readonly onlyFirst: FileCount;
  readonly onlySecond: FileCount;
  /** The largest of the paths where they part. A directory that only one has is one of them. */
  readonly partings: readonly Parting[];
}

const MOST_PARTINGS = 20;

export function pairFiles(first: Tree | undefined, second: Tree | undefined, names: ContentNames): PairOfFiles {
  const pairing = new Pairing(names);
  pairing.both(first?.root, second?.root, '/');
  return pairing.finish();
}

class Sum implements FileCount {
  files = 0;
  bytes = 0;

  add({ files, bytes }: FileCount): void {
    this.files += files;
    this.bytes += bytes;
  }
}

class Pairing {
  readonly #names: ContentNames;
  readonly #same: Sum = new Sum();
  readonly #differing: Sum = new Sum();
  readonly #onlyFirst: Sum = new Sum();
  readonly #onlySecond: Sum = new Sum();
  #partings: Parting[] = [];

  constructor(names: ContentNames) {
    this.#names = names;
  }

  both(a: TreeNode | undefined, b: TreeNode | undefined, path: string): void {
    if (a === undefined || b === undefined) this.#alone(a, b, path);
    else if (a === b) this.#same.add(countFiles(a));
    else if (a instanceof DirectoryNode && b instanceof DirectoryNode) this.#entries(a, b, path);
    else if (a instanceof FileNode && b instanceof FileNode) this.#files(a, b, path);
    else if (a instanceof DirectoryNode || b instanceof DirectoryNode || !sameContent(a, b)) {
      this.#part('differs', path, [countFiles(a), countFiles(b)]);
    }
  }

  finish(): PairOfFiles {
    const count = ({ files, bytes }: Sum): FileCount => ({ files, bytes });
    return {
      same: count(this.#same),
      differing: count(this.#differing),
      onlyFirst: count(this.#onlyFirst),
      onlySecond: count(this.#onlySecond),
      partings: largest(this.#partings),
    };
  }

  #entries(a: DirectoryNode, b: DirectoryNode, path: string): void {
    const names = [...a.children.keys()];
    for (const name of b.children.keys()) if (!a.children.has(name)) names.push(name);
    for (const name of sortNames(names)) this.both(a.children.get(name), b.children.get(name), childPath(path, name));
  }

  #files(a: FileNode, b: FileNode, path: string): void {
    const isSame = isSameContent(a, b, this.#names);
    if (isSame) this.#same.add(countFiles(a));
    else this.#part('differs', path, [countFiles(a), countFiles(b)]);
  }

  #alone(a: TreeNode | undefined, b: TreeNode | undefined, path: string): void {
    if (a !== undefined) this.#part('first', path, [countFiles(a)]);
    if (b !== undefined) this.#part('second', path, [countFiles(b)]);
  }

  #part(kind: Parting['kind'], path: string, counts: readonly FileCount[]): void {
    const sum = { differs: this.#differing, first: this.#onlyFirst, second: this.#onlySecond }[kind];
    // Two versions of one file are one file that differs.
    const files = kind === 'differs' ? Math.max(...counts.map((count) => count.files)) : (counts[0]?.files ?? 0);
    const bytes = counts.reduce((total, count) => total + count.bytes, 0);
    sum.add({ files, bytes });
    this.#partings.push({ path, kind, bytes });
    if (this.#partings.length > MOST_PARTINGS * 64) this.#partings = largest(this.#partings);
  }
}

function largest(partings: readonly Parting[]): Parting[] {
  return [...partings].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, MOST_PARTINGS);
}

function countFiles(node: TreeNode): FileCount {
  if (node instanceof FileNode) return { files: 1, bytes: node.size };
  const sum = new Sum();
  if (node instanceof DirectoryNode) for (const child of node.children.values()) sum.add(countFiles(child));
  return sum;
}
