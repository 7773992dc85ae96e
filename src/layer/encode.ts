/** A changeset as a tar: sorted, normalised, the same bytes for the same changes. */

import { compareNames } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { keepShapesOf } from '../base/shapes.js';
import type { TarEntryType, TarHeader } from '../tar/entry.js';
import { type TarMember, writeTar } from '../tar/writer.js';
import { type Attributes, S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT } from '../tree/node.js';
import type { Change, Opaque, Put, PutFile, PutLink, Whiteout } from './change.js';
import { whiteoutPath } from './whiteout.js';

export interface EncodeOptions {
  /** Times later than this become this one (SOURCE_DATE_EPOCH). */
  readonly clampMtimeSec?: number;
}

/** Large files are read in pieces of this size. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Writes changes as a tar. Parents come before children, deletions before their siblings, names in the order of their
 * bytes. Of hard links the first name carries the content. Fails with LAYER_INVALID for a hard link whose target is not
 * among the changes, and for a socket, which tar cannot hold.
 */
export function encodeChanges(changes: Iterable<Change>, options: EncodeOptions = {}): Iterable<Uint8Array> {
  return writeTar(members(sorted(changes), options));
}

interface Keyed {
  readonly key: string;
  readonly change: Change;
}

/** A deletion sorts as if its name began with NUL, which no name can: behind its parent, before its siblings. */
function sorted(changes: Iterable<Change>): Change[] {
  const keyed: Keyed[] = [];
  for (const change of changes) keyed.push({ key: sortKey(change), change });
  return keyed.sort((a, b) => comparePaths(a.key, b.key)).map(({ change }) => change);
}

function sortKey(change: Change): string {
  if (change.kind === 'opaque') return `${change.path === '/' ? '' : change.path}/\0`;
  if (change.kind !== 'whiteout') return change.path;
  const slash = change.path.lastIndexOf('/') + 1;
  return `${change.path.slice(0, slash)}\0${change.path.slice(slash)}`;
}

/** Orders paths component by component, each by its bytes. */
function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x === 0x2f) return -1;
    if (y === 0x2f) return 1;
    return compareNames(a.charAt(i), b.charAt(i));
  }
  return a.length - b.length;
}

function* members(changes: readonly Change[], options: EncodeOptions): Generator<TarMember, void, undefined> {
  const links = new LinkOrder(changes);
  for (const change of changes) {
    if (change.kind === 'whiteout' || change.kind === 'opaque') yield deletion(change);
    else yield member(links.place(change), options);
  }
}

type PlainPut = Exclude<Put, PutLink>;

/** Which name of a hard-linked inode comes first, and so carries it. */
class LinkOrder {
  private readonly puts: Map<string, Put> = new Map();
  private readonly linked: Set<PlainPut> = new Set();
  private readonly written: Map<PlainPut, string> = new Map();

  constructor(changes: readonly Change[]) {
    const links: PutLink[] = [];
    for (const change of changes) {
      if (change.kind === 'whiteout' || change.kind === 'opaque') continue;
      this.puts.set(change.path, change);
      if (change.kind === 'link') links.push(change);
    }
    for (const link of links) this.linked.add(this.inode(link));
  }

  /** The change as it is written: the inode itself under its first name, a link to that name afterwards. */
  place(change: Put): Put {
    if (this.linked.size === 0) return change;
    const inode = change.kind === 'link' ? this.inode(change) : change;
    if (!this.linked.has(inode)) return change;
    const first = this.written.get(inode);
    if (first !== undefined) return { kind: 'link', path: change.path, target: first };
    this.written.set(inode, change.path);
    return { ...inode, path: change.path };
  }

  private inode(link: PutLink): PlainPut {
    let at: Put | undefined = link;
    for (let steps = 0; at?.kind === 'link' && steps <= this.puts.size; steps++) at = this.puts.get(at.target);
    if (at !== undefined && at.kind !== 'link' && at.kind !== 'directory') return at;
    throw new StratumError('LAYER_INVALID', `hard link to ${JSON.stringify(link.target)}, which is not in the layer`, {
      entry: link.path,
    });
  }
}

keepShapesOf(new LinkOrder([]));

/** Deletions and links say nothing about an inode. */
const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, mtimeSec: 0, mtimeNsec: 0, xattrs: undefined };

function deletion(change: Whiteout | Opaque): TarMember {
  return { header: header('file', whiteoutPath(change), NO_ATTRIBUTES, {}) };
}

function member(change: Put, options: EncodeOptions): TarMember {
  const { path } = change;
  switch (change.kind) {
    case 'link':
      return { header: header('link', path, NO_ATTRIBUTES, options, 0, relative(change.target)) };
    case 'directory':
      return { header: header('directory', path, change.attributes, options) };
    case 'symlink':
      return { header: header('symlink', path, change.attributes, options, 0, change.target) };
    case 'special':
      return {
        header: header(specialType(change), path, change.attributes, options, 0, '', change.major, change.minor),
      };
    case 'file':
      return { header: header('file', path, change.attributes, options, change.size), body: pieces(change) };
  }
}

/** One literal without spreads: a third of the time of packing small files lies here. */
function header(
  type: TarEntryType,
  path: string,
  from: Attributes,
  options: EncodeOptions,
  size: number = 0,
  linkname: string = '',
  devMajor: number = 0,
  devMinor: number = 0,
): TarHeader {
  const clamp = options.clampMtimeSec;
  const late = clamp !== undefined && from.mtimeSec >= clamp;
  return {
    path: relative(path),
    type,
    mode: from.mode & 0o7777,
    uid: from.uid,
    gid: from.gid,
    size,
    mtimeSec: late ? clamp : from.mtimeSec,
    mtimeNsec: late ? 0 : from.mtimeNsec,
    linkname,
    devMajor,
    devMinor,
    xattrs: from.xattrs !== undefined && from.xattrs.size > 0 ? from.xattrs : undefined,
  };
}

function specialType(change: Put & { readonly kind: 'special' }): TarEntryType {
  const type = change.attributes.mode & S_IFMT;
  if (type === S_IFCHR) return 'character';
  if (type === S_IFBLK) return 'block';
  if (type === S_IFIFO) return 'fifo';
  throw new StratumError('LAYER_INVALID', 'tar cannot hold a socket', { entry: change.path });
}

function pieces(file: PutFile): Iterable<Uint8Array> {
  if (file.size === 0) return [];
  return file.size <= PIECE_BYTES ? [file.bytes.read(file.offset, file.size)] : largePieces(file);
}

function* largePieces(file: PutFile): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    yield file.bytes.read(file.offset + at, Math.min(PIECE_BYTES, file.size - at));
  }
}

/** Layers name entries relative to the root, as Docker and umoci write them. */
function relative(path: string): string {
  return path === '/' ? '.' : path.slice(1);
}
