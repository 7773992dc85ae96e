/** Holds results against targets. */

import { formatFigure, type Measurement, median, ratioByRound, rowKey, significant } from './measurement.js';
import type { Results } from './results.js';
import type { RowName, Target } from './targets.js';

export interface Verdict {
  readonly target: Target;
  /** `unmeasured` when a row is missing: its peer was skipped, its group failed or was not run. */
  readonly outcome: 'PASS' | 'MISS' | 'unmeasured';
  /** What is needed and what was found, for people. */
  readonly needed: string;
  readonly found: string;
  /** The ratio or figure itself. */
  readonly value: number | undefined;
}

export function judge(targets: readonly Target[], results: Results): Verdict[] {
  const rows = new Map(results.groups.flatMap((group) => group.rows).map((row) => [rowKey(row), row]));
  return targets.map((target) => judgeOne(target, rows));
}

function judgeOne(target: Target, rows: ReadonlyMap<string, Measurement>): Verdict {
  const row = find(rows, target.row);
  switch (target.kind) {
    case 'limit': {
      if (row === undefined) return unmeasured(target, target.row);
      const value = median(row.rounds);
      return verdict(target, value, value <= target.limit, {
        needed: `at most ${formatFigure(target.limit, row.unit)}`,
        found: formatFigure(value, row.unit),
      });
    }
    case 'faster': {
      const than = find(rows, target.than);
      if (row === undefined || than === undefined)
        return unmeasured(target, row === undefined ? target.row : target.than);
      const value = ratioByRound(than.rounds, row.rounds);
      return verdict(target, value, value >= target.times, ratioText('at least', target.times, value));
    }
    case 'within': {
      const of = find(rows, target.of);
      if (row === undefined || of === undefined) return unmeasured(target, row === undefined ? target.row : target.of);
      const value = ratioByRound(row.rounds, of.rounds);
      return verdict(target, value, value <= target.times, ratioText('at most', target.times, value));
    }
  }
}

function find(rows: ReadonlyMap<string, Measurement>, [bench, subject, at]: RowName): Measurement | undefined {
  return rows.get(rowKey({ bench, subject, at }));
}

function ratioText(relation: string, times: number, value: number): { needed: string; found: string } {
  return { needed: `${relation} ${significant(times)} ×`, found: `${significant(value)} ×` };
}

function verdict(target: Target, value: number, holds: boolean, text: { needed: string; found: string }): Verdict {
  return { target, outcome: holds ? 'PASS' : 'MISS', value, ...text };
}

function unmeasured(target: Target, [bench, subject, at]: RowName): Verdict {
  const needed = target.kind === 'limit' ? 'a limit' : `${significant(target.times)} ×`;
  return { target, outcome: 'unmeasured', needed, found: `no row ${rowKey({ bench, subject, at })}`, value: undefined };
}

/** One line for a verdict. */
export function verdictLine({ outcome, target, needed, found }: Verdict): string {
  return `${outcome.padEnd(10)} ${target.name}: ${found} (needs ${needed})`;
}
