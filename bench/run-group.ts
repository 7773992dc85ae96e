/** Runs one group in this process: `run-group.js NAME SCRATCH OUT full|quick`. */

import fs from 'node:fs';
import { inspect } from 'node:util';
import type { BenchContext } from './context.js';
import { loadGroup } from './groups.js';
import type { Measurement, Skip } from './measurement.js';
import type { GroupResult } from './results.js';

const [name = '', scratch = '', out = '', size = 'full'] = process.argv.slice(2);
const quick = size === 'quick';
const rows: Measurement[] = [];
const skips: Skip[] = [];
const context: BenchContext = {
  quick,
  rounds: quick ? 1 : 5,
  scratch,
  record: (row) => rows.push(row),
  skip: (skip) => {
    skips.push(skip);
    console.log(`skipped: ${skip.bench} · ${skip.subject}: ${skip.reason}`);
  },
};

const started = Date.now();
const group = await loadGroup(name);
let failure: string | undefined;
try {
  await group.run(context);
} catch (error) {
  failure = inspect(error);
  console.error(failure);
}
const result: GroupResult = {
  name,
  about: group.about,
  date: new Date().toISOString(),
  seconds: (Date.now() - started) / 1000,
  rows,
  skips,
  ...(failure === undefined ? {} : { failure }),
};
fs.writeFileSync(out, JSON.stringify(result));
process.exit(failure === undefined ? 0 : 1);
