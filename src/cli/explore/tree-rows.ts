/** The merged tree at a layer, with what is gone in it, as rows: of open directories, and of what the filters let through. */

import { childPath, sameAttributes } from '../../tree/diff.js';
import { sortNames } from '../../tree/names.js';
import { DirectoryNode, FileNode, type Tree, type TreeNode } from '../../tree/node.js';

/** What a layer does to a path. A directory in which something changes is itself changed. */
export type RowKind = 'added' | 'removed' | 'modified' | 'unmodified';

export interface TreeRow {
  readonly path: string;
  readonly name: string;
  /** 0 below the root. */
  readonly depth: number;
  readonly kind: RowKind;
  /** The inode; of what is gone, the one that was there. */
  readonly node: TreeNode;
  readonly isClosed: boolean;
  /** For the row and each directory above it, topmost first, whether another entry of the same directory comes below. */
  readonly follows: boolean[];
}

export interface RowsOptions {
  readonly closed: ReadonlySet<string>;
  readonly hidden: ReadonlySet<RowKind>;
  /** Only paths that contain it, with the directories above them; all for the empty text. */
  readonly filter: string;
  readonly order: 'name' | 'size';
}

/** Two trees to be shown as one. Sizes and kinds are found once, whatever is opened or filtered. */
export class ComparedTrees {
  readonly #before: Tree | undefined;
  readonly #after: Tree | undefined;
  readonly #kinds: Map<DirectoryNode, RowKind> = new Map();

  constructor(before: Tree | undefined, after: Tree | undefined) {
    this.#before = before;
    this.#after = after;
  }

  rows(options: RowsOptions): TreeRow[] {
    const rows: TreeRow[] = [];
    const filtering = { ...options, filter: options.filter.toLowerCase() };
    this.#addRows({ before: this.#before?.root, after: this.#after?.root, path: '/', follows: [] }, filtering, rows);
    return rows;
  }

  /** Every directory, for those who close all. */
  directories(): string[] {
    const all = { closed: new Set<string>(), hidden: new Set<RowKind>(), filter: '', order: 'name' as const };
    return this.rows(all).flatMap(({ node, path }) => (node instanceof DirectoryNode ? [path] : []));
  }

  /** Adds what a pair of directories holds; what has nothing to show below and is filtered itself is taken off again. */
  #addRows({ before, after, path, follows }: Pair, options: RowsOptions, rows: TreeRow[]): void {
    const entries = this.#entries(before, after, options.order);
    /** Where this directory's last row stands, to be told that it is the last. */
    let last = -1;
    for (const [name, old, node] of entries) {
      const shown = node ?? old;
      if (shown === undefined) continue;
      const below = childPath(path, name);
      const kind = this.#kindOf(old, node);
      const matches =
        !options.hidden.has(kind) && (options.filter === '' || below.toLowerCase().includes(options.filter));
      const pair = { before: asDirectory(old), after: asDirectory(node), path: below };
      const isDirectory = shown instanceof DirectoryNode;
      if (!matches && !isDirectory) continue;
      const isClosed = isDirectory && options.closed.has(below);
      const at = rows.length;
      const own = [...follows, true];
      rows.push({ path: below, name, depth: follows.length, kind, node: shown, isClosed, follows: own });
      if (isDirectory && !isClosed) this.#addRows({ ...pair, follows: own }, options, rows);
      const isEmpty = rows.length === at + 1;
      if (!matches && isEmpty && !(isClosed && this.#hasMatch(pair, options))) rows.length = at;
      else last = at;
    }
    if (last >= 0) markLast(rows, last, follows.length);
  }

  #hasMatch({ before, after, path }: Omit<Pair, 'follows'>, options: RowsOptions): boolean {
    for (const [name, old, node] of this.#entries(before, after, 'name')) {
      const below = childPath(path, name);
      const isHidden = options.hidden.has(this.#kindOf(old, node));
      if (!isHidden && (options.filter === '' || below.toLowerCase().includes(options.filter))) return true;
      const pair = { before: asDirectory(old), after: asDirectory(node), path: below };
      if ((pair.before ?? pair.after) !== undefined && this.#hasMatch(pair, options)) return true;
    }
    return false;
  }

  *#entries(
    before: DirectoryNode | undefined,
    after: DirectoryNode | undefined,
    order: RowsOptions['order'],
  ): Iterable<[string, TreeNode | undefined, TreeNode | undefined]> {
    let names: readonly string[];
    if (before === undefined || before === after) names = after?.sortedNames(sortNames) ?? [];
    else if (after === undefined) names = before.sortedNames(sortNames);
    else {
      const gone = [...before.children.keys()].filter((name) => !after.children.has(name));
      names = gone.length === 0 ? after.sortedNames(sortNames) : sortNames([...after.children.keys(), ...gone]);
    }
    const size = (name: string): number => shownBytes(after?.children.get(name) ?? before?.children.get(name));
    if (order === 'size') names = [...names].sort((a, b) => size(b) - size(a));
    for (const name of names) yield [name, before?.children.get(name), after?.children.get(name)];
  }

  #kindOf(before: TreeNode | undefined, after: TreeNode | undefined): RowKind {
    if (after === undefined) return 'removed';
    if (before === undefined) return 'added';
    if (before === after) return 'unmodified';
    if (!(before instanceof DirectoryNode && after instanceof DirectoryNode)) return 'modified';
    const known = this.#kinds.get(after);
    if (known !== undefined) return known;
    const kind = sameAttributes(before, after) && !this.#changesBelow(before, after) ? 'unmodified' : 'modified';
    this.#kinds.set(after, kind);
    return kind;
  }

  #changesBelow(before: DirectoryNode, after: DirectoryNode): boolean {
    if (before.children.size !== after.children.size) return true;
    for (const [name, node] of after.children) {
      if (this.#kindOf(before.children.get(name), node) !== 'unmodified') return true;
    }
    return false;
  }
}

interface Pair {
  readonly before: DirectoryNode | undefined;
  readonly after: DirectoryNode | undefined;
  readonly path: string;
  readonly follows: readonly boolean[];
}

function asDirectory(node: TreeNode | undefined): DirectoryNode | undefined {
  return node instanceof DirectoryNode ? node : undefined;
}

/** Nothing of its directory comes below the row at `at`: neither it nor those in it draw that line. */
function markLast(rows: TreeRow[], at: number, depth: number): void {
  for (let i = at; i < rows.length; i++) {
    const row = rows[i] as TreeRow;
    if (i > at && row.depth <= depth) break;
    row.follows[depth] = false;
  }
}

/** Directories are shared by the trees of many layers: each is counted once. */
const sums: WeakMap<DirectoryNode, number> = new WeakMap();

/** Bytes of a file, or of the files below a directory; a file with two names counts twice. */
export function shownBytes(node: TreeNode | undefined): number {
  if (node instanceof FileNode) return node.size;
  if (!(node instanceof DirectoryNode)) return 0;
  const known = sums.get(node);
  if (known !== undefined) return known;
  let sum = 0;
  for (const child of node.children.values()) sum += shownBytes(child);
  sums.set(node, sum);
  return sum;
}
