/**
 * `npm run bench`: runs every group in a process of its own, judges the targets, and writes results, charts and the
 * tables of docs/benchmarks.md.
 */

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawCharts } from './charts.js';
import { GROUP_NAMES } from './groups.js';
import { describeMachine, machineLine } from './machine.js';
import { formatFigure, formatThroughput, median, rowKey } from './measurement.js';
import { fillDocument } from './report.js';
import { type GroupResult, mergeResults, type Results, readResults, writeResults } from './results.js';
import { TARGETS } from './targets.js';
import { judge, verdictLine } from './verdict.js';

const USAGE = `npm run bench -- [options]
  --quick        small sizes, one round: shows that everything runs; nothing is saved
  --only NAME    one group, may be repeated: ${GROUP_NAMES.join(', ')}
  --json         prints the results as JSON (progress goes to stderr)
  --no-save      leaves docs/ as it is
  --strict       ends with 1 when a target is missed
  --draw         no measuring: charts and tables again, from the saved results`;

/** The root of the repository, seen from where the compiled benches lie. */
const REPOSITORY = process.cwd();
const RESULTS = path.join(REPOSITORY, 'docs/bench/results.json');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      'no-save': { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      draw: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const unknown = values.only.filter((name) => !GROUP_NAMES.includes(name));
  if (unknown.length > 0) throw new Error(`no group ${unknown.join(', ')}\n${USAGE}`);
  if (values.draw) {
    const saved = readResults(RESULTS);
    if (saved === undefined) throw new Error(`no results in ${RESULTS}`);
    return save(saved);
  }
  const names = values.only.length > 0 ? values.only : GROUP_NAMES;
  const fresh = await measure(names, values.quick, values.json);
  if (values.json) console.log(JSON.stringify(fresh, undefined, 1));
  const failed = fresh.groups.filter((group) => group.failure !== undefined);
  const missed = values.quick ? 0 : printVerdicts(fresh, values.json, names.length === GROUP_NAMES.length);
  if (!values.quick && !values['no-save']) save(mergeResults(readResults(RESULTS), fresh, GROUP_NAMES));
  return failed.length > 0 || (values.strict && missed > 0) ? 1 : 0;
}

async function measure(names: readonly string[], quick: boolean, json: boolean): Promise<Results> {
  const machine = describeMachine();
  const say = json ? console.error : console.log;
  say(machineLine(machine));
  const groups: GroupResult[] = [];
  for (const name of names) {
    const group = await runGroup(name, quick, json);
    groups.push(group);
    printGroup(group, say);
  }
  return { machine, groups };
}

/** A process of its own: no group's corpus burdens another's heap, and a group that fails takes no other with it. */
async function runGroup(name: string, quick: boolean, json: boolean): Promise<GroupResult> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const out = path.join(scratch, 'group.json');
  const script = fileURLToPath(new URL('./run-group.js', import.meta.url));
  const args = ['--expose-gc', '--max-old-space-size=6144', script, name, scratch, out, quick ? 'quick' : 'full'];
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', json ? 2 : 'inherit', 'inherit'] });
      child.on('error', reject).on('close', resolve);
    });
    if (fs.existsSync(out)) return JSON.parse(fs.readFileSync(out, 'utf8')) as GroupResult;
    return {
      name,
      about: '',
      date: new Date().toISOString(),
      seconds: 0,
      rows: [],
      skips: [],
      failure: `ended with ${code}`,
    };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function printGroup(group: GroupResult, say: (line: string) => void): void {
  say(`\n${group.name} (${Math.round(group.seconds)} s)`);
  for (const row of group.rows) {
    const figure = formatFigure(median(row.rounds), row.unit);
    const rounds = row.rounds.map((round) => formatFigure(round, row.unit)).join(', ');
    say(`  ${rowKey(row).padEnd(70)} ${figure.padStart(10)} ${formatThroughput(row).padStart(12)}   [${rounds}]`);
  }
  for (const { bench, subject, reason } of group.skips) say(`  skipped: ${bench} · ${subject}: ${reason}`);
  if (group.failure !== undefined) say(`  FAILED: ${group.failure}`);
  say('');
}

/** Answers how many targets were missed. A run of some groups says nothing of targets that need others. */
function printVerdicts(results: Results, json: boolean, whole: boolean): number {
  const verdicts = judge(TARGETS, results).filter((verdict) => whole || verdict.outcome !== 'unmeasured');
  for (const verdict of verdicts) (json ? console.error : console.log)(verdictLine(verdict));
  return verdicts.filter((verdict) => verdict.outcome === 'MISS').length;
}

/** Tables and charts show the figures as they are saved, rounded, so that they can be drawn again from the file. */
function save(fresh: Results): number {
  fs.mkdirSync(path.dirname(RESULTS), { recursive: true });
  writeResults(RESULTS, fresh);
  const results = readResults(RESULTS) ?? fresh;
  for (const [file, svg] of drawCharts(results)) fs.writeFileSync(path.join(REPOSITORY, 'docs/bench', file), svg);
  const document = path.join(REPOSITORY, 'docs/benchmarks.md');
  fs.writeFileSync(document, fillDocument(fs.readFileSync(document, 'utf8'), results));
  return 0;
}

process.exitCode = await main();
