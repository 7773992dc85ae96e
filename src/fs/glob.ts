/** glob: the paths that patterns match, found by walking from a directory. */

import { S_IFDIR, S_IFLNK, S_IFMT } from '../tree/node.js';
import type { DirectoryEntry, Kernel } from '../union/kernel.js';
import { callbackOf, checkObject, type PathLike, pathOf } from './arguments.js';
import { type NodeCallback, settle } from './deferred.js';
import { Dirent } from './dirent.js';
import { invalidType } from './errors.js';
import {
  fromRoot,
  type GlobState,
  isAccepted,
  isMatch,
  parseGlob,
  spelledNames,
  step,
  upward,
  withEmptySteps,
} from './glob-pattern.js';
import { directoryOf, joined, normalized, withoutDots } from './path-text.js';

export interface GlobOptions {
  /** Where relative patterns begin: `/` without it. */
  readonly cwd?: PathLike;
  /** Patterns of what is left out with all that is below it, or a function that is true for it. */
  readonly exclude?: ((path: string) => boolean) | readonly string[];
  readonly withFileTypes?: false;
}

/** Entries instead of paths, also for `exclude`. */
export interface GlobEntryOptions {
  readonly cwd?: PathLike;
  readonly exclude?: ((entry: Dirent) => boolean) | readonly string[];
  readonly withFileTypes: true;
}

type AnyOptions = GlobOptions | GlobEntryOptions;
type Patterns = string | readonly string[];

export interface GlobSyncCall {
  (patterns: Patterns, options?: GlobOptions): string[];
  (patterns: Patterns, options: GlobEntryOptions): Dirent[];
}

export interface GlobCall {
  (patterns: Patterns, callback: NodeCallback<string[]>): void;
  (patterns: Patterns, options: GlobOptions, callback: NodeCallback<string[]>): void;
  (patterns: Patterns, options: GlobEntryOptions, callback: NodeCallback<Dirent[]>): void;
}

export interface GlobPromise {
  (patterns: Patterns, options?: GlobOptions): AsyncGenerator<string, void>;
  (patterns: Patterns, options: GlobEntryOptions): AsyncGenerator<Dirent, void>;
}

export interface GlobCalls {
  readonly globSync: GlobSyncCall;
  readonly glob: GlobCall;
}

/** Something that was found: the path as the pattern spells it, and what is there. */
interface Hit {
  readonly path: string;
  readonly mode: number;
}

export function globCalls(kernel: Kernel): GlobCalls {
  return {
    globSync: ((patterns: Patterns, options?: AnyOptions) => [
      ...new Glob(kernel, options).find(patterns),
    ]) as GlobSyncCall,
    glob(patterns: Patterns, ...rest: unknown[]) {
      const callback = callbackOf<NodeCallback<unknown[]>>(rest.pop());
      const glob = new Glob(kernel, rest[0] as AnyOptions | undefined);
      settle(() => [...glob.find(patterns)], callback);
    },
  };
}

/** Walks on only as far as results are asked for. */
export function globPromise(kernel: Kernel): GlobPromise {
  return async function* (patterns: Patterns, options?: AnyOptions) {
    yield* new Glob(kernel, options).find(patterns);
  } as GlobPromise; // the overloads say which result an option gives
}

/** One search: everything but the patterns. */
class Glob {
  readonly #kernel: Kernel;
  readonly #cwd: string;
  readonly #withFileTypes: boolean;
  readonly #isExcluded: (hit: Hit) => boolean;

  constructor(kernel: Kernel, options: AnyOptions = {}) {
    if (options === null || typeof options !== 'object') checkObject(options, 'options');
    this.#kernel = kernel;
    this.#cwd = withoutDots(pathOf(options.cwd ?? '/', 'options.cwd'));
    this.#withFileTypes = options.withFileTypes === true;
    this.#isExcluded = this.#exclusion(options.exclude);
  }

  *find(patterns: Patterns): Generator<string | Dirent, void> {
    const states = patternsOf(patterns).flatMap(parseGlob);
    const absolute = states.flatMap((state) => fromRoot(state) ?? []);
    const relative = states.filter((state) => fromRoot(state) === undefined);
    const seen = new Set<string>();
    for (const [start, from] of [
      ['.', relative],
      ['/', absolute],
    ] as const) {
      for (const hit of this.#start(start, withEmptySteps(from))) {
        if (seen.has(hit.path)) continue;
        seen.add(hit.path);
        yield this.#withFileTypes ? this.#entry(hit) : hit.path;
      }
    }
  }

  *#start(path: string, states: readonly GlobState[]): Generator<Hit, void> {
    if (states.length === 0) return;
    const inode = this.#kernel.find(this.#absolute(path), true);
    if (inode === undefined || (inode.mode & S_IFMT) !== S_IFDIR) return;
    if (isAccepted(states, true)) yield { path, mode: inode.mode };
    yield* this.#within(path, states);
  }

  /** What matches below a directory. */
  *#within(directory: string, states: readonly GlobState[]): Generator<Hit, void> {
    const up = upward(states);
    if (up.length > 0) yield* this.#start(normalized(joined(directory, '..')), withEmptySteps(up));
    for (const { name, mode } of this.#entries(directory, states)) {
      const { states: left, spelled } = step(states, name);
      if (left.length === 0) continue;
      const hit = { path: directory === '.' ? name : joined(directory, name), mode };
      if (this.#isExcluded(hit)) continue;
      const isLink = (mode & S_IFMT) === S_IFLNK;
      const below = isLink ? spelled : left;
      const isDirectory = isLink ? below.length > 0 && this.#isDirectory(hit.path) : (mode & S_IFMT) === S_IFDIR;
      if (isAccepted(left, isDirectory)) yield hit;
      if (isDirectory) yield* this.#within(hit.path, below);
    }
  }

  /** A directory is listed only where names alone do not tell what can match. */
  #entries(directory: string, states: readonly GlobState[]): Iterable<Pick<DirectoryEntry, 'name' | 'mode'>> {
    const path = this.#absolute(directory);
    const names = spelledNames(states);
    if (names === undefined) return this.#list(path);
    return [...names].flatMap((name) => {
      const inode = this.#kernel.find(joined(path, name), false);
      return inode === undefined ? [] : [{ name, mode: inode.mode }];
    });
  }

  /** What may not be read has nothing that matches. */
  #list(path: string): DirectoryEntry[] {
    try {
      return this.#kernel.readdirEntries(path);
    } catch {
      return [];
    }
  }

  #isDirectory(path: string): boolean {
    const inode = this.#kernel.find(this.#absolute(path), true);
    return inode !== undefined && (inode.mode & S_IFMT) === S_IFDIR;
  }

  #absolute(path: string): string {
    return path.startsWith('/') ? path : joined(this.#cwd, path);
  }

  #entry({ path, mode }: Hit): Dirent {
    const absolute = withoutDots(this.#absolute(path));
    return new Dirent(absolute.slice(absolute.lastIndexOf('/') + 1), directoryOf(absolute), mode);
  }

  /** A function is asked for the name, as Node does, and for the path. */
  #exclusion(exclude: AnyOptions['exclude']): (hit: Hit) => boolean {
    if (exclude === undefined) return () => false;
    if (typeof exclude === 'function') {
      if (this.#withFileTypes) return (hit) => Boolean((exclude as (entry: Dirent) => unknown)(this.#entry(hit)));
      const ask = exclude as (path: string) => unknown;
      return ({ path }) => Boolean(ask(path.slice(path.lastIndexOf('/') + 1)) || (path.includes('/') && ask(path)));
    }
    if (!Array.isArray(exclude)) throw invalidType('options.exclude', 'of type function or string[]', exclude);
    const patterns = exclude.map((pattern: unknown, i) => normalized(textOf(pattern, `options.exclude[${i}]`)));
    const [fromRoot, fromHere] = [true, false].map((isAbsolute) =>
      patterns.filter((pattern) => pattern.startsWith('/') === isAbsolute).map(isMatch),
    );
    return ({ path }) =>
      fromRoot?.some((matches) => matches(withoutDots(this.#absolute(path)))) === true ||
      fromHere?.some((matches) => matches(this.#relative(path))) === true;
  }

  #relative(path: string): string {
    return path.startsWith(`${this.#cwd}/`) ? path.slice(this.#cwd.length + 1) : path;
  }
}

function patternsOf(patterns: unknown): string[] {
  if (Array.isArray(patterns)) return patterns.map((each, i) => textOf(each, `patterns[${i}]`));
  return [textOf(patterns, 'patterns')];
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
  return value;
}
