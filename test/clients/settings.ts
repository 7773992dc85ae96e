/** A module that knows nothing of Stratum: it reads and writes by Node's own names. */

import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

const PATH = '/etc/app.json';

export function readPort(): number {
  return existsSync(PATH) ? JSON.parse(readFileSync(PATH, 'utf8')).port : 80;
}

export async function savePort(port: number): Promise<void> {
  await writeFile(`${PATH}.new`, JSON.stringify({ port }));
  await rename(`${PATH}.new`, PATH);
}
