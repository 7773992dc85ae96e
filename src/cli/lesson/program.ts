/** The program under the name `stratum`, for a shell that is to find it on its PATH. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '../../shell/arguments.js';
import { ownCommand } from '../process-io.js';
import type { PlaceFolders } from './place.js';

const EXECUTABLE = 0o755;

/** Writes it; each build leaves its metadata in the folder for builds, unless it is told to leave it elsewhere. */
export async function writeProgram({ bin, builds }: PlaceFolders): Promise<void> {
  const command = ownCommand().map(quoted).join(' ');
  const script = [
    '#!/bin/sh',
    'if [ "$1" = build ]; then',
    '  shift',
    `  exec ${command} build --metadata-file ${quoted(builds)}/"$$.json" "$@"`,
    'fi',
    `exec ${command} "$@"`,
    '',
  ].join('\n');
  await writeFile(join(bin, 'stratum'), script, { mode: EXECUTABLE });
}
