/** The results of a run as one document: what was measured, where and when. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.js';
import type { Measurement, Skip } from './measurement.js';

export interface GroupResult {
  readonly name: string;
  readonly about: string;
  /** RFC 3339. */
  readonly date: string;
  readonly seconds: number;
  readonly rows: readonly Measurement[];
  readonly skips: readonly Skip[];
  /** What ended the group early; its rows before that are kept. */
  readonly failure?: string;
}

export interface Results {
  readonly machine: Machine;
  readonly groups: readonly GroupResult[];
}

export function readResults(file: string): Results | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined;
}

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

/** Four significant digits are more than a clock on a shared machine knows. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

/**
 * Puts new groups in place of the old ones of the same name. Figures of different machines never share a document:
 * without the same processor, cores and Node, the old groups are dropped.
 */
export function mergeResults(old: Results | undefined, fresh: Results, order: readonly string[]): Results {
  const kept = old !== undefined && sameMachine(old.machine, fresh.machine) ? old.groups : [];
  const byName = new Map([...kept, ...fresh.groups].map((group) => [group.name, group]));
  return { machine: fresh.machine, groups: order.flatMap((name) => byName.get(name) ?? []) };
}

function sameMachine(a: Machine, b: Machine): boolean {
  return a.processor === b.processor && a.cores === b.cores && a.system === b.system && a.node === b.node;
}
