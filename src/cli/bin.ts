#!/usr/bin/env node
/** The command line as a program. */

import { main } from './main.js';
import { processIo } from './process-io.js';

const io = processIo();
process.exitCode = await main(process.argv.slice(2), io);
// What an interrupt left undone must not keep the process.
if (io.signal.aborted) process.exit(process.exitCode);
