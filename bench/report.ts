/** Writes the tables of docs/benchmarks.md from the results. */

import { benchesOf, drawCharts } from './charts.js';
import { machineLine } from './machine.js';
import { formatFigure, formatThroughput, type Measurement, median } from './measurement.js';
import type { GroupResult, Results } from './results.js';
import { TARGETS } from './targets.js';
import { judge } from './verdict.js';

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

/** The document with what stands between its markers replaced. */
export function fillDocument(document: string, results: Results): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`the document has no markers "${BEGIN}" and "${END}"`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${renderFigures(results)}\n${document.slice(end)}`;
}

/** Everything between the markers, as Markdown. */
export function renderFigures(results: Results): string {
  const charts = new Set(drawCharts(results).keys());
  return [
    `Machine: ${machineLine(results.machine)}; ${results.machine.date.slice(0, 10)}.`,
    '',
    '### Targets',
    '',
    targetsTable(results),
    ...(charts.has('ratios.svg') ? ['![Ratios](bench/ratios.svg)', ''] : []),
    ...results.groups.map((group) => renderGroup(group, charts)),
  ].join('\n');
}

function targetsTable(results: Results): string {
  const lines = judge(TARGETS, results).map(
    ({ target, outcome, needed, found }) => `| ${outcome} | ${cell(target.name)} | ${needed} | ${cell(found)} |`,
  );
  return ['| | target | needed | found |', '| --- | --- | --- | --- |', ...lines, ''].join('\n');
}

function renderGroup(group: GroupResult, charts: ReadonlySet<string>): string {
  const lines: string[] = [`### ${group.about}`, '', `\`npm run bench -- --only ${group.name}\``, ''];
  for (const [bench, rows] of benchesOf(group)) lines.push(benchTable(bench, rows));
  for (const { bench, subject, reason } of group.skips) lines.push(`Skipped: ${bench}, ${subject}: ${reason}.`, '');
  if (group.failure !== undefined) lines.push(`Ended early: ${group.failure.split('\n')[0]}`, '');
  for (const file of chartsOf(group, charts)) lines.push(`![${file.replace('.svg', '')}](bench/${file})`, '');
  return lines.join('\n');
}

function chartsOf(group: GroupResult, charts: ReadonlySet<string>): string[] {
  const own = [...drawCharts({ machine: NO_MACHINE, groups: [group] }).keys()];
  return own.filter((file) => charts.has(file) && file !== 'ratios.svg');
}

const NO_MACHINE = { processor: '', cores: 0, memoryBytes: 0, system: '', node: '', v8: '', date: '' };

function benchTable(bench: string, rows: readonly Measurement[]): string {
  const lines = rows.map((row) => {
    const rounds = row.rounds.map((round) => formatFigure(round, row.unit)).join(', ');
    return `| ${cell(row.subject)} | ${cell(row.at)} | ${formatFigure(median(row.rounds), row.unit)} | ${formatThroughput(row)} | ${rounds} |`;
  });
  return [`**${bench}**`, '', '| who | | median | | rounds |', '| --- | --- | ---: | ---: | --- |', ...lines, ''].join(
    '\n',
  );
}

/** A bar inside a cell would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
