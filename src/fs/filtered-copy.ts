/** cp with a filter that may answer later: all its answers are collected first, and then the copy is made at once. */

import { pathOf } from './arguments.js';
import { prefixOf } from './path-text.js';
import { type CopyOptions, checkCopyOptions } from './sync/copy.js';
import type { SyncCalls } from './sync.js';

type LaterFilter = (source: string, destination: string) => boolean | Promise<boolean>;

/** {@link CopyOptions}, with a filter that may give its answer as a promise. */
export interface LaterCopyOptions extends Omit<CopyOptions, 'filter'> {
  readonly filter?: LaterFilter;
}

export async function copyFiltered(
  sync: SyncCalls,
  source: Parameters<SyncCalls['cpSync']>[0],
  destination: Parameters<SyncCalls['cpSync']>[1],
  options?: LaterCopyOptions,
): Promise<void> {
  const filter = options?.filter;
  if (filter === undefined) return sync.copyLater(source, destination, options as CopyOptions);
  checkCopyOptions(options as CopyOptions);
  const wanted = new Set<string>();
  const ask = async (from: string, to: string): Promise<void> => {
    if (!(await filter(from, to))) return;
    wanted.add(from);
    const stats = options?.dereference === true ? sync.statSync(from) : sync.lstatSync(from);
    if (options?.recursive !== true || !stats.isDirectory()) return;
    const [sources, destinations] = [prefixOf(from), prefixOf(to)];
    for (const name of sync.readdirSync(from)) await ask(sources + name, destinations + name);
  };
  await ask(pathOf(source, 'src'), pathOf(destination, 'dest'));
  return sync.copyLater(source, destination, { ...options, filter: (from) => wanted.has(from) });
}
