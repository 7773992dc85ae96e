/** What the callback calls on whole files have beyond a callback: signals, and flushing. */

import { callbackOf, checkSignal, signalOf } from './arguments.js';
import { type NodeCallback, settle } from './deferred.js';
import type { PathOrDescriptor, WriteFileOptions } from './sync/content.js';
import type { SyncCalls } from './sync.js';

/** fsync, as the fs object has it: a program may have replaced it. */
export type FlushCall = (fd: number, callback: NodeCallback<void>) => void;

type AnyCall = (...args: unknown[]) => unknown;

/** With the option `flush` the file is written, flushed and closed one after the other, as in Node. */
export function flushable<C>(sync: SyncCalls, call: C, flag: string, flushed: FlushCall): C {
  const made = (...args: unknown[]): void => {
    const [path, data, options] = args as [PathOrDescriptor, string, WriteFileOptions];
    const callback = args.at(-1) as NodeCallback<void>;
    if (typeof options !== 'object' || options?.flush !== true || typeof callback !== 'function') {
      (call as AnyCall)(...args);
      return;
    }
    settle(
      () => {
        const fd = typeof path === 'number' ? path : sync.openSync(path, options.flag ?? flag, options.mode);
        sync.writeFileSync(fd, data, { ...options, flush: false });
        return fd;
      },
      (error, fd) => {
        if (error !== null) return callback(error);
        flushed(fd as number, (failure) => {
          if (typeof path !== 'number') sync.closeSync(fd as number);
          callback(failure);
        });
      },
    );
  };
  return made as C; // the arguments are passed on as they came
}

/** A signal that aborts before the callback's turn wins over the result. */
export function abortable<C>(call: C): C {
  const made = (...args: unknown[]): void => {
    const callback = callbackOf<NodeCallback<unknown>>(args.pop());
    const options = args.at(-1);
    const isGiven = typeof options === 'object' && options !== null && 'signal' in options;
    const signal = isGiven ? signalOf(options.signal) : undefined;
    (call as AnyCall)(...args, (error: Error | null, result: unknown) => {
      settle(() => {
        checkSignal(signal);
        if (error !== null) throw error;
        return result;
      }, callback);
    });
  };
  return made as C; // the arguments are passed on as they came
}
