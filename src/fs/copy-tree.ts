/** Copies a tree from one fs object to another: a view, memfs, the machine's own, or whatever has Node's calls. */

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
  readdirSync(path: string): readonly unknown[];
  lstatSync(path: string): EntryStats;
  readFileSync(path: string): unknown;
  readlinkSync(path: string): unknown;
}

/** The calls that a tree is written by. */
export interface WritableFs {
  existsSync(path: string): boolean;
  mkdirSync(path: string, options: { recursive: boolean }): unknown;
  writeFileSync(path: string, data: Uint8Array): void;
  symlinkSync(target: string, path: string): void;
  linkSync(existing: string, path: string): void;
  chmodSync(path: string, mode: number): void;
  lchownSync(path: string, uid: number, gid: number): void;
  utimesSync(path: string, atime: number, mtime: number): void;
  lutimesSync(path: string, atime: number, mtime: number): void;
}

const PERMISSIONS = 0o7777;

/**
 * Copies what is below `from` to below `to`, which is made if it is missing: directories, files, symlinks, hard links,
 * with modes, owners and mtimes (to the millisecond). Returns the paths of what was left out: devices, pipes, sockets.
 * Extended attributes have no call in Node's API and are lost.
 */
export function copyTree(source: ReadableFs, from: string, target: WritableFs, to: string): string[] {
  const copy = new TreeCopy(source, target);
  copy.directory(from, to);
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

  directory(from: string, to: string): void {
    const stats = this.#source.lstatSync(from);
    if (!this.#target.existsSync(to)) this.#target.mkdirSync(to, { recursive: true });
    for (const name of this.#source.readdirSync(from))
      this.#entry(joined(from, String(name)), joined(to, String(name)));
    // Last, since what is made in a directory changes its time, and its mode may forbid making anything.
    this.#attributes(stats, to);
  }

  #entry(from: string, to: string): void {
    const stats = this.#source.lstatSync(from);
    const type = Number(stats.mode) & S_IFMT;
    if (type === S_IFDIR) this.directory(from, to);
    else if (type !== S_IFLNK && type !== S_IFREG) this.leftOut.push(from);
    else if (!this.#link(stats, to)) this.#copy(stats, type, from, to);
  }

  /** Makes a further name of what was copied already. */
  #link(stats: EntryStats, to: string): boolean {
    if (Number(stats.nlink) < 2) return false;
    const id = `${stats.dev}:${stats.ino}`;
    const first = this.#first.get(id);
    if (first === undefined) this.#first.set(id, to);
    else this.#target.linkSync(first, to);
    return first !== undefined;
  }

  #copy(stats: EntryStats, type: number, from: string, to: string): void {
    if (type === S_IFLNK) this.#symlink(stats, from, to);
    else {
      this.#target.writeFileSync(to, this.#source.readFileSync(from) as Uint8Array); // no encoding was asked for
      this.#attributes(stats, to);
    }
  }

  #symlink(stats: EntryStats, from: string, to: string): void {
    this.#target.symlinkSync(String(this.#source.readlinkSync(from)), to);
    const seconds = Number(stats.mtimeMs) / 1000;
    this.#target.lchownSync(to, Number(stats.uid), Number(stats.gid));
    this.#target.lutimesSync(to, seconds, seconds);
  }

  /** The owner first: giving a file away takes setuid from it. */
  #attributes(stats: EntryStats, to: string): void {
    const seconds = Number(stats.mtimeMs) / 1000;
    this.#target.lchownSync(to, Number(stats.uid), Number(stats.gid));
    this.#target.chmodSync(to, Number(stats.mode) & PERMISSIONS);
    this.#target.utimesSync(to, seconds, seconds);
  }
}
