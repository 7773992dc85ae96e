/** What a COPY or ADD takes of a source tree, in the order in which it is copied. */

import { sortNames } from '../tree/names.js';
import { DirectoryNode, type Tree, type TreeNode } from '../tree/node.js';
import { nodeAt, rootPath } from '../tree/root-path.js';

/** Says which paths a list of patterns means: those of .dockerignore, `--exclude`, `--parents`. */
export interface PathPatterns {
  matches(path: string): boolean;
  /** True when a pattern may take back something below a directory that another matched. */
  hasExceptionBelow(directory: string): boolean;
}

export interface SelectionFilter {
  readonly include: PathPatterns | undefined;
  readonly exclude: PathPatterns | undefined;
}

export interface SelectedEntry {
  /** Below the path that was asked for, without a leading slash; empty for that path itself. */
  readonly relative: string;
  readonly node: TreeNode;
  /** False for a directory that is only on the way to something that is taken. */
  readonly isTaken: boolean;
}

/** Everything at and below a node that passes the filter, parents first, names in the order of their bytes. */
export function selectBelow(node: TreeNode, filter: SelectionFilter): SelectedEntry[] {
  const entries: SelectedEntry[] = [];
  collect(node, '', [], { filter, entries });
  return entries;
}

interface Selecting {
  readonly filter: SelectionFilter;
  readonly entries: SelectedEntry[];
}

/** `pending` are the directories above that nothing was taken from yet. */
function collect(node: TreeNode, relative: string, pending: SelectedEntry[], selecting: Selecting): void {
  const { filter, entries } = selecting;
  const isExcluded = relative !== '' && filter.exclude?.matches(relative) === true;
  const isTaken = relative === '' || (!isExcluded && filter.include?.matches(relative) !== false);
  if (isTaken) {
    entries.push(...pending.splice(0), { relative, node, isTaken });
  }
  if (!(node instanceof DirectoryNode)) return;
  if (isExcluded && filter.exclude?.hasExceptionBelow(relative) !== true) return;
  if (!isTaken) pending.push({ relative, node, isTaken: false });
  const depth = pending.length;
  for (const name of node.sortedNames(sortNames)) {
    const child = node.children.get(name) as TreeNode;
    collect(child, relative === '' ? name : `${relative}/${name}`, pending, selecting);
  }
  if (!isTaken && pending.length === depth && depth > 0) pending.pop();
}

/** True for a path with `*`, `?` or `[` that no backslash takes the meaning from. */
export function hasWildcards(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const char = path.charAt(i);
    if (char === '\\') i++;
    else if (char === '*' || char === '?' || char === '[') return true;
  }
  return false;
}

/**
 * The paths that a source names: itself, or what its wildcards match, component by component. A path without wildcards
 * is answered whether it is there or not.
 */
export function expandSource(
  tree: Tree,
  path: string,
  match: (pattern: string, name: string) => boolean,
): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  const first = names.findIndex(hasWildcards);
  if (first < 0) return [`/${names.join('/')}`];
  const base = rootPath(tree.root, names.slice(0, first).join('/'), { followLast: true });
  const node = nodeAt(tree.root, base);
  return node === undefined ? [] : matchesBelow(node, base === '/' ? '' : base, names.slice(first), match);
}

function matchesBelow(
  node: TreeNode,
  path: string,
  patterns: readonly string[],
  match: (pattern: string, name: string) => boolean,
): string[] {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return [path];
  if (!(node instanceof DirectoryNode)) return [];
  return node
    .sortedNames(sortNames)
    .filter((name) => match(pattern, name))
    .flatMap((name) => matchesBelow(node.children.get(name) as TreeNode, `${path}/${name}`, rest, match));
}
