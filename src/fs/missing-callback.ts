/** Calls that lack their callback: some, as in Node, tell first what is wrong with other arguments. */

import type { Kernel } from '../union/kernel.js';
import { callbackOf } from './arguments.js';
import { isArgumentError } from './errors.js';
import { type SyncCalls, SyncGroups, syncCalls } from './sync.js';

/** What the arguments are judged by where nothing may be done: every call to this kernel is the end. */
const noKernel = new Proxy({} as Kernel, {
  get: () => () => {
    throw new Judged();
  },
});
class Judged extends Error {}
let judges: SyncCalls | undefined;

/** The arguments that are looked at before the callback is; a descriptor or path that is not is replaced by a good one. */
const LOOKED_AT: Partial<Readonly<Record<keyof SyncCalls, (args: unknown[]) => unknown[]>>> = {
  accessSync: ([path]) => [path],
  chmodSync: (args) => args,
  copyFileSync: ([source, destination]) => [source, destination],
  fchmodSync: ([, mode]) => [GOOD_FD, mode],
  fchownSync: ([, uid, gid]) => [GOOD_FD, uid, gid],
  ftruncateSync: ([, length]) => [GOOD_FD, length],
  futimesSync: ([, atime, mtime]) => [GOOD_FD, atime, mtime],
  openSync: (args) => args,
  readSync: (args) => args,
  readvSync: (args) => args,
  rmSync: (args) => args,
  truncateSync: ([, length]) => ['/', length],
  writeSync: (args) => args,
  writevSync: (args) => args,
};
const GOOD_FD = 0;

/** Throws the error that a call without a callback has in Node. */
export function refuseMissing(name: keyof SyncCalls, args: unknown[]): never {
  const lookedAt = LOOKED_AT[name];
  if (lookedAt !== undefined) judge(name, lookedAt(args));
  return callbackOf(undefined, name === 'opendirSync' ? 'callback' : 'cb');
}

function judge(name: keyof SyncCalls, args: unknown[]): void {
  judges ??= syncCalls(new SyncGroups(noKernel, Math.random));
  try {
    (judges[name] as (...args: unknown[]) => unknown)(...args);
  } catch (error) {
    if (isArgumentError(error)) throw error;
  }
}
