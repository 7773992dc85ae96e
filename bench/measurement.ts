/** What a bench yields: one subject's figures for one piece of work, a figure for each round. */

/** Nanoseconds for an operation, or bytes of memory. */
export type Unit = 'ns' | 'bytes';

export interface Measurement {
  /** The work, the same for all subjects that are compared. */
  readonly bench: string;
  /** Who did it: `stratum`, or the name of a peer. */
  readonly subject: string;
  /** What the work was varied over, such as `128 layers`; empty when it was not. */
  readonly at: string;
  readonly unit: Unit;
  /** One figure for each round, in the order of the rounds; the subjects of a bench take turns inside a round. */
  readonly rounds: readonly number[];
  /** Bytes that an operation goes through, where a throughput says more than a time. */
  readonly bytes?: number;
}

/** A peer or a case that could not run here, and why. */
export interface Skip {
  readonly bench: string;
  readonly subject: string;
  readonly reason: string;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('a median needs a value');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** The median of the ratios of each round: what slowed the machine in a round slowed both. */
export function ratioByRound(a: readonly number[], b: readonly number[]): number {
  const rounds = Math.min(a.length, b.length);
  return median(Array.from({ length: rounds }, (_, round) => (a[round] as number) / (b[round] as number)));
}

/** Names one row of the results. */
export function rowKey(row: Pick<Measurement, 'bench' | 'subject' | 'at'>): string {
  return row.at === '' ? `${row.bench} · ${row.subject}` : `${row.bench} · ${row.subject} · ${row.at}`;
}

/** `1.23 µs` or `4.5 MB`: three significant digits in the unit that fits. */
export function formatFigure(value: number, unit: Unit): string {
  const units = unit === 'ns' ? ['ns', 'µs', 'ms', 's'] : ['B', 'kB', 'MB', 'GB'];
  const step = Math.min(Math.max(0, Math.floor(Math.log10(value) / 3)), units.length - 1);
  return `${significant(value / 1000 ** step)} ${units[step]}`;
}

/** `410 MB/s`, for rows that go through bytes. */
export function formatThroughput(row: Measurement): string {
  return row.bytes === undefined ? '' : `${significant((row.bytes / median(row.rounds)) * 1000)} MB/s`;
}

/** Three significant digits, without an exponent. */
export function significant(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
