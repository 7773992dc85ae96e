/** What a view is: a lower tree, a table of the inodes that changed, and whose they are. */

import { DirectoryNode, S_IFDIR, S_IFLNK, S_IFMT, type Tree } from '../tree/node.js';
import type { Owner } from './content.js';
import type { Timestamp } from './kernel.js';
import { LeveledMap } from './leveled-map.js';
import { type Limits, Usage } from './limits.js';
import { PathCache, sharedPathCache } from './path-cache.js';
import type { Place } from './place.js';
import { copyUp, type Directory, type Inode, isUpper, touch, UpperDirectory, type UpperNode } from './upper.js';
import type { Watchers } from './watch.js';

/** Tells the time; a view asks it whenever something changes. */
export interface Clock {
  now(): Timestamp;
}

export class ViewState {
  readonly lower: Tree;
  readonly clock: Clock;
  /** Current versions by inode number, of whatever has an older one: lower inodes, and those made before a fork. */
  table: LeveledMap<number, UpperNode>;
  /** Undefined where nothing is limited. */
  usage: Usage | undefined;
  /** Undefined while nobody watches; a fork begins without. */
  watchers: Watchers | undefined;
  /**
   * Inodes that no name leads to any more, and a descriptor holds: in their current versions, by number. A fork has no
   * open files, so it has none of these. Undefined until there is one.
   */
  #orphans: Map<number, UpperNode> | undefined;
  #owner: Owner = {};
  #cache: PathCache;
  #nextIno: number;
  #unchanged: boolean;
  /** Marks of the lower inodes that are in the table: most lower inodes are known not to be there without asking it. */
  #lowerMarks: number;

  private constructor(
    lower: Tree,
    clock: Clock,
    usage: Usage | undefined,
    table: LeveledMap<number, UpperNode>,
    nextIno: number,
    lowerMarks: number,
  ) {
    this.lower = lower;
    this.clock = clock;
    this.usage = usage;
    this.table = table;
    this.watchers = undefined;
    this.#orphans = undefined;
    this.#nextIno = nextIno;
    this.#unchanged = table.isEmpty;
    this.#lowerMarks = lowerMarks;
    this.#cache = this.#unchanged ? sharedPathCache(lower) : new PathCache();
  }

  /** Nothing changed yet. */
  static over(lower: Tree, clock: Clock, limits?: Limits): ViewState {
    const usage = limits === undefined ? undefined : new Usage(limits);
    return new ViewState(lower, clock, usage, new LeveledMap(), lower.nextIno, 0);
  }

  /** A state with the same content. Both get new tokens, so that each copies what it writes to from now on. */
  fork(): ViewState {
    this.#owner = {};
    const usage = this.usage?.fork();
    for (const orphan of this.#orphans?.values() ?? []) usage?.afterDrop(orphan, this.#isMade(orphan));
    return new ViewState(this.lower, this.clock, usage, this.table.fork(), this.#nextIno, this.#lowerMarks);
  }

  /** Goes back to the content of another state of the same view. Numbers of inodes that were used stay used. */
  restore(from: ViewState): void {
    const copy = from.fork();
    this.#owner = {};
    this.usage = copy.usage;
    this.table = copy.table;
    this.#orphans = undefined;
    this.#nextIno = Math.max(this.#nextIno, copy.#nextIno);
    this.#unchanged = copy.#unchanged;
    this.#lowerMarks = copy.#lowerMarks;
    this.#cache = copy.#cache;
  }

  /** A copy of a file that has no name, under a number of its own: what is left of an inode for those who hold it. */
  orphan(inode: Exclude<Inode, Directory>): Inode {
    const orphan = copyUp(this.#owner, inode, 0, this.newIno());
    this.keepOrphan(orphan);
    this.usage?.afterKept(orphan);
    return orphan;
  }

  /** Keeps an inode whose last name is gone, for those who have it open; {@link drop} is for the last of them. */
  keepOrphan(inode: UpperNode): void {
    this.#change();
    this.table.delete(inode.ino);
    this.#orphans ??= new Map();
    this.#orphans.set(inode.ino, inode);
  }

  isOrphan(inode: Inode): boolean {
    return this.#orphans?.has(inode.ino) === true;
  }

  get owner(): Owner {
    return this.#owner;
  }

  get cache(): PathCache {
    return this.#cache;
  }

  /** True while nothing was changed: the lower tree is then the whole truth. */
  get isUnchanged(): boolean {
    return this.#unchanged;
  }

  get root(): Directory {
    return this.current(this.lower.root) as Directory;
  }

  /** The version of an inode that this view sees. */
  current(inode: Inode): Inode {
    if (this.#unchanged) return inode;
    const { owner } = inode as Partial<UpperNode>;
    if (owner === this.#owner) return inode;
    if (owner === undefined && (this.#lowerMarks & markOf(inode)) === 0) return inode;
    return this.table.get(inode.ino) ?? this.#orphans?.get(inode.ino) ?? inode;
  }

  /** The inode under a name, in this view's version. */
  child(directory: Directory, name: string): Inode | undefined {
    const inode = directory instanceof DirectoryNode ? directory.children.get(name) : directory.get(name);
    return inode === undefined || this.#unchanged ? inode : this.current(inode);
  }

  newIno(): number {
    return this.#nextIno++;
  }

  /** Enters a version of an inode that is known by an older one. */
  enter<T extends UpperNode>(inode: T): T {
    if (this.isOrphan(inode)) {
      this.keepOrphan(inode);
      return inode;
    }
    this.#change();
    this.table.set(inode.ino, inode);
    if (!this.#isMade(inode)) this.#lowerMarks |= markOf(inode);
    return inode;
  }

  /** Takes out an inode that nothing leads to any more. */
  drop(inode: UpperNode): void {
    this.table.delete(inode.ino);
    this.#orphans?.delete(inode.ino);
    this.usage?.afterDrop(inode, this.#isMade(inode));
  }

  /** Drops remembered paths: an inode's name was taken away, so some of them may lead elsewhere now. */
  forgetPaths(inode: Inode): void {
    const type = inode.mode & S_IFMT;
    if (type !== S_IFDIR && type !== S_IFLNK) this.#cache.forgetFiles();
    else if (!this.#cache.isEmpty) this.#cache = new PathCache();
  }

  linksOf(inode: Inode): number {
    if (isUpper(inode)) return inode.nlink;
    const { links } = this.lower;
    return links.size === 0 ? 1 : (links.get(inode.ino)?.size ?? 1);
  }

  /** The place's parent, ready to be changed: it and every directory above it stand in the upper. */
  writableParent(place: Place): UpperDirectory {
    return this.#writable(place.parents, place.names, place.parents.length - 1);
  }

  /** The inode at a place in a version of this view's own; copied up if need be. */
  writableInode(place: Place, inode: Inode): UpperNode {
    if (inode instanceof DirectoryNode || inode instanceof UpperDirectory) {
      if (place.name === '') return this.ownDirectory(inode);
      this.#writable([...place.parents, inode], [...place.names, place.name], place.parents.length);
      return this.current(inode) as UpperDirectory;
    }
    const own = this.own(inode);
    const directory = this.current(place.parents.at(-1) as Directory) as Directory;
    if (this.child(directory, place.name)?.ino !== inode.ino) return own;
    const parent = this.writableParent(place);
    if (!parent.overrides(place.name)) parent.set(place.name, own);
    return own;
  }

  /** The current version of an inode that is no directory, owned by this view; the caller has seen to its names. */
  own(inode: Exclude<Inode, Directory>): Exclude<UpperNode, UpperDirectory> {
    if ((inode as Partial<UpperNode>).owner === this.#owner) return inode as Exclude<UpperNode, UpperDirectory>;
    const own = this.enter(copyUp(this.#owner, inode, this.linksOf(inode)));
    if (!isUpper(inode)) this.#overrideOtherNames(inode.ino);
    return own;
  }

  /** The current version of a directory, owned by this view; the caller has seen to its name. */
  ownDirectory(directory: Directory): UpperDirectory {
    if (directory instanceof DirectoryNode) {
      return this.enter(new UpperDirectory(this.#owner, directory.ino, directory, directory.origin, directory));
    }
    return directory.owner === this.#owner ? directory : this.enter(directory.copyFor(this.#owner));
  }

  /** Records that a directory's entries changed now. */
  touchNow(inode: UpperNode): void {
    touch(inode, this.clock.now());
  }

  /** True for what is in no layer below. */
  #isMade(inode: Inode): boolean {
    return inode.ino >= this.lower.nextIno;
  }

  #change(): void {
    if (!this.#unchanged) return;
    this.#unchanged = false;
    this.#cache = new PathCache();
  }

  /** An upper directory's ancestors are upper directories: only what is still lower has to be marked from the top. */
  #writable(parents: readonly Directory[], names: readonly string[], index: number): UpperDirectory {
    const directory = this.current(parents[index] as Directory) as Directory;
    if (directory instanceof UpperDirectory) return this.ownDirectory(directory);
    const own = this.ownDirectory(directory);
    if (index === 0) return own;
    const name = names[index - 1] as string;
    const parent = this.current(parents[index - 1] as Directory) as Directory;
    // A descriptor may remember a place from before a rename: the directory is then marked where it is now.
    if (this.child(parent, name)?.ino === own.ino) this.#writable(parents, names, index - 1).set(name, own);
    return own;
  }

  /** A lower inode with several names changes under all of them: each is marked, so that a diff finds it. */
  #overrideOtherNames(ino: number): void {
    for (const path of this.lower.links.get(ino) ?? []) {
      const place = this.#lowerPlace(path);
      if (place?.inode?.ino !== ino) continue;
      const parent = this.writableParent(place);
      if (!parent.overrides(place.name)) parent.set(place.name, place.inode);
    }
  }

  /** The place of a path without symlinks; undefined where the view no longer has it. */
  #lowerPlace(path: string): Place | undefined {
    const names = path.split('/').slice(1);
    const name = names.pop() as string;
    const parents: Directory[] = [this.root];
    for (const parent of names) {
      const next = this.child(parents.at(-1) as Directory, parent);
      if (!(next instanceof DirectoryNode || next instanceof UpperDirectory)) return undefined;
      parents.push(next);
    }
    const inode = this.child(parents.at(-1) as Directory, name);
    return { parents, names, name, inode, trailingSlash: false, dots: false };
  }
}

/** One bit of 32. */
function markOf(inode: Inode): number {
  return 1 << (inode.ino & 31);
}
