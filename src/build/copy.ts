/** Copies what was selected of one tree into another, as COPY and ADD do. */

import { StratumError } from '../base/error.js';
import { directoryOf, joined, nameOf } from '../fs/path-text.js';
import type { Change } from '../layer/change.js';
import type { TreeEditor } from '../tree/edit.js';
import { type Attributes, DirectoryNode, FileNode, S_IFDIR, S_IFMT, SymlinkNode, type TreeNode } from '../tree/node.js';
import { nodeAt, rootPath } from '../tree/root-path.js';
import type { ModeChange } from './mode.js';
import type { SelectedEntry } from './selection.js';

export interface CopyRules {
  /** Owner of all that is copied or made; the source's without it, and root's for what is made. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly mode: ModeChange | undefined;
  /** Of directories that are made on the way. */
  readonly now: Pick<Attributes, 'mtimeSec' | 'mtimeNsec'>;
  /** The time of every entry that is copied; the source's own without it. */
  readonly mtimeSec: number | undefined;
}

const NEW_DIRECTORY = 0o755;
const UMASK = 0o022;
const PERMISSIONS = 0o7777;

export class Copier {
  readonly #editor: TreeEditor;
  readonly #rules: CopyRules;

  constructor(editor: TreeEditor, rules: CopyRules) {
    this.#editor = editor;
    this.#rules = rules;
  }

  /**
   * Copies a source, by its name and what was selected at and below it. The content of a directory goes into the
   * destination; a file goes there, or into it where that is a directory or is written with a slash at its end.
   */
  copy(name: string, entries: readonly SelectedEntry[], destination: string): void {
    const [top] = entries;
    if (top === undefined) return;
    const target = this.#prepare(name, top.node, destination);
    const links = new Map<number, string>();
    for (const entry of entries) {
      const path = entry.relative === '' ? target : join(target, entry.relative);
      if (entry.node instanceof DirectoryNode) this.#putDirectory(path, entry.node, entry);
      else this.#putLeaf(path, entry.node, links);
    }
  }

  /** Unpacks the changes of an archive into a directory. */
  unpack(changes: readonly Change[], destination: string): void {
    const base = this.#real(destination);
    this.makeDirectories(base);
    for (const change of changes) this.#putChange(base, change);
  }

  /** Makes a directory with its parents where they are missing; fails with PATH_INVALID where a file is in the way. */
  makeDirectories(path: string): void {
    let at = '';
    for (const name of path.split('/')) {
      if (name === '') continue;
      at += `/${name}`;
      const there = this.#at(at);
      if (there instanceof DirectoryNode) continue;
      if (there !== undefined) throw new StratumError('PATH_INVALID', `mkdir ${at}: not a directory`);
      this.#editor.putDirectory(at, this.#made(S_IFDIR | this.#directoryMode));
    }
  }

  /** Where the source goes: its directories are made, symlinks in the destination are followed. */
  #prepare(name: string, node: TreeNode, destination: string): string {
    const isDirectoryWanted = destination.endsWith('/');
    const target = this.#real(destination);
    this.makeDirectories(isDirectoryWanted ? target : directoryOf(target));
    const there = this.#at(target);
    if (node instanceof DirectoryNode) {
      if (there === undefined) this.makeDirectories(target);
      return target;
    }
    return there instanceof DirectoryNode ? join(target, nameOf(name)) : target;
  }

  /** Attributes are those of the source but for the destination itself, and for what was there on the way. */
  #putDirectory(path: string, node: DirectoryNode, entry: SelectedEntry): void {
    const there = this.#at(path);
    if (there !== undefined && !(there instanceof DirectoryNode)) {
      throw new StratumError('PATH_INVALID', `cannot copy to non-directory: ${path}`);
    }
    if (there !== undefined && entry.relative === '') return;
    if (there === undefined || entry.isTaken) this.#editor.putDirectory(path, this.#copied(node));
    else this.#editor.putDirectory(path, { ...attributesOf(there), mode: node.mode });
  }

  #putLeaf(path: string, node: Exclude<TreeNode, DirectoryNode>, links: Map<number, string>): void {
    if (this.#at(path) instanceof DirectoryNode) {
      throw new StratumError('PATH_INVALID', `cannot replace to directory ${path} with file`);
    }
    const first = node instanceof FileNode ? links.get(node.ino) : undefined;
    if (first !== undefined) this.#editor.link(path, first);
    else this.#put(path, node, this.#copied(node));
    links.set(node.ino, path);
  }

  #put(path: string, node: Exclude<TreeNode, DirectoryNode>, attributes: Attributes): void {
    if (node instanceof FileNode) this.#editor.putFile(path, attributes, node.bytes, node.offset, node.size);
    else if (node instanceof SymlinkNode) this.#editor.putSymlink(path, attributes, node.target);
    else this.#editor.putSpecial(path, attributes, node.major, node.minor);
  }

  #putChange(base: string, change: Change): void {
    if (change.kind === 'whiteout' || change.kind === 'opaque') {
      throw new StratumError('PATH_INVALID', 'the archive holds a whiteout', { entry: change.path });
    }
    const path = join(base, change.path);
    if (change.kind === 'link') {
      this.#editor.link(path, join(base, change.target));
      return;
    }
    const attributes = { ...attributesOf(change.attributes), ...this.#rules.owner };
    if (change.kind === 'directory') this.#editor.putDirectory(path, attributes);
    else if (change.kind === 'file') this.#editor.putFile(path, attributes, change.bytes, change.offset, change.size);
    else if (change.kind === 'symlink') this.#editor.putSymlink(path, attributes, change.target);
    else this.#editor.putSpecial(path, attributes, change.major, change.minor);
  }

  #copied(node: TreeNode): Attributes {
    const { mode, mtimeSec } = this.#rules;
    const keepsMode = mode === undefined || node instanceof SymlinkNode;
    const time = mtimeSec === undefined ? {} : { mtimeSec, mtimeNsec: 0 };
    return {
      ...attributesOf(node),
      ...time,
      mode: keepsMode ? node.mode : (node.mode & S_IFMT) | mode.apply(node.mode),
      ...this.#rules.owner,
    };
  }

  /** Of directories on the way: what a number of `--chmod` leaves under the umask. */
  get #directoryMode(): number {
    return (this.#rules.mode?.octal ?? NEW_DIRECTORY) & ~UMASK;
  }

  #made(mode: number): Attributes {
    const { owner, now } = this.#rules;
    return { mode, uid: 0, gid: 0, ...owner, ...now, xattrs: undefined };
  }

  #real(path: string): string {
    return rootPath(this.#root, path, { followLast: true });
  }

  #at(path: string): TreeNode | undefined {
    return nodeAt(this.#root, path);
  }

  get #root(): DirectoryNode {
    return this.#editor.find('/') as DirectoryNode;
  }
}

/** The time of what a step makes: the epoch in whole seconds, else the clock's milliseconds. */
export function timeOf(epoch: number | undefined, now: () => number): CopyRules['now'] {
  const milliseconds = epoch === undefined ? now() : epoch * 1000;
  const mtimeSec = Math.floor(milliseconds / 1000);
  return { mtimeSec, mtimeNsec: Math.floor((milliseconds - mtimeSec * 1000) * 1e6) };
}

function attributesOf(node: Attributes): Attributes {
  const { mode, uid, gid, mtimeSec, mtimeNsec, xattrs } = node;
  return { mode: mode & (S_IFMT | PERMISSIONS), uid, gid, mtimeSec, mtimeNsec, xattrs };
}

/** A path below a directory; the root of what is put there is the directory itself. */
function join(directory: string, name: string): string {
  const rest = name.startsWith('/') ? name.slice(1) : name;
  return rest === '' ? directory : joined(directory, rest);
}
