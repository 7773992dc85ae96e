/** Errors of system calls, in the shape and the words of Node's own (libuv's table, Linux's numbers). */

/** The names of the errors that a view gives. */
export type ErrnoCode =
  | 'EPERM'
  | 'ENOENT'
  | 'EIO'
  | 'ENXIO'
  | 'EBADF'
  | 'EACCES'
  | 'EBUSY'
  | 'EEXIST'
  | 'EXDEV'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EINVAL'
  | 'EMFILE'
  | 'EFBIG'
  | 'ENOSPC'
  | 'ESPIPE'
  | 'EROFS'
  | 'EMLINK'
  | 'ENAMETOOLONG'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'ENODATA'
  | 'EDQUOT'
  | 'EOPNOTSUPP';

const ERRNO: Readonly<Record<ErrnoCode, readonly [number, string]>> = {
  EPERM: [1, 'operation not permitted'],
  ENOENT: [2, 'no such file or directory'],
  EIO: [5, 'i/o error'],
  ENXIO: [6, 'no such device or address'],
  EBADF: [9, 'bad file descriptor'],
  EACCES: [13, 'permission denied'],
  EBUSY: [16, 'resource busy or locked'],
  EEXIST: [17, 'file already exists'],
  EXDEV: [18, 'cross-device link not permitted'],
  ENOTDIR: [20, 'not a directory'],
  EISDIR: [21, 'illegal operation on a directory'],
  EINVAL: [22, 'invalid argument'],
  EMFILE: [24, 'too many open files'],
  EFBIG: [27, 'file too large'],
  ENOSPC: [28, 'no space left on device'],
  ESPIPE: [29, 'invalid seek'],
  EROFS: [30, 'read-only file system'],
  EMLINK: [31, 'too many links'],
  ENAMETOOLONG: [36, 'name too long'],
  ENOTEMPTY: [39, 'directory not empty'],
  ELOOP: [40, 'too many symbolic links encountered'],
  ENODATA: [61, 'no data available'],
  EDQUOT: [122, 'disk quota exceeded'],
  EOPNOTSUPP: [95, 'operation not supported on socket'],
};

/** True for the name of an error that a view gives. */
export function isErrnoCode(code: string): code is ErrnoCode {
  return Object.hasOwn(ERRNO, code);
}

/** An error of a system call: `ENOENT: no such file or directory, open '/x'`. */
export class FsError extends Error {
  readonly errno: number;
  readonly code: ErrnoCode;
  readonly syscall: string;
  declare readonly path?: string;
  declare readonly dest?: string;

  constructor(code: ErrnoCode, syscall: string, path?: string, dest?: string) {
    const [errno, text] = ERRNO[code];
    super(
      `${code}: ${text}, ${syscall}${path === undefined ? '' : ` '${path}'`}${dest === undefined ? '' : ` -> '${dest}'`}`,
    );
    this.errno = -errno;
    this.code = code;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
    if (dest !== undefined) this.dest = dest;
  }
}

/** What an error of the call says of itself. */
export interface CallNames {
  readonly syscall: string;
  readonly path: string;
  readonly dest?: string;
}

export function fail(code: ErrnoCode, call: CallNames): never {
  throw new FsError(code, call.syscall, call.path, call.dest);
}

/** Where the stack is not cut, so many frames of our own stand between the caller and the error at least. */
const OWN_FRAMES = 3;

/** Engines other than V8 know neither of these. */
interface StackApi {
  stackTraceLimit?: number;
  captureStackTrace?(error: Error, above: object): void;
}

/**
 * An error whose stack begins at the caller of `call`. Looking for what is not there is daily work, and an error costs
 * ten times the look-up, nearly all of it for the frames of its stack: ours are left out, and none are put in their
 * place.
 */
export function fsErrorOf(call: object, code: ErrnoCode, syscall: string, path: string): FsError {
  const stacks = Error as StackApi;
  const { stackTraceLimit } = stacks;
  // Where the limit is frozen the stack is the usual one.
  const cuts = stacks.captureStackTrace !== undefined && typeof stackTraceLimit === 'number' && setLimit(0);
  const error = new FsError(code, syscall, path);
  if (!cuts) return error;
  setLimit(Math.min(stackTraceLimit as number, Math.max(1, (stackTraceLimit as number) - OWN_FRAMES)));
  stacks.captureStackTrace?.(error, call);
  setLimit(stackTraceLimit as number);
  return error;
}

function setLimit(frames: number): boolean {
  return Reflect.set(Error, 'stackTraceLimit', frames);
}
