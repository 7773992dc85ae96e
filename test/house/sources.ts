/** The sources of the project, read once, with what each imports. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));
const SRC = join(ROOT, 'src');

export interface Source {
  /** From `src`, as `layer/chain.ts`. */
  readonly path: string;
  /** The folder under `src`; empty for entry points. */
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A path from `src` for our own files, else what was written. */
  readonly target: string;
  readonly own: boolean;
  /** Loaded when a function asks for it, not with the file. */
  readonly lazy: boolean;
}

const IMPORT = /^(?:import|export)\b[^;]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** Every file under `src`, sorted by path. */
export const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map(readSource);

function readSource(path: string): Source {
  const text = readFileSync(join(SRC, path), 'utf8');
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
  const imports = [...text.matchAll(IMPORT)].map((match) =>
    readImport(path, match[1] ?? match[2] ?? match[3] ?? '', match[3] !== undefined),
  );
  return { path, folder, text, imports };
}

function readImport(from: string, specifier: string, lazy: boolean): Import {
  if (!specifier.startsWith('.')) return { target: specifier, own: false, lazy };
  const target = relative(SRC, join(SRC, dirname(from), specifier));
  return { target: target.replace(/\.js$/, '.ts'), own: true, lazy };
}
