/** The merged tree of a stack as rows: who owns each path, and what of the lower slabs does not show. */

import { sortNames } from '../../tree/names.js';
import { DirectoryNode, FileNode, SymlinkNode, type TreeNode } from '../../tree/node.js';
import type { Rows, RowsRequest, TreeRow } from '../messages.js';
import { modeText } from '../text.js';
import { ownerOf, type Slab } from './slabs.js';

/** A row as it is kept: what it shows is worked out when it is looked at. */
interface Line {
  readonly path: string;
  readonly depth: number;
  /** The node in the tree up to each slab. */
  readonly nodes: readonly (TreeNode | undefined)[];
  readonly expanded: boolean | undefined;
}

interface Listing {
  readonly key: string;
  readonly slabs: readonly Slab[];
  readonly lines: readonly Line[];
}

/** Keeps the listing that was asked for last: scrolling asks for it again and again. */
export class RowReader {
  #last: Listing | undefined;

  read(slabs: readonly Slab[], request: RowsRequest): Rows {
    const { mode, toggled, expandAll, filter } = request;
    const key = JSON.stringify([mode, toggled, expandAll, filter]);
    if (this.#last?.key !== key || this.#last.slabs !== slabs) {
      this.#last = { key, slabs, lines: list(slabs, request) };
    }
    const { lines } = this.#last;
    return {
      total: lines.length,
      rows: lines.slice(request.from, request.from + request.count).map((line) => rowOf(line, slabs)),
      slabs: slabs.map(({ name }) => name),
    };
  }
}

function list(slabs: readonly Slab[], request: RowsRequest): Line[] {
  const lines: Line[] = [];
  const toggled = new Set(request.toggled);
  const only = typeof request.mode === 'number' ? changedPaths(slabs, request.mode) : undefined;
  const filter = request.filter.toLowerCase();
  const visit = (nodes: readonly (TreeNode | undefined)[], path: string, depth: number): void => {
    for (const name of namesOf(nodes)) {
      const below = `${path}/${name}`;
      if (only !== undefined && !only.has(below)) continue;
      const children = nodes.map((node) => (node instanceof DirectoryNode ? node.children.get(name) : undefined));
      const isParent = children.some((node) => node instanceof DirectoryNode && node.children.size > 0);
      if (filter !== '') {
        if (below.toLowerCase().includes(filter))
          lines.push({ path: below, depth: 0, nodes: children, expanded: undefined });
        if (isParent) visit(children, below, 0);
        continue;
      }
      const expanded = isParent ? toggled.has(below) !== request.expandAll : undefined;
      lines.push({ path: below, depth, nodes: children, expanded });
      if (expanded === true) visit(children, below, depth + 1);
    }
  };
  const shown = typeof request.mode === 'number' ? slabs.slice(0, request.mode + 1) : slabs;
  visit(
    shown.map(({ tree }) => tree.root),
    '',
    0,
  );
  return lines;
}

/** Every name that any slab has here, whether it shows or not. */
function namesOf(nodes: readonly (TreeNode | undefined)[]): readonly string[] {
  const directories = [...new Set(nodes)].filter((node) => node instanceof DirectoryNode);
  const [first] = directories;
  if (first === undefined) return [];
  if (directories.length === 1) return first.sortedNames(sortNames);
  const names = new Set<string>();
  for (const directory of directories) for (const name of directory.children.keys()) names.add(name);
  return sortNames([...names]);
}

/** The paths that a slab says something of, and the directories above them. */
function changedPaths(slabs: readonly Slab[], at: number): Set<string> {
  const paths = new Set<string>();
  for (const { path, kind } of slabs[at]?.changes ?? []) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      if (paths.has(above)) break;
      paths.add(above);
    }
    if (kind === 'whiteout' || kind === 'opaque') addAll(slabs[at - 1]?.tree.root, path, paths);
  }
  return paths;
}

/** What a whiteout hides is shown with it. */
function addAll(root: TreeNode | undefined, path: string, paths: Set<string>): void {
  let node = root;
  for (const name of path.split('/').filter((each) => each !== '')) {
    node = node instanceof DirectoryNode ? node.children.get(name) : undefined;
  }
  const visit = (each: TreeNode | undefined, at: string): void => {
    paths.add(at);
    if (each instanceof DirectoryNode) for (const [name, child] of each.children) visit(child, `${at}/${name}`);
  };
  visit(node, path);
}

function rowOf({ path, depth, nodes, expanded }: Line, slabs: readonly Slab[]): TreeRow {
  const top = nodes.at(-1);
  const shown = top ?? [...nodes].reverse().find((node) => node !== undefined);
  const hidden = hiddenBelow(nodes, top, slabs);
  const owner = top === undefined ? deletedBy(nodes) : ownerOf(top, slabs);
  const wasThere = nodes.slice(0, owner).some((node) => node !== undefined);
  const isKept = top === undefined || nodes[owner - 1] === top;
  return {
    path,
    name: depth === 0 && path.lastIndexOf('/') > 0 ? path : path.slice(path.lastIndexOf('/') + 1),
    depth,
    kind: kindOf(shown),
    expanded,
    sizeBytes: shown instanceof FileNode ? shown.size : 0,
    link: shown instanceof SymlinkNode ? shown.target : undefined,
    mode: modeText(shown?.mode ?? 0),
    owner,
    change: top === undefined ? 'D' : owner === 0 || isKept ? undefined : wasThere ? 'C' : 'A',
    hidden,
  };
}

/** Files of lower slabs that do not show, top first. */
function hiddenBelow(
  nodes: readonly (TreeNode | undefined)[],
  top: TreeNode | undefined,
  slabs: readonly Slab[],
): TreeRow['hidden'] {
  const hidden: { slab: number; sizeBytes: number }[] = [];
  const seen = new Set<TreeNode>();
  for (let at = nodes.length - 2; at >= 0; at--) {
    const node = nodes[at];
    if (node === undefined || node === top || seen.has(node)) continue;
    seen.add(node);
    if (node instanceof DirectoryNode && (top === undefined || top instanceof DirectoryNode)) continue;
    hidden.push({ slab: ownerOf(node, slabs), sizeBytes: node instanceof FileNode ? node.size : 0 });
  }
  return hidden;
}

/** The slab above the last one that has the path. */
function deletedBy(nodes: readonly (TreeNode | undefined)[]): number {
  let last = nodes.length - 1;
  while (last >= 0 && nodes[last] === undefined) last--;
  return last + 1;
}

function kindOf(node: TreeNode | undefined): TreeRow['kind'] {
  if (node instanceof DirectoryNode) return 'directory';
  if (node instanceof FileNode) return 'file';
  return node instanceof SymlinkNode ? 'symlink' : 'special';
}
