/** Calls that lack their callback: as in Node, what is wrong with the other arguments is told first. */

import type { Kernel } from '../union/kernel.js';
import { callbackOf } from './arguments.js';
import { isArgumentError } from './errors.js';
import { type SyncCalls, syncCalls } from './sync.js';

/** What the arguments are judged by where nothing may be done: every call to this kernel is the end. */
const noKernel = new Proxy({} as Kernel, {
  get: () => () => {
    throw new Judged();
  },
});
class Judged extends Error {}
let judges: SyncCalls | undefined;

/** Throws the error that a call without a callback has in Node. */
export function refuseMissing(name: keyof SyncCalls, args: unknown[]): never {
  judges ??= syncCalls(noKernel, Math.random);
  try {
    (judges[name] as (...args: unknown[]) => unknown)(...args);
  } catch (error) {
    if (isArgumentError(error)) throw error;
  }
  return callbackOf(undefined, name === 'opendirSync' ? 'callback' : 'cb');
}
