/** Errors of the machine's file system, told as a view tells its own. */

import { type ErrnoCode, FsError, isErrnoCode } from '../../union/errno.js';

/** What a call is named in its error. */
export interface HostCall {
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
}

/** Runs `step`; an error with an errno becomes one of the call, on the paths that the view knows. */
export function asHost<T>(call: HostCall, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof FsError) throw error;
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || code.startsWith('ERR_')) throw error;
    // An errno that no view gives by itself, such as ETXTBSY or ESTALE, is an error of the device under it.
    return refuse(isErrnoCode(code) ? code : 'EIO', call);
  }
}

export function refuse(code: ErrnoCode, call: HostCall): never {
  throw new FsError(code, call.syscall, call.path, call.dest);
}
