/** What a group of benches is handed: how long it may take, where it may write, and where its figures go. */

import type { Measurement, Skip } from './measurement.js';

export interface BenchContext {
  /** Small sizes and few rounds: shows that everything runs, gives no figures to quote. */
  readonly quick: boolean;
  /** Rounds of interleaved work; at least 3 unless quick. */
  readonly rounds: number;
  /** A directory of this run's own, on a disk; removed afterwards. */
  readonly scratch: string;
  /** Takes a finished row. */
  record(row: Measurement): void;
  /** Takes note of what cannot run here; never silent. */
  skip(skip: Skip): void;
}

/** Benches that share a corpus; each group runs in a process of its own. */
export interface Group {
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<void>;
}

/** Picks a size for a full or a quick run. */
export function sized(context: BenchContext, full: number, quick: number): number {
  return context.quick ? quick : full;
}
