/** Errors of Node's fs API that are not errors of a system call: wrong arguments, aborted calls, refused copies. */

import { receivedSuffix, shown, withSeparators } from './inspect.js';

/** A wrong argument; `code` is Node's (`ERR_INVALID_ARG_TYPE`, …). */
export class FsArgumentError extends TypeError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** An argument of the right type outside its range. */
export class FsRangeError extends RangeError {
  readonly code: string = 'ERR_OUT_OF_RANGE';

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** A state that does not allow the call, such as a closed directory handle. */
export class FsStateError extends Error {
  readonly code: string;
  declare readonly syscall?: string;

  constructor(code: string, message: string, syscall?: string) {
    super(message);
    this.code = code;
    if (syscall !== undefined) this.syscall = syscall;
  }
}

/** A wrong argument whose error is, in Node, an Error like any other. */
export class FsOptionError extends FsStateError {}

/** More bytes than one buffer may hold in Node. */
export class FsTooLargeError extends RangeError {
  readonly code: string = 'ERR_FS_FILE_TOO_LARGE';

  constructor(size: number) {
    super(`File size (${size}) is greater than 2 GiB`);
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** An AbortSignal ended the call. */
export class FsAbortError extends Error {
  readonly code: string = 'ABORT_ERR';
  override readonly name: string = 'AbortError';

  constructor(reason: unknown) {
    super('The operation was aborted', { cause: reason });
  }
}

/** What `rm` and `cp` refuse by their own rules; Node calls these SystemError. */
export class FsRefusal extends Error {
  readonly code: string;
  override readonly name: string = 'SystemError';
  readonly info: { code: string; message: string; path: string; syscall: string; errno: number };
  readonly errno: number;
  readonly syscall: string;
  readonly path: string;

  constructor(code: string, what: string, info: FsRefusal['info']) {
    const detail = info.message === '' ? '' : ` (${info.message})`;
    super(`${what}: ${info.syscall} returned ${info.code}${detail} ${info.path}`);
    this.code = code;
    this.info = info;
    this.errno = info.errno;
    this.syscall = info.syscall;
    this.path = info.path;
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** True for the errors that the callback calls throw at once instead of handing them to the callback. */
export function isArgumentError(error: unknown): boolean {
  return error instanceof FsArgumentError || error instanceof FsRangeError || error instanceof FsOptionError;
}

/** `expected` is the rest of the sentence: `of type number`, `an instance of Buffer`. */
export function invalidType(name: string, expected: string, value: unknown): FsArgumentError {
  const kind = name.includes('.') ? 'property' : 'argument';
  const message = `The "${name}" ${kind} must be ${expected}. Received ${receivedSuffix(value)}`;
  return new FsArgumentError('ERR_INVALID_ARG_TYPE', message);
}

export function invalidValue(name: string, value: unknown, reason: string = 'is invalid'): FsArgumentError {
  const kind = name.includes('.') ? 'property' : 'argument';
  return new FsArgumentError('ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}. Received ${shown(value)}`);
}

/** `range` is the rest of the sentence: `an integer`, `>= 0`. */
export function outOfRange(name: string, range: string, value: number | bigint): FsRangeError {
  const received = withSeparators(value);
  return new FsRangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${received}`);
}
