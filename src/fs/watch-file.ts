/** watchFile: looks at a path again and again, as Node does, and tells what is different. */

import type { Kernel } from '../union/kernel.js';
import { checkListener, integerOf, type PathLike, pathOf } from './arguments.js';
import { later } from './deferred.js';
import { absolutePath } from './relative-kernel.js';
import { BigIntStats, noStats, Stats } from './stats.js';
import { everyMs } from './ticker.js';
import { type StatWatcher, watcherClasses } from './watchers.js';

export interface WatchFileOptions {
  readonly bigint?: boolean;
  /** Whether a Node process goes on as long as the watcher; true without it. */
  readonly persistent?: boolean;
  /** Milliseconds from look to look: 5007 without it. */
  readonly interval?: number;
}

type AnyStats = Stats | BigIntStats;

/** Where nothing is at the path, the stats are all zero. */
export type StatListener = (current: AnyStats, previous: AnyStats) => void;

export interface WatchFileCalls {
  /** All who watch the same path share a watcher, and its interval. */
  watchFile(path: PathLike, options: WatchFileOptions | StatListener | null, listener?: StatListener): StatWatcher;
  /** Without a listener, all of them. */
  unwatchFile(path: PathLike, listener?: StatListener): void;
}

const INTERVAL_MS = 5007;
const MAX_UINT32 = 0xffffffff;
/** What is compared; `mtimeNs` is there in bigints only. */
const COMPARED = ['ino', 'mode', 'nlink', 'uid', 'gid', 'size', 'mtimeMs', 'mtimeNs'];

export function watchFileCalls(kernel: Kernel): WatchFileCalls {
  let watchers: Map<string, StatWatcher> | undefined;
  return {
    watchFile(path, options, listener) {
      const name = absolutePath(kernel, pathOf(path));
      const given = typeof options === 'object' && options !== null ? options : {};
      const heard = typeof options === 'object' && options !== null ? listener : (options ?? listener);
      checkListener(heard);
      watchers ??= new Map();
      const watcher = watchers.get(name) ?? startWatching(kernel, name, given);
      watchers.set(name, watcher);
      return watcher.on('change', heard);
    },
    unwatchFile(path, listener) {
      const name = absolutePath(kernel, pathOf(path));
      const watcher = watchers?.get(name);
      if (watcher === undefined) return;
      if (listener === undefined) watcher.removeAllListeners('change');
      else watcher.removeListener('change', listener);
      if (watcher.listenerCount('change') > 0) return;
      watcher.stop();
      watchers?.delete(name);
    },
  };
}

function startWatching(kernel: Kernel, path: string, options: WatchFileOptions): StatWatcher {
  const { bigint = false, persistent = true, interval = INTERVAL_MS } = options;
  const nothing = noStats(kernel, bigint);
  const look = (): AnyStats | undefined => {
    const inode = kernel.find(path, true);
    return inode && (bigint ? new BigIntStats(kernel, inode) : new Stats(kernel, inode));
  };
  let latest = look();
  // What the last look at something saw is what came before, also where nothing was in between.
  let previous = latest ?? nothing;
  const poll = (): void => {
    const before = latest;
    latest = look();
    if (latest === undefined ? before === undefined : before !== undefined && isSame(latest, before)) return;
    watcher.emit('change', latest ?? nothing, previous);
    previous = latest ?? previous;
  };
  const ticker = everyMs(integerOf(interval, 'interval', 0, MAX_UINT32), poll, persistent);
  const watcher = new (watcherClasses().StatWatcher)(ticker);
  if (latest === undefined) later(() => watcher.emit('change', nothing, nothing));
  return watcher;
}

function isSame(one: AnyStats, other: AnyStats): boolean {
  const [a, b] = [one, other] as unknown as Record<string, unknown>[];
  return COMPARED.every((field) => a?.[field] === b?.[field]);
}
