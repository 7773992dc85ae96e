/** Open files of a view. A descriptor holds its inode, so it outlives the name that it was opened under. */

import { DirectoryNode } from '../tree/node.js';
import { FsError } from './errno.js';
import type { Place } from './place.js';
import type { ViewState } from './state.js';
import { type Inode, isUpper, UpperDirectory } from './upper.js';

/** Flags of open(2), Linux's numbers. */
export const O_WRONLY = 0o1;
export const O_RDWR = 0o2;
export const O_ACCMODE = 0o3;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;

export interface OpenFile {
  /** The inode at the time of opening; the view knows its current version. A rollback puts an orphan in its place. */
  inode: Inode;
  /** Where the inode was then; kept up to date while somebody watches. */
  place: Place;
  readonly flags: number;
  offset: number;
}

/** Descriptors below this one are a process's standard streams. */
const FIRST = 3;
/** As many as Linux gives a process at most by default (RLIMIT_NOFILE's hard limit). */
export const OPEN_FILES_LIMIT: number = 1_048_576;

export class Descriptors {
  /** By descriptor, from {@link FIRST} on. */
  readonly #files: (OpenFile | undefined)[] = [];
  /** Numbers that were closed, the lowest last. */
  readonly #free: number[] = [];
  #next: number = FIRST;
  readonly #limit: number;
  /** Numbers of the inodes that are open; made when it is asked for, which opening a file does not do. */
  #inodes: Set<number> | undefined;

  constructor(limit: number = OPEN_FILES_LIMIT) {
    this.#limit = limit;
  }

  open(file: OpenFile, path: string): number {
    const fd = this.reserve(path);
    this.#files[fd - FIRST] = file;
    this.#inodes = undefined;
    return fd;
  }

  /** Takes a number; one for a file that is open elsewhere is given back by {@link release}. */
  reserve(path: string): number {
    this.checkRoom(path);
    return this.#free.pop() ?? this.#next++;
  }

  /** Fails with EMFILE unless one more file may be opened. */
  checkRoom(path: string): void {
    if (this.#next - FIRST - this.#free.length >= this.#limit) throw new FsError('EMFILE', 'open', path);
  }

  /** The lowest free number is given next, as POSIX demands. */
  release(fd: number): void {
    this.#files[fd - FIRST] = undefined;
    this.#inodes = undefined;
    let at = this.#free.length;
    while (at > 0 && (this.#free[at - 1] as number) < fd) at--;
    if (at === this.#free.length) this.#free.push(fd);
    else this.#free.splice(at, 0, fd);
  }

  get(fd: number, syscall: string): OpenFile {
    const file = this.#files[fd - FIRST];
    if (file === undefined) throw new FsError('EBADF', syscall);
    return file;
  }

  /** Closes a descriptor; an inode without names goes with its last one. */
  close(fd: number, state: ViewState): void {
    const file = this.get(fd, 'close');
    this.release(fd);
    const inode = state.current(file.inode);
    if (!isUpper(inode) || !state.isOrphan(inode) || this.isOpen(inode.ino)) return;
    state.drop(inode);
    if (!(inode instanceof UpperDirectory)) state.watchers?.gone(inode.ino);
  }

  /** Open files go along with a name that moved: those of the inode itself, and those below it. */
  move(ino: number, from: Place, to: Place): void {
    for (const file of this.#files) if (file !== undefined) file.place = movedPlace(file, ino, from, to);
  }

  /** Leaves every open file as it is, apart from the view, which is about to go back: as if it had been unlinked. */
  detach(state: ViewState, restore: () => void): void {
    const open = this.#files.filter((file) => file !== undefined);
    const held = open.map((file) => state.current(file.inode));
    const removed = new Set(held.filter((inode) => state.isOrphan(inode)));
    restore();
    const orphans = new Map<number, Inode>();
    for (const [index, inode] of held.entries()) {
      const file = open[index] as OpenFile;
      if (inode instanceof UpperDirectory || inode instanceof DirectoryNode) {
        if (removed.has(inode)) file.inode = inode;
        continue;
      }
      const orphan = orphans.get(inode.ino) ?? state.orphan(inode);
      orphans.set(inode.ino, orphan);
      file.inode = orphan;
    }
    this.#inodes = undefined;
  }

  get areOpen(): boolean {
    return this.#next - FIRST > this.#free.length;
  }

  isOpen(ino: number): boolean {
    if (!this.areOpen) return false;
    this.#inodes ??= new Set(this.#files.flatMap((file) => (file === undefined ? [] : [file.inode.ino])));
    return this.#inodes.has(ino);
  }
}

function movedPlace({ inode, place }: OpenFile, ino: number, from: Place, to: Place): Place {
  const { parents, names, name } = place;
  const isSame = name === from.name && parents.at(-1)?.ino === from.parents.at(-1)?.ino;
  if (inode.ino === ino) return isSame ? { ...place, parents: to.parents, names: to.names, name: to.name } : place;
  const depth = parents.findIndex((parent) => parent.ino === ino);
  if (depth < 0) return place;
  return {
    ...place,
    parents: [...to.parents, ...parents.slice(depth)],
    names: [...to.names, to.name, ...names.slice(depth)],
  };
}
