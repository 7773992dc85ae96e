/** `npm run test:node`: runs Node's own tests of fs against a subject. See docs/testing.md. */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { doesNotApply, fsTests, type TestFile } from './files.js';
import { type Outcome, runFile } from './run-file.js';
import { nodeTests, SourceMissing } from './source.js';

const PROJECT = join(import.meta.dirname, '..', '..');
const CACHE = join(PROJECT, '.cache', 'node-suite');

const { values: options } = parseArgs({
  options: {
    /** `stratum`, `node`, `memfs`, or `none` to learn which files ask nothing of a file system. */
    subject: { type: 'string', default: 'stratum' },
    /** Runs only files with this in their names. */
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    /** Runs what does not apply, too. */
    all: { type: 'boolean', default: false },
    /** Prints all that a failing file said. */
    verbose: { type: 'boolean', default: false },
    /** The folder `test` of a source of Node that is there already. */
    source: { type: 'string' },
  },
});

await main();

async function main(): Promise<void> {
  const root = sourceOrUndefined();
  if (root === undefined) return;
  const reasons = doesNotApply();
  const files = fsTests(root).filter(({ name }) => name.includes(options.only) && (options.all || !reasons.has(name)));
  await bundleChild();
  const outcomes = await runAll(files, root);
  report(outcomes);
}

function sourceOrUndefined(): string | undefined {
  try {
    return options.source ?? nodeTests(CACHE);
  } catch (error) {
    if (!(error instanceof SourceMissing)) throw error;
    const required = process.env['STRATUM_TEST_REQUIRE_ALL'] === '1';
    console.log(
      `${required ? 'failed' : 'skipped'}: Node's own tests (Debian's source package nodejs): ${error.message}`,
    );
    console.log(`0 passed, ${required ? 1 : 0} failed`);
    process.exitCode = required ? 1 : 0;
    return undefined;
  }
}

/** One file for the child: it starts in a fraction of the time that many modules take. */
async function bundleChild(): Promise<void> {
  const common = { bundle: true, platform: 'node', packages: 'external', logLevel: 'warning' } as const;
  const entry = (name: string): string => join(import.meta.dirname, 'child', name);
  await build({ ...common, entryPoints: [entry('preload.ts')], outfile: join(CACHE, 'preload.cjs'), format: 'cjs' });
  await build({ ...common, entryPoints: [entry('loader.ts')], outfile: join(CACHE, 'loader.mjs'), format: 'esm' });
}

async function runAll(files: readonly TestFile[], root: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...files];
  const worker = async (slot: number): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const setting = { subject: options.subject, root, preload: join(CACHE, 'preload.cjs'), slot };
      outcomes.push(await runFile(file, setting));
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, (_, slot) => worker(slot)));
  return outcomes.sort((a, b) => a.name.localeCompare(b.name));
}

function report(outcomes: readonly Outcome[]): void {
  const of = (kind: Outcome['kind']): Outcome[] => outcomes.filter((each) => each.kind === kind);
  for (const { name, line, output } of of('failed')) {
    console.log(`failed: ${name}: ${line}`);
    if (options.verbose) console.log(output);
  }
  for (const { name, line } of of('skipped')) console.log(`skips itself: ${name}: ${line}`);
  console.log(`${options.subject}: ${outcomes.length} of Node's test files`);
  console.log(`${of('passed').length} passed, ${of('failed').length} failed`);
  process.exitCode = of('failed').length === 0 ? 0 : 1;
}
