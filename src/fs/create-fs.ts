/** Makes the object that stands for `node:fs`: all three faces over one kernel. */

import type { Kernel } from '../union/kernel.js';
import { defineFs } from './accessors.js';
import type { CallbackCalls } from './callbacks.js';
import type { FsConstants } from './constants.js';
import type { Dir } from './dir.js';
import type { Dirent } from './dirent.js';
import { Faces, type OtherCalls } from './faces.js';
import type { GlobCalls } from './glob.js';
import type { PromiseCalls } from './promises.js';
import { relativeTo } from './relative-kernel.js';
import type { StatsClass } from './stats-class.js';
import type { StreamClass } from './stream-classes.js';
import type { TimeLike } from './sync/descriptors.js';
import type { SyncCalls } from './sync.js';
import type { WatchFileCalls } from './watch-file.js';

/** The fs object as the core types it, without Node's types. */
export interface CoreFs extends SyncCalls, CallbackCalls, OtherCalls, WatchFileCalls, GlobCalls {
  readonly promises: PromiseCalls;
  readonly constants: FsConstants;
  readonly F_OK: number;
  readonly R_OK: number;
  readonly W_OK: number;
  readonly X_OK: number;
  readonly Stats: StatsClass;
  readonly Dirent: typeof Dirent;
  readonly Dir: typeof Dir;
  ReadStream: StreamClass;
  WriteStream: StreamClass;
  /** Older names of the two classes. */
  FileReadStream: StreamClass;
  FileWriteStream: StreamClass;
  /** Seconds since 1970 of what the calls that set times take; old programs use it. */
  readonly _toUnixTimestamp: (time: TimeLike, name?: string) => number;
}

/** A platform adds the type that its users know as `fs`; where none is added it is {@link CoreFs}. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface PlatformFs {}

/** The type of the fs object: Node's own for those who load the package in Node. */
export type Fs = PlatformFs extends { readonly fs: infer T } ? T : CoreFs;

export interface CreateFsOptions {
  /** Numbers from 0 up to 1, for the names of temporary directories. */
  readonly random?: () => number;
  /** The directory that relative paths are taken from, asked for at each; `/` without it. In Node, `process.cwd`. */
  readonly cwd?: () => string;
}

/**
 * Node's fs API over a kernel. All functions are own, enumerable and bound: the object can be spread, and its parts
 * passed on alone. Relative paths are taken from `/`, unless `cwd` says otherwise.
 */
export function createFs(absolute: Kernel, options: CreateFsOptions = {}): Fs {
  const { cwd, random = Math.random } = options;
  const kernel = cwd === undefined ? absolute : relativeTo(absolute, cwd);
  const fs = {} as CoreFs;
  defineFs(fs, new Faces(kernel, random, fs));
  // Node's types tell results apart by Buffer and by overload; the contract suite holds ours against node:fs itself.
  return fs as unknown as Fs;
}
