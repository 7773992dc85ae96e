/** Inodes of the upper: what a view made or changed. One belongs to the view whose token it bears; others share it. */

import {
  type Attributes,
  type DirectoryNode,
  FileNode,
  type LayerOrigin,
  type SpecialNode,
  SymlinkNode,
  type TreeNode,
  type Xattrs,
} from '../tree/node.js';
import { Content, type Owner } from './content.js';
import type { Timestamp } from './kernel.js';
import { LeveledMap } from './leveled-map.js';

/** The origin of everything that a view changed. */
export const UPPER: LayerOrigin = { id: 'upper' };

/** Stands in an upper directory for a lower name that was deleted. */
export const WHITEOUT: unique symbol = Symbol('whiteout');

/** A layer keeps the mtime alone, which then stands for the other times. */
export interface TimedAttributes extends Attributes {
  readonly atime?: Timestamp;
  readonly ctime?: Timestamp;
  readonly birthtime?: Timestamp;
}

abstract class UpperInode {
  readonly owner: Owner;
  readonly ino: number;
  mode: number;
  uid: number;
  gid: number;
  mtimeSec: number;
  mtimeNsec: number;
  /** What utimes said; reading a file does not change it. */
  atime: Timestamp;
  ctime: Timestamp;
  readonly birthtime: Timestamp;
  xattrs: Xattrs | undefined;
  origin: LayerOrigin;
  /** Number of names. */
  nlink: number;
  /** True once a name was added to several or moved: all names must then go into one layer. */
  relinked: boolean;

  constructor(owner: Owner, ino: number, attributes: TimedAttributes, origin: LayerOrigin, nlink: number) {
    const time = attributes.ctime ?? { sec: attributes.mtimeSec, nsec: attributes.mtimeNsec };
    this.owner = owner;
    this.ino = ino;
    this.mode = attributes.mode;
    this.uid = attributes.uid;
    this.gid = attributes.gid;
    this.mtimeSec = attributes.mtimeSec;
    this.mtimeNsec = attributes.mtimeNsec;
    this.atime = attributes.atime ?? time;
    this.ctime = time;
    this.birthtime = attributes.birthtime ?? time;
    this.xattrs = attributes.xattrs;
    this.origin = origin;
    this.nlink = nlink;
    this.relinked = false;
  }
}

export class UpperFile extends UpperInode {
  readonly content: Content;

  constructor(owner: Owner, ino: number, attributes: TimedAttributes, content: Content, nlink: number) {
    super(owner, ino, attributes, UPPER, nlink);
    this.content = content;
  }

  /** Bytes. */
  get size(): number {
    return this.content.size;
  }
}

export class UpperSymlink extends UpperInode {
  readonly target: string;

  constructor(owner: Owner, ino: number, attributes: TimedAttributes, target: string, nlink: number) {
    super(owner, ino, attributes, UPPER, nlink);
    this.target = target;
  }
}

export class UpperSpecial extends UpperInode {
  readonly major: number;
  readonly minor: number;

  constructor(owner: Owner, ino: number, attributes: TimedAttributes, device: DeviceNumber, nlink: number) {
    super(owner, ino, attributes, UPPER, nlink);
    this.major = device.major;
    this.minor = device.minor;
  }
}

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/** A directory with changes in it: overrides over a lower directory, or over nothing (opaque). */
export class UpperDirectory extends UpperInode {
  readonly lower: DirectoryNode | undefined;
  readonly #overrides: LeveledMap<string, Entry>;
  #names: readonly string[] | undefined;

  constructor(
    owner: Owner,
    ino: number,
    attributes: TimedAttributes,
    origin: LayerOrigin,
    lower: DirectoryNode | undefined,
    overrides: LeveledMap<string, Entry> = new LeveledMap(),
  ) {
    super(owner, ino, attributes, origin, 1);
    this.lower = lower;
    this.#overrides = overrides;
  }

  /** The same directory for another owner. */
  copyFor(owner: Owner): UpperDirectory {
    const copy = new UpperDirectory(owner, this.ino, this, this.origin, this.lower, this.#overrides.fork());
    copy.#names = this.#names;
    return copy;
  }

  /** The first version of the inode with a name; the view knows the current one. */
  get(name: string): Inode | undefined {
    const entry = this.#overrides.get(name);
    if (entry !== undefined) return entry === WHITEOUT ? undefined : entry;
    return this.lower?.children.get(name);
  }

  /** Puts an inode under a name. */
  set(name: string, inode: Inode): void {
    if (this.#names !== undefined && this.get(name) === undefined) this.#names = undefined;
    this.#overrides.set(name, inode);
  }

  /** Takes a name away; a lower one leaves a whiteout. */
  remove(name: string): void {
    this.#names = undefined;
    if (this.lower?.children.has(name)) this.#overrides.set(name, WHITEOUT);
    else this.#overrides.delete(name);
  }

  /** True when the name's inode was put here, not found below. */
  overrides(name: string): boolean {
    return this.#overrides.get(name) !== undefined;
  }

  /** The names that differ from the lower directory. */
  *changedNames(): Iterable<string> {
    for (const [name] of this.#overrides.entries()) yield name;
  }

  /** The merged names, sorted; computed once after a change. */
  sortedNames(sort: (names: string[]) => string[]): readonly string[] {
    this.#names ??= this.#mergedNames(sort);
    return this.#names;
  }

  isEmpty(): boolean {
    if (this.#names !== undefined) return this.#names.length === 0;
    for (const [, entry] of this.#overrides.entries()) if (entry !== WHITEOUT) return false;
    for (const name of this.lower?.children.keys() ?? []) if (this.#overrides.get(name) === undefined) return false;
    return true;
  }

  #mergedNames(sort: (names: string[]) => string[]): readonly string[] {
    const lower = this.lower?.sortedNames(sort) ?? [];
    if (this.#overrides.isEmpty) return lower;
    const names = lower.filter((name) => this.#overrides.get(name) === undefined);
    for (const [name, entry] of this.#overrides.entries()) if (entry !== WHITEOUT) names.push(name);
    return sort(names);
  }
}

export type UpperNode = UpperFile | UpperDirectory | UpperSymlink | UpperSpecial;
/** Any version of an inode, of a lower tree or of the upper. */
export type Inode = TreeNode | UpperNode;
export type Directory = DirectoryNode | UpperDirectory;
export type Entry = Inode | typeof WHITEOUT;

export function isUpper(inode: Inode): inode is UpperNode {
  return (inode as Partial<UpperNode>).owner !== undefined;
}

/** A copy of an inode that is no directory, for a view to change; under a number of its own if one is given. */
export function copyUp(
  owner: Owner,
  inode: Exclude<Inode, Directory>,
  nlink: number,
  ino: number = inode.ino,
): Exclude<UpperNode, UpperDirectory> {
  const copy = duplicate(owner, inode, nlink, ino);
  if (isUpper(inode)) copy.relinked = inode.relinked;
  return copy;
}

function duplicate(
  owner: Owner,
  inode: Exclude<Inode, Directory>,
  nlink: number,
  ino: number,
): Exclude<UpperNode, UpperDirectory> {
  if (inode instanceof FileNode) {
    return new UpperFile(owner, ino, inode, Content.over(inode.bytes, inode.offset, inode.size), nlink);
  }
  if (inode instanceof UpperFile) return new UpperFile(owner, ino, inode, inode.content.clone(), nlink);
  if (inode instanceof SymlinkNode || inode instanceof UpperSymlink) {
    return new UpperSymlink(owner, ino, inode, inode.target, nlink);
  }
  return new UpperSpecial(owner, ino, inode, inode as SpecialNode, nlink);
}

/** Sets the times of the last change of an upper inode's content, which makes it the upper's own. */
export function touch(inode: UpperNode, time: Timestamp): void {
  inode.mtimeSec = time.sec;
  inode.mtimeNsec = time.nsec;
  inode.ctime = time;
  inode.origin = UPPER;
}
