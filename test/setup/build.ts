/** Builds the package once before the tests, where it is older than its sources: documented examples run against it. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STAMP = join(ROOT, '.cache', 'built');
const INPUTS = ['package.json', 'tsconfig.base.json', 'tsconfig.build.json'];

export default function setup(): void {
  if (isFresh()) return;
  rmSync(STAMP, { force: true });
  compile();
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  writeFileSync(STAMP, '');
}

function isFresh(): boolean {
  if (!existsSync(STAMP) || !existsSync(join(ROOT, 'dist', 'index.js'))) return false;
  const built = statSync(STAMP).mtimeMs;
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return [...INPUTS, ...sources.map((path) => join('src', path))].every(
    (path) => statSync(join(ROOT, path)).mtimeMs < built,
  );
}

/** Types are judged by `npm run check`; here only a compiler that writes nothing is a failure. */
function compile(): void {
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
      cwd: ROOT,
      stdio: 'pipe',
    });
  } catch (error) {
    if (!existsSync(join(ROOT, 'dist', 'index.js'))) throw error;
  }
}
