/** Makes the object that stands for `node:fs`: all three faces over one kernel. */

import type { Kernel } from '../union/kernel.js';
import type { PathLike } from './arguments.js';
import type { Encoding } from './buffers.js';
import { type CallbackCalls, callbackCalls } from './callbacks.js';
import { constants, type FsConstants } from './constants.js';
import { Dir } from './dir.js';
import { Dirent } from './dirent.js';
import { type PromiseCalls, promiseCalls } from './promises.js';
import { Stats } from './stats.js';
import { fileStreams, type StreamOptions } from './streams-port.js';
import { type SyncCalls, syncCalls } from './sync.js';

/** The fs object as the core types it, without Node's types. */
export interface CoreFs extends SyncCalls, CallbackCalls {
  readonly promises: PromiseCalls;
  readonly constants: FsConstants;
  readonly F_OK: number;
  readonly R_OK: number;
  readonly W_OK: number;
  readonly X_OK: number;
  readonly Stats: typeof Stats;
  readonly Dirent: typeof Dirent;
  readonly Dir: typeof Dir;
  createReadStream(path: PathLike, options?: Encoding | StreamOptions): object;
  createWriteStream(path: PathLike, options?: Encoding | StreamOptions): object;
}

/** A platform adds the type that its users know as `fs`; where none is added it is {@link CoreFs}. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface PlatformFs {}

/** The type of the fs object: Node's own for those who load the package in Node. */
export type Fs = PlatformFs extends { readonly fs: infer T } ? T : CoreFs;

export interface CreateFsOptions {
  /** Numbers from 0 up to 1, for the names of temporary directories. */
  readonly random?: () => number;
}

/**
 * Node's fs API over a kernel. All functions are own, enumerable and bound: the object can be spread, and its parts
 * passed on alone. Relative paths are taken from `/`.
 */
export function createFs(kernel: Kernel, options: CreateFsOptions = {}): Fs {
  const sync = syncCalls(kernel, options.random ?? Math.random);
  const callbacks = callbackCalls(sync);
  const fs: CoreFs = {
    ...sync,
    ...callbacks,
    promises: promiseCalls(sync, callbacks),
    constants,
    F_OK: constants.F_OK,
    R_OK: constants.R_OK,
    W_OK: constants.W_OK,
    X_OK: constants.X_OK,
    Stats,
    Dirent,
    Dir,
    createReadStream: (path, given) => fileStreams.get().reader(callbacks, path, streamOptions(given)),
    createWriteStream: (path, given) => fileStreams.get().writer(callbacks, path, streamOptions(given)),
  };
  // Node's types tell results apart by Buffer and by overload; the contract suite holds ours against node:fs itself.
  return fs as unknown as Fs;
}

function streamOptions(options: Encoding | StreamOptions | undefined): StreamOptions {
  return typeof options === 'string' ? { encoding: options } : (options ?? {});
}
