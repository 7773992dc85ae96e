/** Builds the package once before the tests, where it is older than its sources: documented examples run against it. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STAMP = join(ROOT, '.cache', 'built');
const INPUTS = ['package.json', 'tsconfig.base.json', 'tsconfig.build.json', 'vite.playground.ts'];
const PRODUCTS = ['dist/index.js', 'dist/bin/stratum.js', 'dist/playground/index.html'];

export default function setup(): void {
  if (isFresh()) return;
  rmSync(STAMP, { force: true });
  build();
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  writeFileSync(STAMP, '');
}

function isFresh(): boolean {
  if ([STAMP, ...PRODUCTS.map((path) => join(ROOT, path))].some((path) => !existsSync(path))) return false;
  const built = statSync(STAMP).mtimeMs;
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return [...INPUTS, ...sources.map((path) => join('src', path))].every(
    (path) => statSync(join(ROOT, path)).mtimeMs < built,
  );
}

/** Types are judged by `npm run check`; here only a build that leaves nothing to run is a failure. */
function build(): void {
  try {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'pipe' });
  } catch (error) {
    if (PRODUCTS.some((path) => !existsSync(join(ROOT, path)))) throw error;
  }
}
