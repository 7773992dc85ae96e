/** The promise face: the synchronous calls, with the outcome as a promise. */

import { type EncodingOption, optionsOf, type PathLike } from './arguments.js';
import type { Encoding } from './buffers.js';
import { constants, type FsConstants } from './constants.js';
import type { Dirent } from './dirent.js';
import { FsStateError } from './errors.js';
import { type FileContent, FileHandle, isPieces, untilAbortable } from './file-handle.js';
import { copyFiltered, type LaterCopyOptions } from './filtered-copy.js';
import type { GlobPromise } from './glob.js';
import type { BigIntStats, Stats } from './stats.js';
import type { StreamClasses } from './stream-classes.js';
import type { ReadFileOptions, WriteFileOptions } from './sync/content.js';
import type { ListOptions } from './sync/list.js';
import type { PathStatOptions } from './sync/look.js';
import type { SyncCalls } from './sync.js';
import type { WatchEvent, WatchIteratorOptions } from './watch.js';

/** The calls that are the same in both faces but for the promise. */
type General =
  | 'access'
  | 'chmod'
  | 'chown'
  | 'copyFile'
  | 'lchown'
  | 'link'
  | 'lstat'
  | 'lutimes'
  | 'mkdir'
  | 'mkdtemp'
  | 'opendir'
  | 'readdir'
  | 'readlink'
  | 'rename'
  | 'rm'
  | 'rmdir'
  | 'stat'
  | 'statfs'
  | 'symlink'
  | 'truncate'
  | 'unlink'
  | 'utimes';

/** Calls whose results depend on an option; their types are spelled out below. */
type Overloaded = 'lstat' | 'readdir' | 'readlink' | 'stat';

type Promised<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;

type GeneralPromises = {
  readonly [N in Exclude<General, Overloaded>]: Promised<SyncCalls[`${N}Sync`]>;
};

export interface StatPromise {
  (path: PathLike, options?: { readonly bigint?: false }): Promise<Stats>;
  (path: PathLike, options: { readonly bigint: true }): Promise<BigIntStats>;
  (path: PathLike, options: PathStatOptions): Promise<Stats | BigIntStats | undefined>;
}

export interface ReaddirPromise {
  (
    path: PathLike,
    options?: Encoding | { readonly withFileTypes?: false; readonly recursive?: boolean } | null,
  ): Promise<string[]>;
  (path: PathLike, options: { readonly withFileTypes: true; readonly recursive?: boolean }): Promise<Dirent[]>;
  (
    path: PathLike,
    options: ListOptions | EncodingOption,
  ): Promise<(string | Uint8Array)[] | Dirent<string | Uint8Array>[]>;
}

export interface PathPromise {
  (path: PathLike, options?: Encoding | { readonly encoding?: Encoding | null } | null): Promise<string>;
  (path: PathLike, options: EncodingOption): Promise<string | Uint8Array>;
}

export interface ReadFilePromise {
  (path: PathLike | FileHandle, options?: Omit<ReadFileOptions, 'encoding'> | 'buffer' | null): Promise<Uint8Array>;
  (
    path: PathLike | FileHandle,
    options: Encoding | (ReadFileOptions & { readonly encoding: Encoding }),
  ): Promise<string>;
  (path: PathLike | FileHandle, options?: ReadFileOptions | Encoding | 'buffer' | null): Promise<string | Uint8Array>;
}

type WriteFilePromise = (
  path: PathLike | FileHandle,
  data: FileContent,
  options?: WriteFileOptions | Encoding | null,
) => Promise<void>;

/** The calls that give one result after the other. */
export interface IteratorCalls {
  watch(path: PathLike, options?: WatchIteratorOptions): AsyncGenerator<WatchEvent, void>;
  readonly glob: GlobPromise;
}

export interface PromiseCalls extends GeneralPromises, IteratorCalls {
  readonly constants: FsConstants;
  cp(source: PathLike, destination: PathLike, options?: LaterCopyOptions): Promise<void>;
  readonly stat: StatPromise;
  readonly lstat: StatPromise;
  readonly readdir: ReaddirPromise;
  readonly readlink: PathPromise;
  readonly realpath: PathPromise;
  readonly readFile: ReadFilePromise;
  readonly writeFile: WriteFilePromise;
  readonly appendFile: WriteFilePromise;
  open(path: PathLike, flags?: string | number | null, mode?: number | string | null): Promise<FileHandle>;
  /** Linux cannot change the mode of a symlink: always rejects. */
  lchmod(path: PathLike, mode: number | string): Promise<void>;
}

/** Listed one by one, as in `syncCalls`. */
export function promiseCalls(sync: SyncCalls, streams: StreamClasses, iterators: IteratorCalls): PromiseCalls {
  async function writePieces(
    path: PathLike,
    data: FileContent,
    options: WriteFileOptions | Encoding | null | undefined,
    flag: string,
  ): Promise<void> {
    const given = optionsOf<WriteFileOptions>(options);
    const handle = new FileHandle(sync.openSync(path, given.flag ?? flag, given.mode), sync, streams);
    try {
      await handle.writeFile(data, options);
    } finally {
      await handle.close();
    }
  }

  /** The call that writes all at once says what is done with what is there. */
  function writing(all: SyncCalls['writeFileSync'], flag: string): WriteFilePromise {
    return async (path, data, options) => {
      if (path instanceof FileHandle) return path.writeFile(data, options);
      if (hasSignal(options)) await untilAbortable(options.signal);
      return isPieces(data) ? writePieces(path, data, options, flag) : all(path, data, options);
    };
  }

  return {
    constants,
    access: promised(sync.accessSync),
    chmod: promised(sync.chmodSync),
    chown: promised(sync.chownSync),
    copyFile: promised(sync.copyFileSync),
    cp: (source, destination, options) => copyFiltered(sync, source, destination, options),
    lchown: promised(sync.lchownSync),
    link: promised(sync.linkSync),
    lstat: promised(sync.lstatSync),
    lutimes: promised(sync.lutimesSync),
    mkdir: promised(sync.mkdirSync),
    mkdtemp: promised(sync.mkdtempSync),
    opendir: promised(sync.opendirSync),
    readdir: promised(sync.readdirSync),
    readlink: promised(sync.readlinkSync),
    rename: promised(sync.renameSync),
    rm: promised(sync.rmLater),
    rmdir: promised(sync.rmdirSync),
    stat: promised(sync.statSync),
    statfs: promised(sync.statfsSync),
    symlink: promised(sync.symlinkSync),
    truncate: promised(sync.truncateSync),
    unlink: promised(sync.unlinkSync),
    utimes: promised(sync.utimesSync),
    realpath: promised(sync.realpathSync.native),
    readFile: (async (path: PathLike | FileHandle, options?: ReadFileOptions | Encoding | null) => {
      if (path instanceof FileHandle) return path.readFile(options);
      if (hasSignal(options)) await untilAbortable(options.signal);
      return sync.readFileSync(path, options);
    }) as ReadFilePromise, // the overloads say which result an option gives
    writeFile: writing(sync.writeFileSync, 'w'),
    appendFile: writing(sync.appendFileSync, 'a'),
    open: async (path: PathLike, flags?: string | number | null, mode?: number | string | null) =>
      new FileHandle(sync.openSync(path, flags, mode), sync, streams),
    lchmod: async () => {
      throw new FsStateError('ERR_METHOD_NOT_IMPLEMENTED', 'The lchmod() method is not implemented');
    },
    watch: iterators.watch,
    glob: iterators.glob,
  };
}

function hasSignal(options: unknown): options is { signal: AbortSignal | undefined } {
  return typeof options === 'object' && options !== null && 'signal' in options;
}

type AnyCall = (...args: unknown[]) => unknown;

/** No call takes more than four arguments, and `undefined` is the same as none. */
function promised<P>(call: unknown): P {
  const sync = call as AnyCall;
  return (async (a: unknown, b: unknown, c: unknown, d: unknown) => sync(a, b, c, d)) as P; // P says what they are
}
