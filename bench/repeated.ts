/**
 * Times work that can be repeated for ever (lookups, listings), by benny.
 *
 * benny runs one case after another for as long as each takes, so a machine that slows down half-way falsifies a
 * comparison. Here every round is a suite of its own, short, in the reverse order of the one before. A case does a
 * batch of operations for each call, because a call through benny costs as much as a fast lookup.
 */

import benny from 'benny';
import type { BenchContext } from './context.js';
import { type Measurement, rowKey } from './measurement.js';

export interface RepeatedCase {
  readonly subject: string;
  readonly at: string;
  /** Operations that one call of `run` does. */
  readonly batch: number;
  /** Does the batch; answers a number that depends on every operation, so that none can be optimised away. */
  readonly run: () => number;
  /** What `run` has to answer; checked before and after it is timed. */
  readonly expected: number;
}

/** Receives what timed code computes. */
export let sink = 0;

export async function repeated(bench: string, cases: readonly RepeatedCase[], context: BenchContext): Promise<void> {
  for (const one of cases) check(bench, one);
  const figures = new Map<RepeatedCase, number[]>(cases.map((one) => [one, []]));
  for (let round = 0; round < context.rounds; round++) {
    const order = round % 2 === 0 ? cases : [...cases].reverse();
    const found = await runSuite(`${bench}, round ${round + 1}`, order, context.quick);
    for (const [at, one] of order.entries()) figures.get(one)?.push((found[at] as number) / one.batch);
  }
  for (const one of cases) {
    check(bench, one);
    const { subject, at } = one;
    context.record({ bench, subject, at, unit: 'ns', rounds: figures.get(one) as number[] } satisfies Measurement);
  }
}

/** Nanoseconds of one call of each case. */
async function runSuite(name: string, cases: readonly RepeatedCase[], quick: boolean): Promise<number[]> {
  const summary = await benny.suite(
    name,
    ...cases.map((one) =>
      benny.add(rowKey({ bench: '', ...one }), () => {
        sink += one.run();
      }),
    ),
    benny.configure({
      cases: { maxTime: quick ? 0.01 : 0.15, minTime: quick ? 0.001 : 0.01, minSamples: quick ? 2 : 10, delay: 0 },
    }),
  );
  return summary.results.map((result) => result.details.median * 1e9);
}

function check(bench: string, one: RepeatedCase): void {
  const answer = one.run();
  if (answer !== one.expected) {
    throw new Error(`${rowKey({ bench, ...one })}: answered ${answer}, not ${one.expected}`);
  }
}
