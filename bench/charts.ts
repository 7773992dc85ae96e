/** Which charts are drawn of the results. */

import { formatFigure, formatThroughput, type Measurement, median } from './measurement.js';
import type { GroupResult, Results } from './results.js';
import { type Bar, type BarBlock, barChart, type Line, lineChart } from './svg.js';
import { TARGETS } from './targets.js';
import { judge } from './verdict.js';

/** Subjects that are Stratum at work, under whatever name. */
export function isOurs(subject: string): boolean {
  return subject.startsWith('stratum');
}

/** File names and their SVG. */
export function drawCharts(results: Results): Map<string, string> {
  const charts = new Map<string, string>();
  for (const group of results.groups) {
    if (group.rows.length === 0) continue;
    for (const [bench, rows] of benchesOverLayers(group))
      charts.set(`${fileName(bench)}.svg`, layersChart(bench, rows));
    if (group.name !== 'lookup') charts.set(`${group.name}.svg`, groupChart(group));
  }
  const ratios = ratioBlock(results);
  if (ratios.bars.length > 0) {
    charts.set(
      'ratios.svg',
      barChart('How many times faster', 'Longer is better; the red mark is what was asked for. Logarithmic.', [ratios]),
    );
  }
  return charts;
}

/** Rows of each bench, in the order in which they were measured. */
export function benchesOf(group: GroupResult): Map<string, Measurement[]> {
  const benches = new Map<string, Measurement[]>();
  for (const row of group.rows) benches.set(row.bench, [...(benches.get(row.bench) ?? []), row]);
  return benches;
}

function benchesOverLayers(group: GroupResult): [string, Measurement[]][] {
  return [...benchesOf(group)].filter(([, rows]) => new Set(rows.flatMap((row) => layersIn(row) ?? [])).size >= 4);
}

/** The layer count that a row is labelled with. */
function layersIn(row: Measurement): number | undefined {
  const found = /^(\d+) layers?$/.exec(row.at);
  return found === null ? undefined : Number(found[1]);
}

function layersChart(bench: string, rows: readonly Measurement[]): string {
  const counts = [...new Set(rows.flatMap((row) => layersIn(row) ?? []))];
  const lines = [...new Set(rows.map((row) => row.subject))].map((subject): Line => {
    const points = rows.filter((row) => row.subject === subject).flatMap((row) => pointsOf(row, counts));
    return { label: subject, ours: isOurs(subject), points };
  });
  return lineChart(
    `${bench}, over layers`,
    'Time for one operation; lower is better. Both axes logarithmic.',
    lines,
    (ns) => formatFigure(ns, 'ns'),
  );
}

/** A subject without layers costs the same at every count. */
function pointsOf(row: Measurement, counts: readonly number[]): { x: number; y: number }[] {
  const y = median(row.rounds);
  const x = layersIn(row);
  return x === undefined ? counts.map((count) => ({ x: count, y })) : [{ x, y }];
}

function groupChart(group: GroupResult): string {
  const blocks = [...benchesOf(group)].map(([title, rows]): BarBlock => ({ title, bars: rows.map(barOf) }));
  return barChart(group.about, 'Shorter is better. Logarithmic.', blocks);
}

function barOf(row: Measurement): Bar {
  const value = median(row.rounds);
  const throughput = formatThroughput(row);
  const text = `${formatFigure(value, row.unit)}${throughput === '' ? '' : ` · ${throughput}`}`;
  return { label: [row.subject, row.at].filter(Boolean).join(', '), value, text, ours: isOurs(row.subject) };
}

function ratioBlock(results: Results): BarBlock {
  const bars = judge(TARGETS, results).flatMap(({ target, value, found, outcome }): Bar[] => {
    if (target.kind !== 'faster' || value === undefined) return [];
    return [{ label: target.name, value, text: found, ours: outcome === 'PASS', mark: target.times }];
  });
  return { title: 'Stratum against its peers', bars };
}

export function fileName(bench: string): string {
  return bench.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
