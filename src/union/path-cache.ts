/**
 * Remembers which inode a path led to, for paths that led to one. Making a new name or copying an inode up leaves
 * every entry right (the view asks its table for the current version). Taking a file's name away drops what is known
 * of files; taking a directory's or a symlink's away drops the whole cache.
 */

import type { Tree } from '../tree/node.js';
import type { Chain, Place } from './place.js';
import type { Directory, Inode } from './upper.js';

/** More distinct paths than this are looked up by walking again; an entry takes about 100 bytes. */
const PATHS_LIMIT = 131_072;

export class PathCache {
  /** By the path as it was given: with the last symlink followed, and without. */
  readonly followed: Map<string, Inode> = new Map();
  readonly unfollowed: Map<string, Inode> = new Map();
  /** Directories that something was looked for in. */
  readonly directories: Map<string, Directory> = new Map();
  /** Directories that something was opened, made or taken away in, with the way to them. */
  readonly chains: Map<string, Chain> = new Map();

  /** The directory looked in last, with its path and a slash: the next look is often in the same one. */
  latestPrefix = '';
  latest: Directory | undefined;
  /** The path that led to something last, and did not end at a symlink. */
  latestPath: string | undefined;
  latestInode: Inode | undefined;

  /** The path of the directory whose chain was asked for last; the root's is empty. */
  latestChainPath: string | undefined;
  latestChain: Chain | undefined;
  /** The place of the path that something was done at last, where an inode is that is no symlink. */
  latestPlacePath: string | undefined;
  latestPlace: Place | undefined;

  static remember<T>(map: Map<string, T>, path: string, found: T): void {
    if (map.size >= PATHS_LIMIT) map.clear();
    map.set(path, found);
  }

  get isEmpty(): boolean {
    return (
      this.followed.size === 0 && this.unfollowed.size === 0 && this.directories.size === 0 && this.chains.size === 0
    );
  }

  /** Drops what is known of everything but directories. */
  forgetFiles(): void {
    if (this.followed.size > 0) this.followed.clear();
    if (this.unfollowed.size > 0) this.unfollowed.clear();
    this.latestPath = undefined;
    this.latestInode = undefined;
    this.latestPlacePath = undefined;
    this.latestPlace = undefined;
  }
}

const shared = new WeakMap<Tree, PathCache>();

/** The cache that all unchanged views of a tree share: what never changes need not be looked up twice. */
export function sharedPathCache(tree: Tree): PathCache {
  let cache = shared.get(tree);
  if (cache === undefined) {
    cache = new PathCache();
    shared.set(tree, cache);
  }
  return cache;
}
