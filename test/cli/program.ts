/** The command line as one bundled program, for tests that need a process of its own. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Bundles it into a directory; returns the path of the script. */
export async function bundleProgram(directory: string): Promise<string> {
  await build({
    entryPoints: [BIN],
    outdir: directory,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: REQUIRE },
    logLevel: 'error',
    // The package's list of modules with effects names those in dist.
    ignoreAnnotations: true,
  });
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  return join(directory, 'bin.js');
}
