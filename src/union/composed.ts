/** Calls that kernels of other file systems than a view make of their smaller ones. */

import { type ErrnoCode, FsError } from './errno.js';
import type { Kernel } from './kernel.js';

/** Writes all bytes, at the position or where the descriptor is. */
export function writeAll(kernel: Pick<Kernel, 'write'>, fd: number, bytes: Uint8Array, position?: number): void {
  let done = 0;
  while (done < bytes.length) {
    const at = position === undefined ? undefined : position + done;
    done += kernel.write(fd, done === 0 ? bytes : bytes.subarray(done), at);
  }
}

/** {@link Kernel.writeFile}, by a descriptor. */
export function writeThroughDescriptor(
  kernel: Pick<Kernel, 'open' | 'write' | 'close'>,
  path: string,
  flags: number,
  mode: number,
  bytes: Uint8Array,
): void {
  const fd = kernel.open(path, flags, mode);
  try {
    writeAll(kernel, fd, bytes);
  } finally {
    kernel.close(fd);
  }
}

/** {@link Kernel.whyMissing}, by the error of stat. */
export function errorOfStat(
  kernel: Pick<Kernel, 'stat' | 'lstat'>,
  path: string,
  follow: boolean,
): ErrnoCode | undefined {
  try {
    if (follow) kernel.stat(path);
    else kernel.lstat(path);
    return undefined;
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}
