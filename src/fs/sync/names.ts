/** Calls that make, move and remove names. */

import { isPathTooLong } from '../../tree/names.js';
import { isDirectory } from '../../tree/node.js';
import { FsError } from '../../union/errno.js';
import type { Kernel } from '../../union/kernel.js';
import {
  checkBoolean,
  checkObject,
  type EncodingOption,
  encodingOf,
  integerOf,
  modeOf,
  type PathLike,
  pathOf,
} from '../arguments.js';
import { encodedName } from '../buffers.js';
import { FsOptionError, FsRefusal } from '../errors.js';
import { directoryOf } from '../path-text.js';
import { asCall, codeOf } from '../rephrase.js';
import { warnOnce } from '../warnings.js';

export interface MkdirOptions {
  readonly mode?: number | string | null;
  /** Makes what is missing on the way; the call then returns the first directory that it made. */
  readonly recursive?: boolean;
}

export interface RmOptions {
  /** Says nothing when the path is not there. */
  readonly force?: boolean;
  readonly recursive?: boolean;
  /** Taken for Node's sake; nothing here is ever busy. */
  readonly maxRetries?: number;
  readonly retryDelay?: number;
}

type RmCall = (path: PathLike, options?: RmOptions) => void;

export interface NameCalls {
  mkdirSync(path: PathLike, options?: MkdirOptions | number | string | null): string | undefined;
  mkdtempSync(prefix: PathLike, options?: EncodingOption): string | Uint8Array;
  rmdirSync(path: PathLike, options?: Omit<RmOptions, 'force'>): void;
  readonly rmSync: RmCall;
  /** What the faces with promises and callbacks make of it. */
  readonly rmLater: RmCall;
  unlinkSync(path: PathLike): void;
  renameSync(from: PathLike, to: PathLike): void;
  linkSync(existing: PathLike, path: PathLike): void;
  symlinkSync(target: PathLike, path: PathLike, type?: 'dir' | 'file' | 'junction' | null): void;
}

const DIRECTORY_MODE = 0o777;
const PRIVATE_MODE = 0o700;
const EISDIR = 21;
const MAX_INT32 = 0x7fffffff;
const MAX_UINT32 = 0xffffffff;

const SUFFIX_LENGTH = 6;
const SUFFIX_LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** mkdtemp(3) gives up at some point too; with 62^6 names this many clashes are no accident. */
const SUFFIX_TRIES = 100;

const SYMLINK_TYPES: readonly unknown[] = [undefined, null, 'dir', 'file', 'junction'];

/** `random` gives numbers from 0 up to 1, for the names of temporary directories. */
export function nameCalls(kernel: Kernel, random: () => number): NameCalls {
  return {
    mkdirSync(path, options) {
      const given: MkdirOptions = typeof options === 'object' && options !== null ? options : { mode: options ?? null };
      const name = pathOf(path);
      const mode = modeOf(given.mode, DIRECTORY_MODE);
      if (checkBoolean(given.recursive, 'options.recursive'))
        return asCall('mkdir', () => mkdirDeep(kernel, name, mode), name);
      kernel.mkdir(name, mode);
      return undefined;
    },
    mkdtempSync(prefix, options) {
      const encoding = encodingOf(options);
      const start = pathOf(prefix, 'prefix');
      if (start.endsWith('X')) warnOnce('portableTemplate');
      return encodedName(mkdtemp(kernel, start, random), encoding);
    },
    rmdirSync(path, options) {
      const name = pathOf(path);
      checkObject(options, 'options');
      checkRetries(options);
      const recursive = checkBoolean(options?.recursive, 'options.recursive');
      if (recursive) warnOnce('rmdirRecursive');
      if (recursive && isDirectory(kernel.lstat(name))) kernel.removeTree(name);
      else kernel.rmdir(name);
    },
    // With both options the synchronous call does not look first, and it is unlink that finds nothing.
    rmSync: (path, options) => remove(kernel, path, options, options?.recursive === true && options.force === true),
    rmLater: (path, options) => remove(kernel, path, options, false),
    unlinkSync: (path) => kernel.unlink(pathOf(path)),
    renameSync: (from, to) => kernel.rename(pathOf(from, 'oldPath'), pathOf(to, 'newPath')),
    linkSync: (existing, path) => kernel.link(pathOf(existing, 'existingPath'), pathOf(path, 'newPath')),
    symlinkSync(target, path, type) {
      const text = pathOf(target, 'target');
      if (!SYMLINK_TYPES.includes(type)) throw unknownSymlinkType(type);
      kernel.symlink(text, pathOf(path));
    },
  };
}

function checkRetries(options: RmOptions | undefined): void {
  if (options?.maxRetries !== undefined) integerOf(options.maxRetries, 'options.maxRetries', 0, MAX_UINT32);
  if (options?.retryDelay !== undefined) integerOf(options.retryDelay, 'options.retryDelay', 0, MAX_INT32);
}

/** Makes a directory and all that is missing above it; returns the topmost that it made. */
export function mkdirDeep(kernel: Kernel, path: string, mode: number): string | undefined {
  if (isPathTooLong(path)) kernel.mkdir(path, mode);
  const missing = [path];
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const parent = path.slice(0, slash);
    if (kernel.find(directoryOf(missing.at(-1) as string), true) !== undefined) break;
    missing.push(parent);
  }
  let first: string | undefined;
  for (let at = missing.length - 1; at >= 0; at--) {
    const each = missing[at] as string; // within the bounds
    if (madeDirectory(kernel, each, mode, at === 0)) first ??= each;
  }
  return first;
}

/** False when the directory was there already; what else is there is an error. */
function madeDirectory(kernel: Kernel, path: string, mode: number, last: boolean): boolean {
  try {
    kernel.mkdir(path, mode);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (isDirectory(kernel.stat(path))) return false;
    throw last ? error : new FsError('ENOTDIR', 'mkdir');
  }
}

function mkdtemp(kernel: Kernel, prefix: string, random: () => number): string {
  return asCall('mkdtemp', () => tryNames(kernel, prefix, random), `${prefix}${'X'.repeat(SUFFIX_LENGTH)}`);
}

function tryNames(kernel: Kernel, prefix: string, random: () => number): string {
  for (let tries = 0; tries < SUFFIX_TRIES; tries++) {
    const path = prefix + suffix(random);
    if (kernel.find(path, false) !== undefined) continue;
    kernel.mkdir(path, PRIVATE_MODE);
    return path;
  }
  throw new FsError('EEXIST', 'mkdtemp');
}

function suffix(random: () => number): string {
  let text = '';
  while (text.length < SUFFIX_LENGTH) text += SUFFIX_LETTERS.charAt(Math.floor(random() * SUFFIX_LETTERS.length));
  return text;
}

function remove(kernel: Kernel, path: PathLike, options: RmOptions | undefined, unlinksFirst: boolean): void {
  checkObject(options, 'options');
  checkRetries(options);
  const force = checkBoolean(options?.force, 'options.force');
  const recursive = checkBoolean(options?.recursive, 'options.recursive');
  const name = pathOf(path);
  const inode = kernel.find(name, false);
  if (inode === undefined) {
    if (force && kernel.whyMissing(name, false) === 'ENOENT') return;
    if (unlinksFirst) kernel.unlink(name);
    else kernel.lstat(name);
  } else if (!isDirectory(inode)) kernel.unlink(name);
  else if (recursive) kernel.removeTree(name);
  else throw isDirectoryError(name);
}

function isDirectoryError(path: string): FsRefusal {
  const info = { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: EISDIR };
  return new FsRefusal('ERR_FS_EISDIR', 'Path is a directory', info);
}

function unknownSymlinkType(type: unknown): FsOptionError {
  const message = `Symlink type must be one of "dir", "file", or "junction". Received ${JSON.stringify(type)}`;
  return new FsOptionError('ERR_FS_INVALID_SYMLINK_TYPE', message);
}
