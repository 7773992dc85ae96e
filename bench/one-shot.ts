/**
 * Times work that changes what it works on (import, fork, apply, rm) and so needs a fresh start each time. The
 * subjects take turns, in a new order each round; only `run` is timed.
 */

import type { BenchContext } from './context.js';
import { rowKey } from './measurement.js';

export interface OneShot<State, Result> {
  readonly subject: string;
  readonly at: string;
  /** Operations that `run` does; the figure is for one. Default 1. */
  readonly operations?: number;
  /** Bytes that one operation goes through, where a throughput says more than a time. */
  readonly bytes?: number;
  readonly prepare: () => State | Promise<State>;
  readonly run: (state: State) => Result | Promise<Result>;
  /** Throws when the work was not done. */
  readonly check: (result: Result, state: State) => void | Promise<void>;
  readonly dispose?: (state: State) => void | Promise<void>;
}

/** A shot whose types only it knows. */
export type AnyShot = OneShot<unknown, unknown>;

/** Forgets the types of a shot, so that shots of different peers can stand in one list. */
export function shot<State, Result>(one: OneShot<State, Result>): AnyShot {
  return one as unknown as AnyShot;
}

export async function oneShot(bench: string, shots: readonly AnyShot[], context: BenchContext): Promise<void> {
  console.log(`Running "${bench}"`);
  const figures = shots.map((): number[] => []);
  // The first pass only warms compiler and caches.
  for (const one of shots) await timed(bench, one);
  for (let round = 0; round < context.rounds; round++) {
    for (let turn = 0; turn < shots.length; turn++) {
      const at = (turn + round) % shots.length;
      figures[at]?.push(await timed(bench, shots[at] as AnyShot));
    }
  }
  for (const [at, one] of shots.entries()) {
    const { subject, at: label, bytes } = one;
    context.record({
      bench,
      subject,
      at: label,
      unit: 'ns',
      rounds: figures[at] as number[],
      ...(bytes ? { bytes } : {}),
    });
  }
}

/**
 * A full collection comes first, so that nobody pays for another's garbage. It also throws optimised code away whose
 * objects have died: work that is done in batches is done once, untimed, before it counts.
 */
async function timed(bench: string, one: AnyShot): Promise<number> {
  globalThis.gc?.();
  try {
    if ((one.operations ?? 1) > 1) await once(one);
    return (await once(one)) / (one.operations ?? 1);
  } catch (cause) {
    throw new Error(`${rowKey({ bench, ...one })} failed`, { cause });
  }
}

/** Nanoseconds of one run. */
async function once(one: AnyShot): Promise<number> {
  const state = await one.prepare();
  try {
    const started = process.hrtime.bigint();
    const pending = one.run(state);
    const result = pending instanceof Promise ? await pending : pending;
    const took = Number(process.hrtime.bigint() - started);
    await one.check(result, state);
    return took;
  } finally {
    await one.dispose?.(state);
  }
}

/** Throws unless both are the same. */
export function expectEqual<T>(found: T, wanted: T, what: string): void {
  if (found !== wanted) throw new Error(`${what}: found ${String(found)}, wanted ${String(wanted)}`);
}
