/** Path walking, in one place: from a path to an inode, or to the place where one is or could be (path_resolution(7)). */

import { isNameTooLong, isPathTooLong } from '../tree/names.js';
import { DirectoryNode, SymlinkNode } from '../tree/node.js';
import { type Credentials, mayAccess, X_OK } from './access.js';
import type { ErrnoCode } from './errno.js';
import { PathCache } from './path-cache.js';
import type { Chain, Place } from './place.js';
import type { ViewState } from './state.js';
import { type Directory, type Inode, UpperDirectory, UpperSymlink } from './upper.js';

/** As many symlinks as Linux follows in one path. */
export const SYMLINK_LIMIT: number = 40;
/** A path of so many UTF-16 units is never too long in UTF-8. */
const PLAIN_PATH_LENGTH = 1365;
const SLASH = 0x2f;
const DOT = 0x2e;

/** Says that a path has something in it that the straight walk does not handle. */
const NOT_STRAIGHT: unique symbol = Symbol('not straight');

/**
 * The inode at a path; undefined when any error keeps one from it. For root, who may search every directory, what was
 * found is remembered, the cheapest to ask first: the path that was asked for last, then the directory of that one,
 * then all paths that led somewhere, then all directories.
 */
export function findInode(state: ViewState, who: Credentials, path: string, follow: boolean): Inode | undefined {
  if (who.uid !== 0) return walkToInode(state, who, path, follow);
  const { cache } = state;
  if (path === cache.latestPath) return state.current(cache.latestInode as Inode);
  if (isPathTooLong(path)) return undefined;
  const slash = path.lastIndexOf('/');
  if (slash < 0 || isDots(path, slash + 1, path.length)) return walkToInode(state, who, path, follow);
  if (isInLatest(cache, path, slash))
    return entryOf(state, who, path, { directory: cache.latest as Directory, slash, follow });
  const known = follow ? cache.followed : cache.unfollowed;
  const hit = known.get(path);
  if (hit !== undefined) return state.current(hit);
  const directory = slash === 0 ? state.root : findDirectory(state, who, path, slash);
  if (directory === undefined) return undefined;
  const inode = entryOf(state, who, path, { directory, slash, follow });
  if (inode !== undefined) PathCache.remember(known, path, inode);
  return inode;
}

/** Comparing with the latest directory is cheaper than hashing the path. */
function isInLatest(cache: PathCache, path: string, slash: number): boolean {
  return cache.latestPrefix.length === slash + 1 && path.startsWith(cache.latestPrefix);
}

interface LastStep {
  readonly directory: Directory;
  /** Where the last slash of the path is. */
  readonly slash: number;
  readonly follow: boolean;
}

/** The inode under the last name of a path. A path that ends at a symlink depends on who asks, and is not the latest. */
function entryOf(state: ViewState, who: Credentials, path: string, step: LastStep): Inode | undefined {
  const inode = state.child(state.current(step.directory) as Directory, path.slice(step.slash + 1));
  if (isSymlinkInode(inode)) return step.follow ? walkToInode(state, who, path, true) : inode;
  if (inode !== undefined) {
    state.cache.latestPath = path;
    state.cache.latestInode = inode;
  }
  return inode;
}

/** The directory that a path names before its last slash; it becomes the latest. */
function findDirectory(state: ViewState, who: Credentials, path: string, slash: number): Directory | undefined {
  const { cache } = state;
  const name = path.slice(0, slash);
  const directory = cache.directories.get(name) ?? walkToDirectory(state, who, name);
  if (directory === undefined) return undefined;
  cache.latestPrefix = path.slice(0, slash + 1);
  cache.latest = directory;
  return directory;
}

function walkToDirectory(state: ViewState, who: Credentials, path: string): Directory | undefined {
  const straight = walkStraight(state, path);
  const inode = straight === NOT_STRAIGHT ? walkToInode(state, who, path, true) : straight;
  if (!isDirectoryInode(inode)) return undefined;
  PathCache.remember(state.cache.directories, path, inode);
  return inode;
}

/** Walks to a place; the errno name instead where the path breaks off before its last component, which may be too long. */
export function resolve(state: ViewState, who: Credentials, path: string, follow: Follow): Place | ErrnoCode {
  const near = who.uid === 0 ? knownPlace(state, who, path, follow) : undefined;
  if (near !== undefined) return near;
  if (path === '') return 'ENOENT';
  if (isPathTooLong(path)) return 'ENAMETOOLONG';
  return new Walk(state, who).to(path, follow);
}

/**
 * Walks to a place as realpath(3) does: by the text of what it has reached, from which two dots take a name away, so that
 * nobody asks for the right to search the directory that they stand behind. Only what it has reached can be too long.
 */
export function resolveText(state: ViewState, who: Credentials, path: string): Place | ErrnoCode {
  // Root has every right, and what is remembered for it.
  if (who.uid === 0 && !isPathTooLong(path)) return resolve(state, who, path, true);
  return path === '' ? 'ENOENT' : new Walk(state, who, { searchesDots: false }).to(path, true);
}

/** Whether a symlink under the last name is followed: always, only with a slash behind it, or only without one. */
export type Follow = boolean | 'without slash' | 'never';

/**
 * The place of a plain name in a directory whose chain is remembered: what root's calls come to one after the other.
 * Undefined where only the whole walk can tell.
 */
function knownPlace(state: ViewState, who: Credentials, path: string, follow: Follow): Place | undefined {
  const { cache } = state;
  if (path === cache.latestPlacePath) return currentPlace(state, cache.latestPlace as Place);
  const slash = path.lastIndexOf('/');
  if (slash < 0 || path.length > PLAIN_PATH_LENGTH || isDots(path, slash + 1, path.length)) return undefined;
  const name = path.slice(slash + 1);
  const chain = chainOf(state, who, path, slash);
  if (chain === undefined) return undefined;
  const { parents, names } = chain;
  const inode = state.child(state.current(parents.at(-1) as Directory) as Directory, name);
  const isLink = isSymlinkInode(inode);
  if (isLink && follow !== false && follow !== 'never') return undefined;
  const place = { parents, names, name, inode, trailingSlash: false, dots: false };
  if (inode !== undefined && !isLink) {
    cache.latestPlacePath = path;
    cache.latestPlace = place;
  }
  return place;
}

function currentPlace(state: ViewState, place: Place): Place {
  const inode = state.current(place.inode as Inode);
  return inode === place.inode ? place : { ...place, inode };
}

/** The way to the directory that a path names before its last slash. */
function chainOf(state: ViewState, who: Credentials, path: string, slash: number): Chain | undefined {
  const { cache } = state;
  const latest = cache.latestChainPath;
  if (latest !== undefined && latest.length === slash && path.startsWith(latest)) return cache.latestChain;
  const directory = path.slice(0, slash);
  const chain = cache.chains.get(directory) ?? walkChain(state, who, directory);
  if (chain === undefined) return undefined;
  cache.latestChainPath = directory;
  cache.latestChain = chain;
  return chain;
}

function walkChain(state: ViewState, who: Credentials, directory: string): Chain | undefined {
  const place = new Walk(state, who).to(directory, true);
  if (typeof place === 'string' || !isDirectoryInode(place.inode)) return undefined;
  const { parents, names, name, inode } = place;
  const chain =
    name === '' ? { parents: [inode], names: [] } : { parents: [...parents, inode], names: [...names, name] };
  PathCache.remember(state.cache.chains, directory, chain);
  return chain;
}

export function isDirectoryInode(inode: Inode | undefined): inode is Directory {
  return inode instanceof DirectoryNode || inode instanceof UpperDirectory;
}

export function isSymlinkInode(inode: Inode | undefined): inode is SymlinkNode | UpperSymlink {
  return inode instanceof SymlinkNode || inode instanceof UpperSymlink;
}

function walkToInode(state: ViewState, who: Credentials, path: string, follow: boolean): Inode | undefined {
  const place = resolve(state, who, path, follow);
  if (typeof place === 'string') return undefined;
  return place.trailingSlash && !isDirectoryInode(place.inode) ? undefined : place.inode;
}

/**
 * Walks an absolute path of plain names that meets no symlink: what almost every path is. Scanning with indexOf and
 * slice takes two thirds of the time of split, and no list of parents is kept.
 */
function walkStraight(state: ViewState, path: string): Inode | undefined | typeof NOT_STRAIGHT {
  if (path.charCodeAt(0) !== SLASH) return NOT_STRAIGHT;
  let inode: Inode = state.root;
  let start = 1;
  while (start < path.length) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    if (isDots(path, start, end)) return NOT_STRAIGHT;
    if (!isDirectoryInode(inode)) return isSymlinkInode(inode) ? NOT_STRAIGHT : undefined;
    const next = state.child(inode, path.slice(start, end));
    if (next === undefined) return undefined;
    inode = next;
    start = end + 1;
  }
  if (isSymlinkInode(inode)) return NOT_STRAIGHT;
  return path.length > 1 && path.charCodeAt(path.length - 1) === SLASH ? NOT_STRAIGHT : inode;
}

/** True when a component is `.`, `..` or empty. */
function isDots(path: string, start: number, end: number): boolean {
  if (end > start + 2) return false;
  for (let at = start; at < end; at++) if (path.charCodeAt(at) !== DOT) return false;
  return true;
}

function followsLast(follow: Follow, trailingSlash: boolean): boolean {
  if (typeof follow === 'boolean') return follow || trailingSlash;
  return follow === 'without slash' && !trailingSlash;
}

/** Dots are names like others: there is one in every directory, and it is looked up there. */
const SYSTEM_CALL = { searchesDots: true };

/** One walk, with everything that Linux does on the way. */
class Walk {
  readonly #state: ViewState;
  readonly #who: Credentials;
  readonly #parents: Directory[];
  readonly #names: string[] = [];
  readonly #searchesDots: boolean;
  /** Components still to walk, the next one last. */
  #pending: string[] = [];
  #followed = 0;

  constructor(state: ViewState, who: Credentials, { searchesDots }: { searchesDots: boolean } = SYSTEM_CALL) {
    this.#state = state;
    this.#who = who;
    this.#searchesDots = searchesDots;
    this.#parents = [state.root];
  }

  to(path: string, follow: Follow): Place | ErrnoCode {
    let trailingSlash = path.endsWith('/');
    this.#push(path);
    for (;;) {
      const name = this.#pending.pop();
      if (name === undefined) return this.#here(trailingSlash, false);
      const last = this.#pending.length === 0;
      const directory = this.#parents.at(-1) as Directory;
      const dots = name === '.' || name === '..';
      if ((!dots || this.#searchesDots) && !mayAccess(this.#who, directory, X_OK)) return 'EACCES';
      if (dots) {
        if (name === '..') this.#up();
        if (last) return this.#here(trailingSlash, true);
        continue;
      }
      if (!last && isNameTooLong(name)) return 'ENAMETOOLONG';
      if (!this.#searchesDots && isPathTooLong(`/${[...this.#names, name].join('/')}`)) return 'ENAMETOOLONG';
      const inode = this.#state.child(directory, name);
      if (isSymlinkInode(inode) && (!last || followsLast(follow, trailingSlash))) {
        if (++this.#followed > SYMLINK_LIMIT) return 'ELOOP';
        if (inode.target === '') return 'ENOENT';
        if (last && inode.target.endsWith('/')) trailingSlash = true;
        this.#follow(inode.target);
        continue;
      }
      if (last) return { parents: this.#parents, names: this.#names, name, inode, trailingSlash, dots: false };
      if (!isDirectoryInode(inode)) return inode === undefined ? 'ENOENT' : 'ENOTDIR';
      this.#parents.push(inode);
      this.#names.push(name);
    }
  }

  #push(path: string): void {
    const names = path.split('/').filter((name) => name !== '');
    this.#pending = this.#pending.concat(names.reverse());
  }

  #follow(target: string): void {
    if (target.startsWith('/')) {
      this.#parents.length = 1;
      this.#names.length = 0;
    }
    this.#push(target);
  }

  #up(): void {
    if (this.#parents.length === 1) return;
    this.#parents.pop();
    this.#names.pop();
  }

  /** The place of the directory that the walk stands in. */
  #here(trailingSlash: boolean, dots: boolean): Place {
    const inode = this.#parents.at(-1) as Directory;
    if (this.#parents.length === 1) {
      return { parents: this.#parents, names: this.#names, name: '', inode, trailingSlash, dots };
    }
    const name = this.#names.at(-1) as string;
    const [parents, names] = [this.#parents.slice(0, -1), this.#names.slice(0, -1)];
    return { parents, names, name, inode, trailingSlash, dots };
  }
}
