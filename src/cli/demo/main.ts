/** `npm run demo [-- ARCHIVE]`: the demo as a program. */

import { colorsFor } from '../colors.js';
import { errorText } from '../errors.js';
import type { Io } from '../io.js';
import { runDemo } from './demo.js';

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  signal: new AbortController().signal,
};

try {
  await runDemo(process.argv[2], io);
} catch (error) {
  io.stderr.write(errorText(error, { colors: colorsFor(io, io.stderr), debug: process.env['DEBUG'] !== undefined }));
  process.exitCode = 1;
}
