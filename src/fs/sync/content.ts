/** Whole files: read, write, append, cut, copy. */

import { writeAll } from '../../union/composed.js';
import { FsError } from '../../union/errno.js';
import type { Kernel } from '../../union/kernel.js';
import {
  checkBoolean,
  checkSignal,
  dataOf,
  descriptorOf,
  modeOf,
  optionsOf,
  type PathLike,
  pathOf,
  smallModeOf,
  textEncodingOf,
} from '../arguments.js';
import { asBuffer, copyToBuffer, decodeText, type Encoding, newBuffer } from '../buffers.js';
import { constants } from '../constants.js';
import { FsTooLargeError } from '../errors.js';
import { flagsOf } from '../open-flags.js';
import { asCall, codeOf } from '../rephrase.js';
import { isSameFile } from '../same-file.js';
import { warnOnce } from '../warnings.js';
import { FILE_MODE, lengthOf } from './descriptors.js';

/** A descriptor stands for a path in readFile, writeFile and appendFile. */
export type PathOrDescriptor = PathLike | number;

export interface ReadFileOptions {
  readonly encoding?: Encoding | 'buffer' | null;
  readonly flag?: string | number;
  readonly signal?: AbortSignal | undefined;
}

export interface WriteFileOptions extends ReadFileOptions {
  readonly mode?: number | string;
  /** Calls fsync before the file is closed. */
  readonly flush?: boolean | null;
}

export interface ReadFileCall<P> {
  (
    path: P,
    options?: { readonly encoding?: null | 'buffer'; readonly flag?: string | number } | 'buffer' | null,
  ): Uint8Array;
  (path: P, options: Encoding | { readonly encoding: Encoding; readonly flag?: string | number }): string;
  (path: P, options?: ReadFileOptions | Encoding | 'buffer' | null): string | Uint8Array;
}

type WriteOptions = WriteFileOptions | Encoding | 'buffer' | null;

export interface ContentCalls {
  readonly readFileSync: ReadFileCall<PathOrDescriptor>;
  writeFileSync(path: PathOrDescriptor, data: string | ArrayBufferView, options?: WriteOptions): void;
  appendFileSync(path: PathOrDescriptor, data: string | ArrayBufferView, options?: WriteOptions): void;
  truncateSync(path: PathOrDescriptor, length?: number | null): void;
  copyFileSync(from: PathLike, to: PathLike, mode?: number): void;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, S_IFMT, S_IFDIR } = constants;
const REPLACE = O_WRONLY | O_CREAT | O_TRUNC;
const APPEND = O_WRONLY | O_CREAT | O_APPEND;
const PERMISSIONS = 0o7777;
/** Read at once from a file whose size is not known beforehand. */
const CHUNK_BYTES = 65536;
/** Node reads no file that is larger, whatever a buffer could hold. */
const LARGEST_READ = 2 ** 31 - 1;

/** `flushed` is fsync, for those who ask for it. */
export function contentCalls(kernel: Kernel, flushed: (fd: number) => void): ContentCalls {
  function readFileSync(path: PathOrDescriptor, options?: ReadFileOptions | Encoding | null): string | Uint8Array {
    if (options === undefined && typeof path === 'string') return copyToBuffer(whole(kernel, pathOf(path)));
    const given = optionsOf<ReadFileOptions>(options);
    const encoding = textEncodingOf(given);
    const flags = flagsOf(given.flag);
    if (typeof path !== 'number' && flags === O_RDONLY) {
      const shared = whole(kernel, pathOf(path));
      return encoding === undefined ? copyToBuffer(shared) : decodeText(shared, encoding);
    }
    const bytes =
      typeof path === 'number'
        ? restOf(kernel, descriptorOf(path))
        : withFile(kernel, pathOf(path), flags, FILE_MODE, (fd) => restOf(kernel, fd));
    return encoding === undefined ? bytes : decodeText(bytes, encoding);
  }

  function put(
    path: PathOrDescriptor,
    data: string | ArrayBufferView,
    options: WriteOptions | undefined,
    flag: number,
  ): void {
    if (options === undefined && typeof path === 'string') {
      const bytes = dataOf(data, undefined);
      kernel.writeFile(pathOf(path), flag, FILE_MODE, bytes);
      return;
    }
    const given = optionsOf<WriteFileOptions>(options);
    checkSignal(given.signal);
    const flush = checkBoolean(given.flush ?? undefined, 'options.flush');
    const bytes = dataOf(data, textEncodingOf(given));
    const write = (fd: number): void => {
      writeAll(kernel, fd, bytes);
      if (flush) flushed(fd);
    };
    if (typeof path === 'number') {
      write(descriptorOf(path));
      return;
    }
    const [name, flags, mode] = [pathOf(path), flagsOf(given.flag, flag), modeOf(given.mode, FILE_MODE)];
    if (flush) withFile(kernel, name, flags, mode, write);
    else kernel.writeFile(name, flags, mode, bytes);
  }

  return {
    readFileSync: readFileSync as ReadFileCall<PathOrDescriptor>, // the overloads say which result an option gives
    writeFileSync: (path, data, options) => put(path, data, options, REPLACE),
    appendFileSync: (path, data, options) => put(path, data, options, APPEND),
    truncateSync(path, length) {
      const size = lengthOf(length);
      if (typeof path === 'number') truncateDescriptor(kernel, path, size);
      else withFile(kernel, pathOf(path), O_RDWR, FILE_MODE, (fd) => kernel.ftruncate(fd, size));
    },
    copyFileSync(from, to, mode) {
      const [source, target] = [pathOf(from, 'src'), pathOf(to, 'dest')];
      const exclusive = (smallModeOf(mode) & constants.COPYFILE_EXCL) !== 0;
      asCall('copyfile', () => copyContent(kernel, source, target, exclusive), source, target);
    },
  };
}

function truncateDescriptor(kernel: Kernel, fd: number, size: number): void {
  warnOnce('truncateDescriptor');
  kernel.ftruncate(descriptorOf(fd), size);
}

/**
 * The steps in which Node copies: the target is opened, emptied and given its mode before anything is read, and taken
 * away again if the copy fails.
 */
function copyContent(kernel: Kernel, source: string, target: string, exclusive: boolean): void {
  withFile(kernel, source, O_RDONLY, 0, (from) => {
    const inode = kernel.fstat(from);
    const permissions = inode.mode & PERMISSIONS;
    const flags = O_WRONLY | O_CREAT | (exclusive ? O_EXCL : 0);
    const to = kernel.open(target, flags, permissions);
    try {
      if (isSameFile(kernel.fstat(to), inode)) return;
      kernel.ftruncate(to, 0);
      kernel.fchmod(to, permissions);
      if ((inode.mode & S_IFMT) === S_IFDIR) throw new FsError('EISDIR', 'copyfile');
      writeAll(kernel, to, kernel.readFile(source));
    } catch (error) {
      takeAway(kernel, target);
      throw error;
    } finally {
      kernel.close(to);
    }
  });
}

/** What cannot be taken away stays: the error to tell is the one of the copy. */
function takeAway(kernel: Kernel, path: string): void {
  try {
    kernel.unlink(path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

function withFile<T>(kernel: Kernel, path: string, flags: number, mode: number, use: (fd: number) => T): T {
  const fd = kernel.open(path, flags, mode);
  try {
    return use(fd);
  } finally {
    kernel.close(fd);
  }
}

/** The kernel's readFile; what is too large for Node is too large here, though the kernel has it in one array. */
function whole(kernel: Kernel, path: string): Uint8Array {
  const shared = kernel.readFile(path);
  if (shared.length > LARGEST_READ) throw new FsTooLargeError(shared.length);
  return shared;
}

/** What a descriptor has yet to read; a byte more than the size is asked for, so that the end shows at once. */
function restOf(kernel: Kernel, fd: number): Uint8Array {
  const expected = kernel.sizeOf(kernel.fstat(fd));
  if (expected > LARGEST_READ) throw new FsTooLargeError(expected);
  let bytes = newBuffer((expected || CHUNK_BYTES) + 1);
  let size = 0;
  for (;;) {
    const count = kernel.read(fd, size === 0 ? bytes : bytes.subarray(size), undefined);
    size += count;
    if (count === 0) return asBuffer(bytes.subarray(0, size));
    if (size === bytes.length) bytes = grown(bytes);
  }
}

function grown(bytes: Uint8Array): Uint8Array {
  const larger = newBuffer(bytes.length + CHUNK_BYTES);
  larger.set(bytes);
  return larger;
}
