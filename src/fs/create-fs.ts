/** Makes the object that stands for `node:fs`: all three faces over one kernel. */

import type { Kernel } from '../union/kernel.js';
import { type PathLike, secondsOf } from './arguments.js';
import { type OpenAsBlobCall, openAsBlob } from './blob.js';
import type { Encoding } from './buffers.js';
import { type CallbackCalls, callbackCalls } from './callbacks.js';
import { constants, type FsConstants } from './constants.js';
import { Dir } from './dir.js';
import { Dirent } from './dirent.js';
import { type GlobCalls, globCalls, globPromise } from './glob.js';
import { OwnStreams } from './own-streams.js';
import { type PromiseCalls, promiseCalls } from './promises.js';
import { relativeTo } from './relative-kernel.js';
import { type StatsClass, statsClass } from './stats-class.js';
import type { StreamClass, StreamOptions } from './streams-port.js';
import type { TimeLike } from './sync/descriptors.js';
import { type SyncCalls, syncCalls } from './sync.js';
import { type WatchCall, watch, watchEvents } from './watch.js';
import { type WatchFileCalls, watchFileCalls } from './watch-file.js';
import { WatchQueue } from './watch-queue.js';

/** The fs object as the core types it, without Node's types. */
export interface CoreFs extends SyncCalls, CallbackCalls, WatchFileCalls, GlobCalls {
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
  createReadStream(path: PathLike, options?: Encoding | StreamOptions): object;
  createWriteStream(path: PathLike, options?: Encoding | StreamOptions): object;
  readonly watch: WatchCall;
  /** Seconds since 1970 of what the calls that set times take; old programs use it. */
  readonly _toUnixTimestamp: (time: TimeLike, name?: string) => number;
  readonly openAsBlob: OpenAsBlobCall;
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
 * passed on alone. Relative paths are taken from `/`, unless `cwd` says
 * otherwise.
 *
 * Every call is listed: an object made by spreading takes a hundred times as long to make (250 µs against 3), and each
 * fork of a view has one.
 */
export function createFs(absolute: Kernel, options: CreateFsOptions = {}): Fs {
  const { cwd, random = Math.random } = options;
  const kernel = cwd === undefined ? absolute : relativeTo(absolute, cwd);
  const sync = syncCalls(kernel, random);
  const callbacks = callbackCalls(sync);
  const streams = new OwnStreams(() => fs);
  let events: WatchQueue | undefined;
  const queue = (): WatchQueue => (events ??= new WatchQueue(kernel));
  const polls = watchFileCalls(kernel);
  const globs = globCalls(kernel);
  const fs: CoreFs = {
    accessSync: sync.accessSync,
    existsSync: sync.existsSync,
    statSync: sync.statSync,
    lstatSync: sync.lstatSync,
    readlinkSync: sync.readlinkSync,
    realpathSync: sync.realpathSync,
    statfsSync: sync.statfsSync,
    readdirSync: sync.readdirSync,
    opendirSync: sync.opendirSync,
    openSync: sync.openSync,
    closeSync: sync.closeSync,
    readSync: sync.readSync,
    writeSync: sync.writeSync,
    readvSync: sync.readvSync,
    writevSync: sync.writevSync,
    fstatSync: sync.fstatSync,
    ftruncateSync: sync.ftruncateSync,
    fsyncSync: sync.fsyncSync,
    fdatasyncSync: sync.fdatasyncSync,
    fchmodSync: sync.fchmodSync,
    fchownSync: sync.fchownSync,
    futimesSync: sync.futimesSync,
    readFileSync: sync.readFileSync,
    writeFileSync: sync.writeFileSync,
    appendFileSync: sync.appendFileSync,
    truncateSync: sync.truncateSync,
    copyFileSync: sync.copyFileSync,
    mkdirSync: sync.mkdirSync,
    mkdtempSync: sync.mkdtempSync,
    rmdirSync: sync.rmdirSync,
    rmSync: sync.rmSync,
    unlinkSync: sync.unlinkSync,
    renameSync: sync.renameSync,
    linkSync: sync.linkSync,
    symlinkSync: sync.symlinkSync,
    chmodSync: sync.chmodSync,
    chownSync: sync.chownSync,
    lchownSync: sync.lchownSync,
    utimesSync: sync.utimesSync,
    lutimesSync: sync.lutimesSync,
    cpSync: sync.cpSync,
    access: callbacks.access,
    stat: callbacks.stat,
    lstat: callbacks.lstat,
    readlink: callbacks.readlink,
    statfs: callbacks.statfs,
    readdir: callbacks.readdir,
    opendir: callbacks.opendir,
    open: callbacks.open,
    close: callbacks.close,
    fstat: callbacks.fstat,
    ftruncate: callbacks.ftruncate,
    fsync: callbacks.fsync,
    fdatasync: callbacks.fdatasync,
    fchmod: callbacks.fchmod,
    fchown: callbacks.fchown,
    futimes: callbacks.futimes,
    appendFile: callbacks.appendFile,
    truncate: callbacks.truncate,
    copyFile: callbacks.copyFile,
    mkdir: callbacks.mkdir,
    mkdtemp: callbacks.mkdtemp,
    rmdir: callbacks.rmdir,
    rm: callbacks.rm,
    unlink: callbacks.unlink,
    rename: callbacks.rename,
    link: callbacks.link,
    symlink: callbacks.symlink,
    chmod: callbacks.chmod,
    chown: callbacks.chown,
    lchown: callbacks.lchown,
    utimes: callbacks.utimes,
    lutimes: callbacks.lutimes,
    cp: callbacks.cp,
    exists: callbacks.exists,
    read: callbacks.read,
    write: callbacks.write,
    readv: callbacks.readv,
    writev: callbacks.writev,
    readFile: callbacks.readFile,
    writeFile: callbacks.writeFile,
    realpath: callbacks.realpath,
    // Functions and no arrows: there are programs that put `new` before them.
    createReadStream: function createReadStream(path, given) {
      return new streams.reader(path, given);
    },
    createWriteStream: function createWriteStream(path, given) {
      return new streams.writer(path, given);
    },
    get ReadStream() {
      return streams.reader;
    },
    set ReadStream(made) {
      streams.reader = made;
    },
    get WriteStream() {
      return streams.writer;
    },
    set WriteStream(made) {
      streams.writer = made;
    },
    get FileReadStream() {
      return streams.reader;
    },
    set FileReadStream(made) {
      streams.reader = made;
    },
    get FileWriteStream() {
      return streams.writer;
    },
    set FileWriteStream(made) {
      streams.writer = made;
    },
    promises: promiseCalls(sync, streams, {
      watch: (path, given) => watchEvents(kernel, queue(), path, given),
      glob: globPromise(kernel),
    }),
    constants,
    F_OK: constants.F_OK,
    R_OK: constants.R_OK,
    W_OK: constants.W_OK,
    X_OK: constants.X_OK,
    Stats: statsClass,
    Dirent,
    Dir,
    watch: (path, given, listener) => watch(kernel, queue(), path, given, listener),
    watchFile: polls.watchFile,
    unwatchFile: polls.unwatchFile,
    _toUnixTimestamp: secondsOf,
    glob: globs.glob,
    globSync: globs.globSync,
    openAsBlob: (path, given) => openAsBlob(kernel, path, given),
  };
  // Node's types tell results apart by Buffer and by overload; the contract suite holds ours against node:fs itself.
  return fs as unknown as Fs;
}
