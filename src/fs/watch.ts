/** watch, as a watcher that emits events and as an iterator that gives them. */

import type { Kernel } from '../union/kernel.js';
import {
  checkBoolean,
  checkListener,
  checkObject,
  checkSignal,
  encodingOf,
  integerOf,
  optionsOf,
  type PathLike,
  pathOf,
} from './arguments.js';
import { type Encoding, encodedName } from './buffers.js';
import { FsAbortError, FsStateError, invalidValue } from './errors.js';
import { withoutDots } from './path-text.js';
import { hold } from './ticker.js';
import type { WatchEventType, WatchQueue } from './watch-queue.js';
import { type FSWatcher, watcherClasses } from './watchers.js';

export interface WatchOptions {
  /** Whether a Node process goes on as long as the watcher; true without it. */
  readonly persistent?: boolean;
  /** All that is below a directory too, by its path from there. */
  readonly recursive?: boolean;
  readonly encoding?: Encoding | 'buffer' | null;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchIteratorOptions extends WatchOptions {
  /** As many events as may wait to be asked for: 2048 without it. */
  readonly maxQueue?: number;
  /** What happens to more: they are dropped with a warning (`ignore`), or the iterator throws. */
  readonly overflow?: 'ignore' | 'error' | 'throw';
}

export interface WatchEvent {
  readonly eventType: WatchEventType;
  readonly filename: string | Uint8Array | null;
}

export type WatchListener = (eventType: WatchEventType, filename: string | Uint8Array | null) => void;

/** `(path, listener?)`, `(path, encoding, listener?)` or `(path, options, listener?)`. */
export type WatchCall = (
  path: PathLike,
  options?: WatchOptions | Encoding | 'buffer' | WatchListener | null,
  listener?: WatchListener,
) => FSWatcher;

const QUEUE_LENGTH = 2048;

export function watch(
  kernel: Kernel,
  queue: WatchQueue,
  path: PathLike,
  options?: WatchOptions | Encoding | 'buffer' | WatchListener | null,
  listener?: WatchListener,
): FSWatcher {
  const given = typeof options === 'function' ? {} : optionsOf<WatchOptions>(options);
  const heard = typeof options === 'function' ? options : listener;
  const start = subscription(kernel, queue, path, given);
  if (heard !== undefined) checkListener(heard);
  const { signal } = given;
  if (signal?.aborted !== true) checkSignal(signal);
  const stop = start((event) => watcher.emit('change', event.eventType, event.filename));
  const watcher = new (watcherClasses().FSWatcher)(stop, hold(given.persistent !== false));
  if (heard !== undefined) watcher.on('change', heard);
  if (signal !== undefined) closeOnAbort(watcher, signal);
  return watcher;
}

function closeOnAbort(watcher: FSWatcher, signal: AbortSignal): void {
  const close = (): void => watcher.close();
  if (signal.aborted) {
    queueMicrotask(close);
    return;
  }
  signal.addEventListener('abort', close);
  watcher.once('close', () => signal.removeEventListener('abort', close));
}

/** Checks what is to be watched and how, and gives what starts it. */
function subscription(
  kernel: Kernel,
  queue: WatchQueue,
  path: PathLike,
  options: WatchOptions,
): (listener: (event: WatchEvent) => void) => () => void {
  const name = pathOf(path);
  const encoding = encodingOf(options);
  const deep = checkBoolean(options.recursive, 'options.recursive');
  const self = withoutDots(name).replace(/.*\//, '');
  return (listener) => {
    try {
      if (deep) kernel.stat(name);
      return queue.add(name, deep, (eventType, entry) =>
        listener({ eventType, filename: encodedName(entry ?? self, encoding) }),
      );
    } catch (error) {
      throw Object.assign(error as Error, { filename: name }); // the kernel throws nothing but errors
    }
  };
}

/** The events as they are asked for. Nothing is watched, and no argument checked, before the first is. */
export async function* watchEvents(
  kernel: Kernel,
  queue: WatchQueue,
  path: PathLike,
  options: WatchIteratorOptions = {},
): AsyncGenerator<WatchEvent, void> {
  const { limit, failsOnOverflow } = iteratorOptions(options);
  const { signal } = options;
  const waiting: WatchEvent[] = [];
  let overflowed = false;
  let wake = (): void => undefined;
  const stop = subscription(
    kernel,
    queue,
    path,
    options,
  )((event) => {
    if (waiting.length < limit) waiting.push(event);
    else if (failsOnOverflow) overflowed = true;
    else warn(`watch dropped an event: ${limit} are waiting`);
    wake();
  });
  const ticker = hold(options.persistent !== false);
  const abort = (): void => wake();
  signal?.addEventListener('abort', abort);
  try {
    for (;;) {
      if (signal?.aborted === true) throw new FsAbortError(signal.reason);
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else if (overflowed) throw overflow(limit);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stop();
    ticker.stop();
    signal?.removeEventListener('abort', abort);
  }
}

function iteratorOptions(options: WatchIteratorOptions): { limit: number; failsOnOverflow: boolean } {
  if (options === null) checkObject(options, 'options');
  if (typeof options !== 'object') checkObject(options, 'options');
  checkBoolean(options.persistent, 'options.persistent');
  checkSignal(options.signal);
  const { maxQueue = QUEUE_LENGTH, overflow: policy = 'ignore' } = options;
  if (!['ignore', 'error', 'throw'].includes(policy)) {
    throw invalidValue('options.overflow', policy, "must be one of: 'ignore', 'error', 'throw'");
  }
  return { limit: integerOf(maxQueue, 'options.maxQueue'), failsOnOverflow: policy !== 'ignore' };
}

function overflow(limit: number): FsStateError {
  return new FsStateError('ERR_FS_WATCH_QUEUE_OVERFLOW', `fs.watch() queued more than ${limit} events`);
}

/** Node's way to warn; there is none elsewhere. */
function warn(message: string): void {
  const { process } = globalThis as unknown as { process?: { emitWarning?(message: string): void } };
  process?.emitWarning?.(message);
}
