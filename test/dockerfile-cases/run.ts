/**
 * Runs recorded Dockerfile cases on the built command line, by the runner that lies beside them.
 *
 *     npm run build && npm run test:dockerfile -- DIRECTORY [shell|chroot]
 *
 * DIRECTORY holds `cases`, `bases` and `harness`; the cases are no part of this project.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [directory, runtime = 'shell'] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: npm run test:dockerfile -- DIRECTORY [shell|chroot]');

const built = resolve('dist/bin/stratum.js');
// A program that does not start fails every case, and those that must fail would pass.
if (!existsSync(built)) throw new Error('nothing is built: npm run build');

const root = resolve(directory);
const work = mkdtempSync(join(tmpdir(), 'stratum-cases-'));
const program = [process.execPath, built, 'build'];
const bases = ['busybox', 'alpine', 'debian'].flatMap((name) => [
  '--build-context',
  `${name}=oci-layout://{bases}/${name}`,
]);
const output = ['--runtime', runtime, '--output', 'type=oci,tar=false,dest={out}'];
const adapter = {
  name: 'stratum',
  output: 'dir',
  env: { STRATUM_ROOT: join(work, 'store') },
  build: [...program, ...bases, '-f', '{dockerfile}', ...output, '{args}', '{context}'],
  check: [...program, '--call=check,format=json', '-f', '{dockerfile}', '{args}', '{context}'],
  arg: ['--build-arg', '{k}={v}'],
  target: ['--target', '{target}'],
  secret: ['--secret', 'id={id},src={file}'],
  context: ['--build-context', '{name}={dir}'],
};
const report = join(work, 'report.json');
writeFileSync(join(work, 'adapter.json'), JSON.stringify(adapter));
const tiers = ['--tiers', 'integrity,tree,config,layers'];
const runner = [join(root, 'harness', 'run.mjs'), join(root, 'cases'), join(root, 'bases'), join(work, 'adapter.json')];
const { status } = spawnSync(process.execPath, [...runner, ...tiers, '--jobs', '2', '--out', report], {
  stdio: 'inherit',
});

const classes = new Map<string, { passed: number; failed: number }>();
for (const [id, misses] of Object.entries(JSON.parse(readFileSync(report, 'utf8')) as Record<string, unknown[]>)) {
  const { class: kind } = JSON.parse(readFileSync(join(root, 'cases', id, 'case.json'), 'utf8')) as { class: string };
  const count = classes.get(kind) ?? { passed: 0, failed: 0 };
  if (misses.length === 0) count.passed++;
  else count.failed++;
  classes.set(kind, count);
}
for (const [kind, { passed, failed }] of classes) console.log(`${kind}: ${passed} passed, ${failed} failed`);
rmSync(work, { recursive: true, force: true });
process.exitCode = status ?? 1;
