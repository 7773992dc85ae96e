/** Copies a tree from one fs object to another: a view, memfs, the machine's own, or whatever has Node's calls. */

import { decodeName, encodeName } from '../base/bytes.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../tree/node.js';
import { joined } from './path-text.js';

/** What is asked of an entry. */
export interface EntryStats {
  readonly mode: number | bigint;
  readonly uid: number | bigint;
  readonly gid: number | bigint;
  readonly ino: number | bigint;
  readonly dev: number | bigint;
  readonly nlink: number | bigint;
  readonly mtimeMs: number | bigint;
}

/** The calls that a tree is read by: those of `node:fs`, of memfs and of a union's `fs`, among others. */
export interface ReadableFs {
  /** Names, as bytes where the fs object has them. */
  readdirSync(path: string, options: { encoding: 'buffer' }): readonly unknown[];
  statSync(path: string): EntryStats;
  lstatSync(path: string): EntryStats;
  readFileSync(path: string): unknown;
  readlinkSync(path: string, options: { encoding: 'buffer' }): unknown;
}

/** The calls that a tree is written by. */
export interface WritableFs {
  mkdirSync(path: string, options: { recursive: boolean }): unknown;
  writeFileSync(path: string, data: Uint8Array, options: { flag: string }): void;
  symlinkSync(target: string, path: string): void;
  linkSync(existing: string, path: string): void;
  unlinkSync(path: string): void;
  lstatSync(path: string): EntryStats;
  chmodSync(path: string, mode: number): void;
  lchownSync(path: string, uid: number, gid: number): void;
  utimesSync(path: string, atime: number | Date, mtime: number | Date): void;
  lutimesSync(path: string, atime: number | Date, mtime: number | Date): void;
}

/** What `lutimes` and `utimes` share. */
type SetTimes = WritableFs['utimesSync'];

const PERMISSIONS = 0o7777;
/** Node cuts seconds down to microseconds, and few are exact in a double: from the middle of one it cuts to that one. */
const HALF_MICROSECOND = 5e-7;

/**
 * Copies what is below `from` to below `to`, which is made if it is missing: directories, files, symlinks, hard links,
 * with modes, mtimes (to the millisecond), and owners unless the target answers EPERM, as it does to users on a disk.
 * What is there stays, but for files and symlinks in the way of a name: they are replaced, never written through.
 *
 * Returns the paths of what was left out: devices, pipes, sockets. Extended attributes have no call in Node's API and
 * are lost. Throws what the calls throw: EEXIST for a directory where a file is in the way, EISDIR or EPERM for a file
 * where a directory is.
 */
export function copyTree(source: ReadableFs, from: string, target: WritableFs, to: string): string[] {
  const copy = new TreeCopy(source, target);
  target.mkdirSync(foreign(to), { recursive: true });
  // Where the copy starts a symlink may lead.
  copy.directory(source.statSync(foreign(from)), from, to);
  return copy.leftOut;
}

class TreeCopy {
  readonly leftOut: string[] = [];
  readonly #source: ReadableFs;
  readonly #target: WritableFs;
  /** Where the first name of each file with several went. */
  readonly #first: Map<string, string> = new Map();

  constructor(source: ReadableFs, target: WritableFs) {
    this.#source = source;
    this.#target = target;
  }

  directory(stats: EntryStats, from: string, to: string): void {
    for (const name of this.#source.readdirSync(foreign(from), { encoding: 'buffer' })) {
      const text = ownName(name);
      this.#entry(joined(from, text), joined(to, text));
    }
    // Last, since what is made in a directory changes its time, and its mode may forbid making anything.
    this.#attributes(stats, to);
  }

  #entry(from: string, to: string): void {
    const stats = this.#source.lstatSync(foreign(from));
    const type = typeOf(stats);
    if (type === S_IFDIR) {
      this.#makeDirectory(to);
      this.directory(stats, from, to);
    } else if (type !== S_IFLNK && type !== S_IFREG) this.leftOut.push(from);
    else if (!this.#link(stats, to)) this.#copy(stats, type, from, to);
  }

  #makeDirectory(to: string): void {
    const make = (): unknown => this.#target.mkdirSync(foreign(to), { recursive: false });
    // One that is there is filled; a symlink to one is not followed.
    if (!unless('EEXIST', make) && typeOf(this.#target.lstatSync(foreign(to))) !== S_IFDIR) make();
  }

  /** Makes what is no directory; what is in its way is taken away when it shows. */
  #make(to: string, make: () => void): void {
    if (unless('EEXIST', make)) return;
    this.#target.unlinkSync(foreign(to));
    make();
  }

  /** Makes a further name of what was copied already. */
  #link(stats: EntryStats, to: string): boolean {
    if (Number(stats.nlink) < 2) return false;
    const id = `${stats.dev}:${stats.ino}`;
    const first = this.#first.get(id);
    if (first === undefined) this.#first.set(id, to);
    else this.#make(to, () => this.#target.linkSync(foreign(first), foreign(to)));
    return first !== undefined;
  }

  #copy(stats: EntryStats, type: number, from: string, to: string): void {
    if (type === S_IFLNK) this.#symlink(stats, from, to);
    else {
      const content = this.#source.readFileSync(foreign(from)) as Uint8Array; // no encoding was asked for
      this.#make(to, () => this.#target.writeFileSync(foreign(to), content, { flag: 'wx' }));
      this.#attributes(stats, to);
    }
  }

  #symlink(stats: EntryStats, from: string, to: string): void {
    const text = ownName(this.#source.readlinkSync(foreign(from), { encoding: 'buffer' }));
    this.#make(to, () => this.#target.symlinkSync(foreign(text), foreign(to)));
    this.#owner(stats, to);
    this.#time(this.#target.lutimesSync, stats, to);
  }

  /** The owner first: giving a file away takes setuid from it. */
  #attributes(stats: EntryStats, to: string): void {
    this.#owner(stats, to);
    this.#target.chmodSync(foreign(to), Number(stats.mode) & PERMISSIONS);
    this.#time(this.#target.utimesSync, stats, to);
  }

  #owner(stats: EntryStats, to: string): void {
    unless('EPERM', () => this.#target.lchownSync(foreign(to), Number(stats.uid), Number(stats.gid)));
  }

  /** Node takes a negative number for now, a date for what it says. */
  #time(set: SetTimes, { mtimeMs }: EntryStats, to: string): void {
    const ms = Number(mtimeMs);
    const time = ms < 0 ? new Date(ms) : ms / 1000 + HALF_MICROSECOND;
    set.call(this.#target, foreign(to), time, time);
  }
}

function typeOf({ mode }: EntryStats): number {
  return Number(mode) & S_IFMT;
}

/** A name or a target in our form, where bytes that are not UTF-8 are lone surrogates. */
function ownName(name: unknown): string {
  return name instanceof Uint8Array ? decodeName(name) : String(name);
}

/** A path in the form that other fs objects take: as bytes where it is not UTF-8, which few of them say in their types. */
function foreign(path: string): string {
  return path.isWellFormed() ? path : (encodeName(path) as unknown as string);
}

/** False where it failed with this code; any other failure is thrown. */
function unless(code: string, run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== code) throw error;
    return false;
  }
}
