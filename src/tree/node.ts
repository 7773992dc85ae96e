/**
 * Inodes of an immutable tree. Nodes are shared between trees by reference and never change after the tree that made
 * them was finished.
 *
 * One million of them are held at once, so a node is one flat object: the mode carries the kind (as st_mode does),
 * times are two small integers, and what few files have (links, xattrs) lives outside or is `undefined`.
 */

/** File type bits of a mode (inode(7)). */
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;

export type Xattrs = ReadonlyMap<string, Uint8Array>;

/** Names the layer that a node came from; one object a layer, compared by identity. */
export interface LayerOrigin {
  /** The layer's DiffID, or a name for what is not a layer. */
  readonly id: string;
}

/** Random access to bytes that are at hand without waiting: a layer's uncompressed tar, in memory or in a file. */
export interface SyncBytes {
  /** Bytes in all. */
  readonly size: number;
  /** Returns `length` bytes from `offset`; a view where it can. The caller must not write to it. */
  read(offset: number, length: number): Uint8Array;
}

/** What every inode has. */
export interface Attributes {
  /** Type and permission bits, as st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970, rounded down; may be negative. */
  readonly mtimeSec: number;
  /** 0 to 999,999,999. */
  readonly mtimeNsec: number;
  readonly xattrs: Xattrs | undefined;
}

abstract class InodeBase implements Attributes {
  readonly ino: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly xattrs: Xattrs | undefined;
  readonly origin: LayerOrigin;

  constructor(ino: number, attributes: Attributes, origin: LayerOrigin) {
    this.ino = ino;
    this.mode = attributes.mode;
    this.uid = attributes.uid;
    this.gid = attributes.gid;
    this.mtimeSec = attributes.mtimeSec;
    this.mtimeNsec = attributes.mtimeNsec;
    this.xattrs = attributes.xattrs;
    this.origin = origin;
  }
}

/** A regular file: a slice of the bytes of the layer it came from. */
export class FileNode extends InodeBase {
  readonly bytes: SyncBytes;
  readonly offset: number;
  readonly size: number;

  constructor(
    ino: number,
    attributes: Attributes,
    origin: LayerOrigin,
    bytes: SyncBytes,
    offset: number,
    size: number,
  ) {
    super(ino, attributes, origin);
    this.bytes = bytes;
    this.offset = offset;
    this.size = size;
  }
}

export class SymlinkNode extends InodeBase {
  readonly target: string;

  constructor(ino: number, attributes: Attributes, origin: LayerOrigin, target: string) {
    super(ino, attributes, origin);
    this.target = target;
  }
}

/** A character or block device (major and minor number), a fifo or a socket (both 0). */
export class SpecialNode extends InodeBase {
  readonly major: number;
  readonly minor: number;

  constructor(ino: number, attributes: Attributes, origin: LayerOrigin, major: number, minor: number) {
    super(ino, attributes, origin);
    this.major = major;
    this.minor = minor;
  }
}

export class DirectoryNode extends InodeBase {
  readonly children: ReadonlyMap<string, TreeNode>;
  /** Filled at the first listing. */
  private names: readonly string[] | undefined;

  constructor(ino: number, attributes: Attributes, origin: LayerOrigin, children: ReadonlyMap<string, TreeNode>) {
    super(ino, attributes, origin);
    this.children = children;
    this.names = undefined;
  }

  /** The names as `sort` orders them; computed once. */
  sortedNames(sort: (names: string[]) => string[]): readonly string[] {
    this.names ??= sort([...this.children.keys()]);
    return this.names;
  }
}

export type TreeNode = FileNode | DirectoryNode | SymlinkNode | SpecialNode;

/** Names of inodes with more than one, as absolute paths; an inode that is not here has one name. */
export type LinkGroups = ReadonlyMap<number, ReadonlySet<string>>;

/** An immutable root file system. */
export interface Tree {
  readonly root: DirectoryNode;
  /** The hard links: st_nlink is the size of a group. */
  readonly links: LinkGroups;
  /** Every inode number in the tree is below this one; the root's is 1. */
  readonly nextIno: number;
}

export function isDirectory(node: Attributes): boolean {
  return (node.mode & S_IFMT) === S_IFDIR;
}

export function isFile(node: Attributes): boolean {
  return (node.mode & S_IFMT) === S_IFREG;
}

export function isSymlink(node: Attributes): boolean {
  return (node.mode & S_IFMT) === S_IFLNK;
}
