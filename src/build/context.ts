/** Build contexts: the files that COPY, ADD and bind mounts may take, as a tree. */

import { digestOf } from '../digest/hasher.js';
import { emptyTree, TreeEditor } from '../tree/edit.js';
import { DirectoryNode, FileNode, type Tree, type TreeNode } from '../tree/node.js';
import { Copier } from './copy.js';
import { type PathPatterns, selectBelow } from './selection.js';

/** Files with the digests of their contents. */
export interface SourceTree {
  readonly tree: Tree;
  /** `sha256:…` of a file's content. */
  digest(file: FileNode): string;
}

export interface BuildContext {
  /** A file by its path below the root, ignored or not: the Dockerfile, .dockerignore. Undefined when it is missing. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** The files without those that are ignored. Everything is owned by root. */
  files(ignore: PathPatterns | undefined): Promise<SourceTree>;
  /** Called after the build: a context may remember digests for the next one. */
  close?(): Promise<void>;
}

const digests = new WeakMap<FileNode, string>();

/** A tree as a source; each file is hashed when it is first asked for, and once. */
export function sourceTree(tree: Tree): SourceTree {
  return { tree, digest: contentDigest };
}

export function contentDigest(file: FileNode): string {
  const known = digests.get(file);
  if (known !== undefined) return known;
  const digest = digestOf(file.bytes.read(file.offset, file.size));
  digests.set(file, digest);
  return digest;
}

/** A context of files in memory: an archive that came on standard input, a view, a test. */
export function treeContext(tree: Tree): BuildContext {
  return {
    async read(path) {
      const node = path.split('/').reduce<TreeNode | undefined>(childOf, tree.root);
      return node instanceof FileNode ? node.bytes.read(node.offset, node.size) : undefined;
    },
    async files(ignore) {
      return sourceTree(ownedByRoot(tree, ignore));
    },
  };
}

function childOf(node: TreeNode | undefined, name: string): TreeNode | undefined {
  if (name === '' || name === '.') return node;
  return node instanceof DirectoryNode ? node.children.get(name) : undefined;
}

function ownedByRoot(tree: Tree, ignore: PathPatterns | undefined): Tree {
  const editor = new TreeEditor(emptyTree(), { id: 'context' });
  const now = { mtimeSec: 0, mtimeNsec: 0 };
  const rules = { owner: { uid: 0, gid: 0 }, mode: undefined, now, mtimeSec: undefined };
  new Copier(editor, rules).copy('/', selectBelow(tree.root, { include: undefined, exclude: ignore }), '/');
  return editor.finish();
}
