/**
 * Who wants to know what changes in a view, and telling them: what inotify(7) is to a file system. A view that nobody
 * watches has no {@link Watchers}, and calls that only look never ask for them.
 */

import { type Attributes, S_IFDIR, S_IFMT } from '../tree/node.js';

/** What happened, as inotify numbers it; one bit of these, and {@link IN_ISDIR}. */
export const IN_MODIFY = 0x2;
export const IN_ATTRIB = 0x4;
export const IN_MOVED_FROM = 0x40;
export const IN_MOVED_TO = 0x80;
export const IN_CREATE = 0x100;
export const IN_DELETE = 0x200;
export const IN_DELETE_SELF = 0x400;
export const IN_MOVE_SELF = 0x800;
/** The watch is over: what was watched is gone. */
export const IN_IGNORED = 0x8000;
/** What it happened to is a directory. */
export const IN_ISDIR = 0x40000000;

/**
 * Is told of a change in the middle of the call that makes it, so it must neither call the kernel nor throw. `name` is
 * the entry of the watched directory (a path from there, where all below is watched); without one it is the watched
 * inode itself.
 */
export type WatchObserver = (mask: number, name: string | undefined) => void;

interface Inode extends Pick<Attributes, 'mode'> {
  readonly ino: number;
}

/** Where something changes: the directories from the root, their names (the root has none), and the last name. */
interface Place {
  readonly parents: readonly { readonly ino: number }[];
  readonly names: readonly string[];
  readonly name: string;
}

interface Change {
  readonly place: Place;
  readonly inode: Inode;
}

/** What a move took the name from, and whether nothing holds it any more. */
interface Victim {
  readonly inode: Inode;
  readonly isGone: boolean;
}

type Marks = Map<number, Set<WatchObserver>>;

export class Watchers {
  /** By number of the watched inode. */
  readonly #near: Marks = new Map();
  /** Those of directories that are watched with all that is below. */
  readonly #deep: Marks = new Map();

  get isEmpty(): boolean {
    return this.#near.size === 0 && this.#deep.size === 0;
  }

  /** Starts telling; the result ends it. */
  add(ino: number, deep: boolean, observer: WatchObserver): () => void {
    const marks = deep ? this.#deep : this.#near;
    const observers = marks.get(ino) ?? new Set();
    marks.set(ino, observers.add(observer));
    return () => {
      observers.delete(observer);
      if (observers.size === 0 && marks.get(ino) === observers) marks.delete(ino);
    };
  }

  /** A name was put at a place. */
  created({ place, inode }: Change): void {
    this.#tellParents(place, IN_CREATE | directoryBit(inode));
  }

  /** An inode has one name more or less. */
  relinked(inode: Inode): void {
    this.#tellSelf(inode.ino, IN_ATTRIB | directoryBit(inode));
  }

  /** A name was taken away, and the inode with it where that was the last thing that held it. */
  removed({ place, inode }: Change, isGone: boolean): void {
    const bit = directoryBit(inode);
    if (bit === 0) this.relinked(inode);
    if (isGone) this.gone(inode.ino);
    this.#tellParents(place, IN_DELETE | bit);
  }

  /** Nothing holds an inode any more: whoever watched it hears so, and nothing more. */
  gone(ino: number): void {
    this.#tellSelf(ino, IN_DELETE_SELF);
    this.#tellSelf(ino, IN_IGNORED);
    this.#near.delete(ino);
    this.#deep.delete(ino);
  }

  /** An inode has another name; whatever had that name before has lost it. */
  moved({ place, inode }: Change, target: Place, victim: Victim | undefined): void {
    const bit = directoryBit(inode);
    this.#tellParents(place, IN_MOVED_FROM | bit);
    this.#tellParents(target, IN_MOVED_TO | bit);
    if (victim !== undefined) this.relinked(victim.inode);
    this.#tellSelf(inode.ino, IN_MOVE_SELF);
    if (victim?.isGone === true) this.gone(victim.inode.ino);
  }

  /** The content of a file changed. */
  modified(change: Change): void {
    this.#tellBoth(change, IN_MODIFY);
  }

  /** Attributes changed: mode, owner, times, extended attributes. */
  attributed(change: Change): void {
    this.#tellBoth(change, IN_ATTRIB);
  }

  #tellBoth({ place, inode }: Change, mask: number): void {
    const all = mask | directoryBit(inode);
    this.#tellParents(place, all);
    this.#tellSelf(inode.ino, all);
  }

  #tellSelf(ino: number, mask: number): void {
    for (const marks of [this.#near, this.#deep]) tell(marks.get(ino), mask, undefined);
  }

  /** The root of a view has no parent, and so no name to be told of. */
  #tellParents({ parents, names, name }: Place, mask: number): void {
    if (name === '') return;
    tell(this.#near.get(parents.at(-1)?.ino ?? 0), mask, name);
    if (this.#deep.size === 0) return;
    parents.forEach((parent, i) => {
      const observers = this.#deep.get(parent.ino);
      if (observers !== undefined) tell(observers, mask, [...names.slice(i), name].join('/'));
    });
  }
}

function tell(observers: ReadonlySet<WatchObserver> | undefined, mask: number, name: string | undefined): void {
  for (const observer of observers ?? []) observer(mask, name);
}

function directoryBit(inode: Inode): number {
  return (inode.mode & S_IFMT) === S_IFDIR ? IN_ISDIR : 0;
}
