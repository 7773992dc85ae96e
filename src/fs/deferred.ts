/** The two ways in which a result comes later: as a promise, and through a callback. */

import { isArgumentError } from './errors.js';

/** Node's callback: the error (`null` without one), then the result. */
export type NodeCallback<T> = (error: Error | null, result?: T) => void;

/** Runs a call now and gives its outcome as a promise. */
export async function deferred<T>(call: () => T): Promise<T> {
  return call();
}

type Schedule = (task: () => void) => void;

// Where there is no setImmediate a microtask is the only turn that every platform has.
const schedule: Schedule = (globalThis as { setImmediate?: Schedule }).setImmediate ?? ((task) => queueMicrotask(task));

/**
 * Calls back later, after all microtasks and process.nextTick callbacks of this turn: Node's own results come from
 * its event loop too.
 */
export function later(task: () => void): void {
  schedule(task);
}

/** Runs a call now and hands its outcome to the callback later; a wrong argument is thrown at once. */
export function settle<T>(call: () => T, callback: NodeCallback<T>): void {
  let result: T;
  try {
    result = call();
  } catch (error) {
    if (isArgumentError(error)) throw error;
    later(() => callback(error as Error)); // the kernel throws nothing but errors
    return;
  }
  later(() => (result === undefined ? callback(null) : callback(null, result)));
}
