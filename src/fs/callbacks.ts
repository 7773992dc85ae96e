/** The callback face: the synchronous calls, with the outcome handed over later. */

import { callbackOf, type PathLike } from './arguments.js';
import { abortable, type FlushCall, flushable } from './content-callbacks.js';
import { later, type NodeCallback, settle } from './deferred.js';
import { invalidType } from './errors.js';
import { copyFiltered, type LaterCopyOptions } from './filtered-copy.js';
import { refuseMissing } from './missing-callback.js';
import { type CopyOptions, checkCopyOptions } from './sync/copy.js';
import type { PathCall } from './sync/look.js';
import type { SyncCalls } from './sync.js';
import { type Position, readArguments } from './transfer.js';

/** The calls whose callback takes more than an error and one result, or that have no error. */
type Special = 'existsSync' | 'readSync' | 'writeSync' | 'readvSync' | 'writevSync' | 'realpathSync';

type WithoutSync<N extends string> = N extends `${infer Stem}Sync` ? Stem : never;

/** The arguments of a call up to each of the lengths that it may have, and then the callback. */
type ThenCallback<A extends readonly unknown[], R> = A['length'] extends infer Length
  ? Length extends 1
    ? [Given<A, 0>, NodeCallback<R>]
    : Length extends 2
      ? [Given<A, 0>, Given<A, 1>, NodeCallback<R>]
      : Length extends 3
        ? [Given<A, 0>, Given<A, 1>, Given<A, 2>, NodeCallback<R>]
        : never
  : never;

type Given<A extends readonly unknown[], I extends number> = Required<A>[I];

/** A call of the synchronous face with a callback as its last argument. */
export type Callbacked<F> = F extends (...args: infer A) => infer R ? (...args: ThenCallback<A, R>) => void : never;

type GeneralCalls = {
  readonly [N in Exclude<keyof SyncCalls & `${string}Sync`, Special> as WithoutSync<N>]: Callbacked<SyncCalls[N]>;
};

/** Hands over how many bytes were moved, and the buffer or buffers (or the text) that were passed in. */
export type TransferCallback<B> = (error: Error | null, bytes?: number, buffer?: B) => void;

export interface CallbackCalls extends GeneralCalls {
  exists(path: PathLike, callback: (exists: boolean) => void): void;
  /** `(fd, buffer, offset, length, position, callback)`, `(fd, buffer?, options?, callback)` or `(fd, options, callback)`. */
  read(fd: number, ...rest: unknown[]): void;
  /** `(fd, buffer, offset?, length?, position?, callback)` or `(fd, text, position?, encoding?, callback)`. */
  write(fd: number, data: ArrayBufferView | string, ...rest: unknown[]): void;
  readv(fd: number, buffers: readonly ArrayBufferView[], ...rest: unknown[]): void;
  writev(fd: number, buffers: readonly ArrayBufferView[], ...rest: unknown[]): void;
  readonly realpath: Callbacked<PathCall> & { readonly native: Callbacked<PathCall> };
}

/** What util.promisify looks for, by the name that it is registered under. */
const PROMISIFY: unique symbol = Symbol.for('nodejs.util.promisify.custom');

/** Listed one by one, as in `syncCalls`. */
export function callbackCalls(sync: SyncCalls, flushed: FlushCall): CallbackCalls {
  const transfers = transferCalls(sync);
  return {
    access: withCallback(sync, 'accessSync'),
    stat: withCallback(sync, 'statSync'),
    lstat: withCallback(sync, 'lstatSync'),
    readlink: withCallback(sync, 'readlinkSync'),
    statfs: withCallback(sync, 'statfsSync'),
    readdir: withCallback(sync, 'readdirSync'),
    opendir: withCallback(sync, 'opendirSync'),
    open: withCallback(sync, 'openSync'),
    close: closeWithCallback(sync),
    fstat: withCallback(sync, 'fstatSync'),
    ftruncate: withCallback(sync, 'ftruncateSync'),
    fsync: withCallback(sync, 'fsyncSync'),
    fdatasync: withCallback(sync, 'fdatasyncSync'),
    fchmod: withCallback(sync, 'fchmodSync'),
    fchown: withCallback(sync, 'fchownSync'),
    futimes: withCallback(sync, 'futimesSync'),
    appendFile: flushable(sync, withCallback(sync, 'appendFileSync'), 'a', flushed),
    truncate: withCallback(sync, 'truncateSync'),
    copyFile: withCallback(sync, 'copyFileSync'),
    mkdir: withCallback(sync, 'mkdirSync'),
    mkdtemp: withCallback(sync, 'mkdtempSync'),
    rmdir: withCallback(sync, 'rmdirSync'),
    rm: withCallback({ rmSync: sync.rmLater }, 'rmSync'),
    unlink: withCallback(sync, 'unlinkSync'),
    rename: withCallback(sync, 'renameSync'),
    link: withCallback(sync, 'linkSync'),
    symlink: withCallback(sync, 'symlinkSync'),
    chmod: withCallback(sync, 'chmodSync'),
    chown: withCallback(sync, 'chownSync'),
    lchown: withCallback(sync, 'lchownSync'),
    utimes: withCallback(sync, 'utimesSync'),
    lutimes: withCallback(sync, 'lutimesSync'),
    cp: copyWithCallback(sync),
    exists: promisified(
      (path: PathLike, callback: (exists: boolean) => void) => callBackExists(sync, path, callback),
      async (path: PathLike) => sync.existsSync(path),
    ),
    read: transfers.read,
    write: transfers.write,
    readv: transfers.readv,
    writev: transfers.writev,
    readFile: abortable(withCallback(sync, 'readFileSync')),
    writeFile: abortable(flushable(sync, withCallback(sync, 'writeFileSync'), 'w', flushed)),
    realpath: realpathWithCallback(sync),
  };
}

type AnyCall = (...args: unknown[]) => unknown;
type RealpathCall = CallbackCalls['realpath'];

function withCallback<N extends keyof SyncCalls>(sync: Pick<SyncCalls, N>, name: N): Callbacked<SyncCalls[N]> {
  const call = sync[name] as AnyCall;
  const made = (...args: unknown[]): void => {
    const callback = args.pop();
    if (typeof callback !== 'function') refuseMissing(name, [...args, callback]);
    settle(() => call(...args), callback as NodeCallback<unknown>);
  };
  return made as unknown as Callbacked<SyncCalls[N]>; // the type says what the spread arguments are
}

function copyWithCallback(sync: SyncCalls): CallbackCalls['cp'] {
  const copy = withCallback({ cpSync: sync.copyLater }, 'cpSync');
  return ((source: PathLike, destination: PathLike, ...rest: unknown[]): void => {
    const [options, callback] = rest;
    const isFiltered = typeof options === 'object' && options !== null && 'filter' in options;
    if (!isFiltered || typeof callback !== 'function') {
      (copy as AnyCall)(source, destination, ...rest);
      return;
    }
    checkCopyOptions(options as CopyOptions);
    const copied = copyFiltered(sync, source, destination, options as LaterCopyOptions);
    copied.then(
      () => later(() => callback(null)),
      (error) => later(() => callback(error)),
    );
  }) as CallbackCalls['cp']; // the arguments are passed on as they came
}

/** Without a callback an error is thrown from the event loop, where nobody catches it. */
function closeWithCallback(sync: SyncCalls): CallbackCalls['close'] {
  return (fd, callback: NodeCallback<void> = throwError) => {
    if (typeof callback !== 'function') throw invalidType('cb', 'of type function', callback);
    settle(() => sync.closeSync(fd), callback);
  };
}

function throwError(error: Error | null): void {
  if (error !== null) throw error;
}

function realpathWithCallback(sync: SyncCalls): RealpathCall {
  const realpath = withCallback(sync, 'realpathSync') as RealpathCall & { native: Callbacked<PathCall> };
  const { native } = sync.realpathSync as { native: AnyCall };
  realpath.native = ((...args: unknown[]) => {
    const callback = callbackOf<NodeCallback<unknown>>(args.pop());
    settle(() => native(...args), callback);
  }) as Callbacked<PathCall>; // as above
  return realpath;
}

function callBackExists(sync: SyncCalls, path: PathLike, callback: (exists: boolean) => void): void {
  const call = callbackOf<(exists: boolean) => void>(callback);
  const exists = sync.existsSync(path);
  later(() => call(exists));
}

function transferCalls(sync: SyncCalls): Record<'read' | 'write' | 'readv' | 'writev', AnyCall> {
  return {
    read: transfer('readSync', 'buffer', 'bytesRead', (fd, ...rest) => {
      const [buffer, ...range] = readArguments(rest);
      return [sync.readSync(fd as number, buffer, ...(range as [number, number, Position])), buffer];
    }),
    write: transfer('writeSync', 'buffer', 'bytesWritten', (fd, data, ...range) => [
      sync.writeSync(fd as number, data as ArrayBufferView, ...(range as [number, number, number])),
      data,
    ]),
    readv: transfer('readvSync', 'buffers', 'bytesRead', (fd, buffers, position) => [
      sync.readvSync(fd as number, buffers as ArrayBufferView[], position as number),
      buffers,
    ]),
    writev: transfer('writevSync', 'buffer', 'bytesWritten', (fd, buffers, position) => [
      sync.writevSync(fd as number, buffers as ArrayBufferView[], position as number),
      buffers,
    ]),
  };
}

/** A call that hands two values over, which a promise gives as one object with these two keys. */
function transfer(
  name: keyof SyncCalls,
  key: string,
  count: string,
  call: (...args: unknown[]) => [number, unknown],
): AnyCall {
  const withBoth: AnyCall = (...args) => {
    const callback = args.pop() as TransferCallback<unknown>;
    if (typeof callback !== 'function') refuseMissing(name, [...args, callback]);
    settle(
      () => call(...args),
      (error, result) => (result === undefined ? callback(error) : callback(null, ...result)),
    );
  };
  return promisified(withBoth, async (...args: unknown[]) => {
    const [bytes, buffer] = call(...args);
    return { [count]: bytes, [key]: buffer };
  });
}

/** Gives util.promisify what it cannot find out by itself. */
function promisified<F extends object>(call: F, asPromise: object): F {
  (call as { [PROMISIFY]?: object })[PROMISIFY] = asPromise;
  return call;
}
