/** Makes a tree from a tree: copies each directory that an edit touches, once, and shares all others with the base. */

import { StratumError } from '../base/error.js';
import { LinkLedger } from './links.js';
import { ownName } from './names.js';
import {
  type Attributes,
  DirectoryNode,
  FileNode,
  type LayerOrigin,
  S_IFDIR,
  SpecialNode,
  SymlinkNode,
  type SyncBytes,
  type Tree,
  type TreeNode,
} from './node.js';

/** As many symlinks as Linux follows in one path (path_resolution(7)). */
export const SYMLINK_LIMIT = 40;

export interface TreeEditorOptions {
  /** Replaces a symlink that stands where an entry needs a directory, instead of following it inside the root. */
  readonly isolate?: boolean;
}

/** Attributes of a directory that no entry describes: as Docker and umoci make them, without a time of our own. */
export const IMPLIED_DIRECTORY: Attributes = {
  mode: S_IFDIR | 0o755,
  uid: 0,
  gid: 0,
  mtimeSec: 0,
  mtimeNsec: 0,
  xattrs: undefined,
};

const NO_ORIGIN: LayerOrigin = { id: 'empty' };

/** A tree of nothing but its root. */
export function emptyTree(): Tree {
  return { root: new DirectoryNode(1, IMPLIED_DIRECTORY, NO_ORIGIN, new Map()), links: new Map(), nextIno: 2 };
}

/** A directory that this editor made, so that its children may still change. */
interface OpenDirectory {
  /** Where it is, without symlinks; empty for the root. */
  readonly path: string;
  readonly node: DirectoryNode;
  readonly children: Map<string, TreeNode>;
}

/**
 * Edits by absolute path. Parents are resolved inside the root: a symlink is followed, `..` stops at the root, and a
 * parent that is missing is made. The last component is never followed.
 */
export class TreeEditor {
  readonly #origin: LayerOrigin;
  readonly #isolate: boolean;
  readonly #links: LinkLedger;
  /** Directories of this editor by node; everything else is shared and must be copied first. */
  readonly #open: Map<DirectoryNode, Map<string, TreeNode>> = new Map();
  #root: DirectoryNode;
  #nextIno: number;
  #cursorPath = '';
  #cursor: OpenDirectory | undefined;

  constructor(base: Tree | undefined, origin: LayerOrigin, options: TreeEditorOptions = {}) {
    const tree = base ?? emptyTree();
    this.#root = tree.root;
    this.#nextIno = tree.nextIno;
    this.#links = new LinkLedger(tree.links);
    this.#origin = origin;
    this.#isolate = options.isolate ?? false;
  }

  /** The node at a path; parents' symlinks are followed, the last component is not. */
  find(path: string): TreeNode | undefined {
    if (path === '/') return this.#root;
    const [parent, name] = splitPath(path);
    const found = this.#walk(parent, false);
    return found?.node.children.get(name);
  }

  putFile(path: string, attributes: Attributes, bytes: SyncBytes, offset: number, size: number): void {
    this.#put(path, (ino) => new FileNode(ino, attributes, this.#origin, bytes, offset, size));
  }

  putSymlink(path: string, attributes: Attributes, target: string): void {
    this.#put(path, (ino) => new SymlinkNode(ino, attributes, this.#origin, target));
  }

  putSpecial(path: string, attributes: Attributes, major: number, minor: number): void {
    this.#put(path, (ino) => new SpecialNode(ino, attributes, this.#origin, major, minor));
  }

  /** Makes a directory, or gives one that is there new attributes; its children stay. */
  putDirectory(path: string, attributes: Attributes): void {
    if (path === '/') {
      this.#root = this.#dress(this.#openRoot(), attributes);
      this.#forgetCursor();
      return;
    }
    const [parentPath, name] = splitPath(path);
    const parent = this.#parent(parentPath);
    const before = parent.children.get(name);
    if (before instanceof DirectoryNode) {
      parent.children.set(name, this.#dress(this.#copy(parent, name, before), attributes));
      this.#forgetCursor();
      return;
    }
    this.#drop(parent, name);
    setEntry(parent, name, this.#makeDirectory(attributes));
  }

  /** Gives the inode at `target` another name; fails with LAYER_INVALID when it is missing or a directory. */
  link(path: string, target: string): void {
    const node = this.find(target);
    if (node === undefined || node instanceof DirectoryNode) {
      const why = node === undefined ? 'is not there' : 'is a directory';
      throw new StratumError('LAYER_INVALID', `hard link to ${JSON.stringify(target)}, which ${why}`, { entry: path });
    }
    const [parentPath, name] = splitPath(path);
    const parent = this.#parent(parentPath);
    if (parent.children.get(name) === node) return;
    const existing = this.#realPath(target);
    this.#drop(parent, name);
    setEntry(parent, name, node);
    this.#links.add(node.ino, existing, `${parent.path}/${name}`);
  }

  /** Removes what is at a path with all below it; false when nothing is there. */
  remove(path: string): boolean {
    const [parentPath, name] = splitPath(path);
    if (this.#walk(parentPath, false)?.node.children.has(name) !== true) return false;
    const parent = this.#parent(parentPath);
    this.#drop(parent, name);
    parent.children.delete(name);
    return true;
  }

  /** Empties a directory; what is no directory, or not there, is left alone. */
  clearDirectory(path: string): void {
    const node = this.find(path);
    if (!(node instanceof DirectoryNode) || node.children.size === 0) return;
    const directory = path === '/' ? this.#openRoot() : this.#parent(path);
    this.#links.removeBelow(directory.path);
    directory.children.clear();
    this.#forgetCursor();
  }

  /** The tree as it stands; the editor must not be used afterwards. */
  finish(): Tree {
    this.#open.clear();
    return { root: this.#root, links: this.#links.finish(), nextIno: this.#nextIno };
  }

  #put(path: string, make: (ino: number) => TreeNode): void {
    const [parentPath, name] = splitPath(path);
    if (name === '') throw new StratumError('LAYER_INVALID', 'the root must be a directory', { entry: path });
    const parent = this.#parent(parentPath);
    this.#drop(parent, name);
    setEntry(parent, name, make(this.#nextIno++));
  }

  /** Before a name is taken away or replaced: its hard links, and those below it, lose that name. */
  #drop(parent: OpenDirectory, name: string): void {
    const before = parent.children.get(name);
    if (before === undefined) return;
    if (before instanceof DirectoryNode) this.#forgetCursor();
    if (this.#links.isEmpty) return;
    const path = `${parent.path}/${name}`;
    if (before instanceof DirectoryNode) this.#links.removeBelow(path);
    else this.#links.remove(before.ino, path);
  }

  /** The directory at a path, open for change, made if it is missing. Entries come sorted: the last one is kept. */
  #parent(path: string): OpenDirectory {
    if (this.#cursor !== undefined && path === this.#cursorPath) return this.#cursor;
    const directory = this.#walk(path, true) as OpenDirectory;
    this.#cursor = directory;
    this.#cursorPath = path;
    return directory;
  }

  #forgetCursor(): void {
    this.#cursor = undefined;
  }

  #openRoot(): OpenDirectory {
    const known = this.#open.get(this.#root);
    if (known !== undefined) return { path: '', node: this.#root, children: known };
    const root = this.#duplicate(this.#root, '');
    this.#root = root.node;
    return root;
  }

  /** Walks to a directory. With `edit`, every directory on the way is opened, and a missing one is made. */
  #walk(path: string, edit: boolean): OpenDirectory | undefined {
    const stack: OpenDirectory[] = [edit ? this.#openRoot() : this.#look(this.#root, '')];
    const pending = path.split('/').reverse();
    let followed = 0;
    while (pending.length > 0) {
      const name = pending.pop() as string;
      const here = stack.at(-1) as OpenDirectory;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (stack.length > 1) stack.pop();
        continue;
      }
      const child = here.children.get(name);
      if (child instanceof SymlinkNode && !(edit && this.#isolate)) {
        if (++followed > SYMLINK_LIMIT) {
          // What only looks finds nothing at a loop: the layer may put something else in its place.
          if (!edit) return undefined;
          throw new StratumError('LAYER_INVALID', 'too many symlinks', { entry: path });
        }
        if (child.target.startsWith('/')) stack.length = 1;
        pending.push(...child.target.split('/').reverse());
      } else {
        const next = edit
          ? this.#descend(here, name, child)
          : child instanceof DirectoryNode && this.#look(child, `${here.path}/${name}`);
        if (!next) return undefined;
        stack.push(next);
      }
    }
    return stack.at(-1);
  }

  #look(node: DirectoryNode, path: string): OpenDirectory {
    return { path, node, children: node.children as Map<string, TreeNode> };
  }

  /** The child as a directory open for change; anything that is no directory is replaced by one. */
  #descend(parent: OpenDirectory, name: string, child: TreeNode | undefined): OpenDirectory {
    if (child instanceof DirectoryNode) return this.#copy(parent, name, child);
    const path = `${parent.path}/${name}`;
    if (child !== undefined) this.#links.remove(child.ino, path);
    const made = this.#makeDirectory(IMPLIED_DIRECTORY);
    setEntry(parent, name, made);
    return this.#look(made, path);
  }

  #copy(parent: OpenDirectory, name: string, node: DirectoryNode): OpenDirectory {
    const known = this.#open.get(node);
    const path = `${parent.path}/${name}`;
    if (known !== undefined) return { path, node, children: known };
    const copy = this.#duplicate(node, path);
    parent.children.set(name, copy.node);
    return copy;
  }

  #duplicate(node: DirectoryNode, path: string): OpenDirectory {
    const children = new Map(node.children);
    const copy = new DirectoryNode(node.ino, node, node.origin, children);
    this.#open.set(copy, children);
    return { path, node: copy, children };
  }

  /** The directory under other attributes, of this layer, with the same children. */
  #dress(directory: OpenDirectory, attributes: Attributes): DirectoryNode {
    const dressed = new DirectoryNode(directory.node.ino, attributes, this.#origin, directory.children);
    this.#open.delete(directory.node);
    this.#open.set(dressed, directory.children);
    return dressed;
  }

  #makeDirectory(attributes: Attributes): DirectoryNode {
    const children = new Map<string, TreeNode>();
    const node = new DirectoryNode(this.#nextIno++, attributes, this.#origin, children);
    this.#open.set(node, children);
    return node;
  }

  /** The path without symlinks: link groups name an inode by where it is. */
  #realPath(path: string): string {
    const [parent, name] = splitPath(path);
    return `${this.#walk(parent, false)?.path ?? parent}/${name}`;
  }
}

/** Every tree above shares the name: it must not hold the path that it was cut from. */
function setEntry(directory: OpenDirectory, name: string, node: TreeNode): void {
  directory.children.set(directory.children.has(name) ? name : ownName(name), node);
}

function splitPath(path: string): [parent: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, slash), path.slice(slash + 1)];
}
