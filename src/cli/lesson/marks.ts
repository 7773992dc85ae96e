/** Which lessons were done: a file `lessons.json` in the user's own store, beside what OCI has a place for. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isStratumError } from '../../base/error.js';
import { canonicalJson, isJsonObject, type JsonObject, parseJsonObject } from '../../base/json.js';

const FILE = 'lessons.json';

/** The ids of lessons that were done; a file that cannot be read is as if there were none. */
export async function doneLessons(root: string): Promise<ReadonlySet<string>> {
  return new Set(Object.keys(await readMarks(root)));
}

/** Marks a lesson as done. */
export async function markDone(root: string, id: string, now: Date): Promise<void> {
  const done = { ...(await readMarks(root)), [id]: now.toISOString() };
  await mkdir(root, { recursive: true });
  const temporary = join(root, `.${FILE}.${process.pid}`);
  await writeFile(temporary, canonicalJson({ done }));
  await rename(temporary, join(root, FILE));
}

async function readMarks(root: string): Promise<JsonObject> {
  try {
    const { done } = parseJsonObject(await readFile(join(root, FILE)));
    return isJsonObject(done) ? done : {};
  } catch (error) {
    if (isStratumError(error) || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
