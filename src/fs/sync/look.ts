/** Calls that look at a path and change nothing. */

import { fsErrorOf } from '../../union/errno.js';
import type { Kernel } from '../../union/kernel.js';
import { type EncodingOption, encodingOf, lookupPath, type PathLike, pathOf, smallModeOf } from '../arguments.js';
import { type Encoding, encodedName } from '../buffers.js';
import { walkedPath } from '../real-path.js';
import { StatFs } from '../statfs.js';
import { BigIntStats, Stats } from '../stats.js';

export interface StatOptions {
  readonly bigint?: boolean;
}

export interface PathStatOptions extends StatOptions {
  /** With false a path that is not there gives `undefined` instead of an error. */
  readonly throwIfNoEntry?: boolean;
}

/** stat and lstat. */
export interface StatCall {
  (path: PathLike, options?: { readonly bigint?: false; readonly throwIfNoEntry?: true }): Stats;
  (path: PathLike, options: { readonly bigint: true; readonly throwIfNoEntry?: true }): BigIntStats;
  (path: PathLike, options: PathStatOptions): Stats | BigIntStats | undefined;
}

/** readlink and realpath. */
export interface PathCall {
  (path: PathLike, options?: Encoding | { readonly encoding?: Encoding | null } | null): string;
  (path: PathLike, options: EncodingOption): string | Uint8Array;
}

export interface LookCalls {
  accessSync(path: PathLike, mode?: number): void;
  existsSync(path: PathLike): boolean;
  readonly statSync: StatCall;
  readonly lstatSync: StatCall;
  readonly readlinkSync: PathCall;
  readonly realpathSync: PathCall & { readonly native: PathCall };
  statfsSync(path: PathLike, options?: StatOptions): StatFs | StatFs<bigint>;
}

export function lookCalls(kernel: Kernel): LookCalls {
  // The hot calls test for a plain string themselves; a null byte is looked for only where nothing was found.
  function statSync(path: PathLike, options?: PathStatOptions): Stats | BigIntStats | undefined {
    const name = typeof path === 'string' ? path : lookupPath(path);
    const inode = kernel.find(name, true);
    if (inode === undefined) return missing(kernel, path, true, options, statSync);
    return options?.bigint === true ? new BigIntStats(kernel, inode) : new Stats(kernel, inode);
  }

  function lstatSync(path: PathLike, options?: PathStatOptions): Stats | BigIntStats | undefined {
    const name = typeof path === 'string' ? path : lookupPath(path);
    const inode = kernel.find(name, false);
    if (inode === undefined) return missing(kernel, path, false, options, lstatSync);
    return options?.bigint === true ? new BigIntStats(kernel, inode) : new Stats(kernel, inode);
  }

  function existsSync(path: PathLike): boolean {
    if (typeof path === 'string') return kernel.find(path, true) !== undefined;
    try {
      return kernel.find(lookupPath(path), true) !== undefined;
    } catch {
      return false;
    }
  }

  function realpathNative(path: PathLike, options?: EncodingOption): string | Uint8Array {
    const encoding = encodingOf(options);
    return encodedName(kernel.realpath(pathOf(path)), encoding);
  }

  function realpath(path: PathLike, options?: EncodingOption): string | Uint8Array {
    const encoding = encodingOf(options);
    return encodedName(walkedPath(kernel, pathOf(path)), encoding);
  }

  return {
    accessSync: (path, mode) => kernel.access(pathOf(path), smallModeOf(mode)),
    existsSync,
    // The overloads say which of the results an option gives; one function serves them all.
    statSync: statSync as StatCall,
    lstatSync: lstatSync as StatCall,
    readlinkSync: ((path: PathLike, options?: EncodingOption) => {
      const encoding = encodingOf(options);
      return encodedName(kernel.readlink(pathOf(path, 'oldPath')), encoding);
    }) as PathCall,
    realpathSync: Object.assign(realpath as PathCall, { native: realpathNative as PathCall }),
    statfsSync(path, options) {
      const name = pathOf(path);
      const figures = kernel.statfs(name);
      return options?.bigint === true ? StatFs.inBigInts(figures) : StatFs.inNumbers(figures);
    },
  };
}

/** What stat does with a path that leads nowhere: an error, or `undefined` for ENOENT where that was asked for. */
function missing(
  kernel: Kernel,
  path: PathLike,
  follow: boolean,
  options: PathStatOptions | undefined,
  call: StatFunction,
): undefined {
  const name = pathOf(path);
  const code = kernel.whyMissing(name, follow) ?? 'ENOENT';
  if (options?.throwIfNoEntry === false && code === 'ENOENT') return undefined;
  throw fsErrorOf(call, code, follow ? 'stat' : 'lstat', name);
}

type StatFunction = (path: PathLike, options?: PathStatOptions) => Stats | BigIntStats | undefined;
