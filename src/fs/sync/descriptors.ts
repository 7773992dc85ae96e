/** Calls on an open descriptor. */

import { writeAll } from '../../union/composed.js';
import { FsError } from '../../union/errno.js';
import type { Kernel } from '../../union/kernel.js';
import { buffersOf, descriptorOf, integerOf, modeOf, ownerOf, type PathLike, pathOf, timeOf } from '../arguments.js';
import { flagsOf } from '../open-flags.js';
import { asCall } from '../rephrase.js';
import { BigIntStats, Stats } from '../stats.js';
import { type Position, readTransfer, type TransferOptions, writePosition, writeTransfer } from '../transfer.js';
import type { StatOptions } from './look.js';

/** Date, seconds since 1970, or such a number as text. */
export type TimeLike = number | string | Date;

export interface FstatCall {
  (fd: number, options?: { readonly bigint?: false }): Stats;
  (fd: number, options: { readonly bigint: true }): BigIntStats;
  (fd: number, options: StatOptions): Stats | BigIntStats;
}

export interface ReadCall {
  (fd: number, buffer: ArrayBufferView, options?: TransferOptions | null): number;
  (fd: number, buffer: ArrayBufferView, offset: number, length: number, position?: Position): number;
}

export interface WriteCall {
  (fd: number, buffer: ArrayBufferView, options?: TransferOptions | null): number;
  (
    fd: number,
    buffer: ArrayBufferView,
    offset?: number | null,
    length?: number | null,
    position?: number | null,
  ): number;
  (fd: number, text: string, position?: number | null, encoding?: string | null): number;
}

export interface DescriptorCalls {
  openSync(path: PathLike, flags?: string | number | null, mode?: number | string | null): number;
  closeSync(fd: number): void;
  readonly readSync: ReadCall;
  readonly writeSync: WriteCall;
  readvSync(fd: number, buffers: readonly ArrayBufferView[], position?: number | null): number;
  writevSync(fd: number, buffers: readonly ArrayBufferView[], position?: number | null): number;
  readonly fstatSync: FstatCall;
  ftruncateSync(fd: number, length?: number | null): void;
  fsyncSync(fd: number): void;
  fdatasyncSync(fd: number): void;
  fchmodSync(fd: number, mode: number | string): void;
  fchownSync(fd: number, uid: number, gid: number): void;
  futimesSync(fd: number, atime: TimeLike, mtime: TimeLike): void;
}

/** Permission bits of a new file before the umask. */
export const FILE_MODE = 0o666;

export function descriptorCalls(kernel: Kernel): DescriptorCalls {
  const fsyncSync = (fd: number): void => kernel.fsync(descriptorOf(fd));

  return {
    openSync: (path, flags, mode) => kernel.open(pathOf(path), flagsOf(flags), modeOf(mode, FILE_MODE)),
    closeSync: (fd) => kernel.close(descriptorOf(fd)),
    readSync(
      fd: number,
      buffer: ArrayBufferView,
      offset?: number | TransferOptions | null,
      length?: number,
      position?: Position,
    ) {
      const descriptor = descriptorOf(fd);
      const transfer = readTransfer(buffer, offset, length, position);
      return transfer.bytes.length === 0 ? 0 : kernel.read(descriptor, transfer.bytes, transfer.position);
    },
    writeSync(
      fd: number,
      data: ArrayBufferView | string,
      offset?: number | TransferOptions | null,
      length?: number | string | null,
      position?: number | null,
    ) {
      const descriptor = descriptorOf(fd);
      const transfer = writeTransfer(data, offset, length, position);
      return kernel.write(descriptor, transfer.bytes, transfer.position);
    },
    readvSync: (fd, buffers, position) =>
      readEach(kernel, descriptorOf(fd), buffersOf(buffers), writePosition(position)),
    writevSync: (fd, buffers, position) =>
      writeEach(kernel, descriptorOf(fd), buffersOf(buffers), writePosition(position)),
    fstatSync: ((fd: number, options?: StatOptions) => {
      const inode = kernel.fstat(descriptorOf(fd));
      return options?.bigint === true ? new BigIntStats(kernel, inode) : new Stats(kernel, inode);
    }) as FstatCall, // the overloads say which result an option gives
    ftruncateSync: (fd, length) => kernel.ftruncate(descriptorOf(fd), lengthOf(length)),
    fsyncSync,
    fdatasyncSync: (fd) => asCall('fdatasync', () => fsyncSync(fd)),
    fchmodSync: (fd, mode) => kernel.fchmod(descriptorOf(fd), modeOf(mode)),
    fchownSync: (fd, uid, gid) => kernel.fchown(descriptorOf(fd), ownerOf(uid, 'uid'), ownerOf(gid, 'gid')),
    futimesSync: (fd, atime, mtime) => kernel.futimes(descriptorOf(fd), timeOf(atime, 'atime'), timeOf(mtime, 'mtime')),
  };
}

/** The length to cut a file to; Node takes a negative one for 0. */
export function lengthOf(length: unknown): number {
  return length === undefined ? 0 : Math.max(0, integerOf(length, 'len'));
}

/** Fills the buffers in turn, until one cannot be filled. */
function readEach(kernel: Kernel, fd: number, buffers: Uint8Array[], position: number | undefined): number {
  if (buffers.length === 0) throw new FsError('EINVAL', 'read');
  let total = 0;
  for (const buffer of buffers) {
    const count = kernel.read(fd, buffer, position === undefined ? undefined : position + total);
    total += count;
    if (count < buffer.length) break;
  }
  return total;
}

function writeEach(kernel: Kernel, fd: number, buffers: Uint8Array[], position: number | undefined): number {
  let total = 0;
  for (const buffer of buffers) {
    writeAll(kernel, fd, buffer, position === undefined ? undefined : position + total);
    total += buffer.length;
  }
  return total;
}
