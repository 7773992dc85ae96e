/** Errors of a call that is made of several system calls, told as Node tells them: under the one name it has there. */

import { FsError } from '../union/errno.js';

/** Runs `steps`; an error in them becomes an error of `syscall` on `path` (and `dest`). */
export function asCall<T>(syscall: string, steps: () => T, path?: string, dest?: string): T {
  try {
    return steps();
  } catch (error) {
    if (error instanceof FsError) throw new FsError(error.code, syscall, path, dest);
    throw error;
  }
}

/** The code of an error of the kernel; `undefined` for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof FsError ? error.code : undefined;
}
