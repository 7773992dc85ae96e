/** `npm run demo [-- ARCHIVE]`: the demo as a program. */

import { resolve } from 'node:path';
import { colorsFor } from '../colors.js';
import { errorText } from '../errors.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED } from '../exit-codes.js';
import { isBrokenPipe, write } from '../io.js';
import { processIo } from '../process-io.js';
import { runDemo } from './demo.js';

const io = processIo();
const [archive] = process.argv.slice(2);
// npm changes to the directory of the package; the user's path starts where the user is.
const from = io.env['INIT_CWD'] ?? io.cwd;

try {
  await runDemo(archive === undefined ? undefined : resolve(from, archive), io);
} catch (error) {
  process.exitCode = await exitCodeOf(error);
}

async function exitCodeOf(error: unknown): Promise<number> {
  if (io.signal.aborted) return EXIT_INTERRUPTED;
  if (isBrokenPipe(error)) return 0;
  await write(io.stderr, errorText(error, { colors: colorsFor(io, io.stderr), debug: Boolean(io.env['DEBUG']) }));
  return EXIT_FAILURE;
}
