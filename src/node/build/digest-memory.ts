/** Remembers digests of the files of a context in a file, so that a rebuild reads only those that changed. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DigestMemory } from './host-context.js';

/** A file that was changed in the last moments may change again without another time: it is not remembered. */
const SETTLED_MS = 2000;

/** Opens the memory; what cannot be read is as if it were empty. Entries that a build does not use are forgotten. */
export async function fileDigestMemory(path: string, now: () => number): Promise<DigestMemory> {
  const before = await readEntries(path);
  const used = new Map<string, string>();
  let isChanged = false;
  return {
    get(identity) {
      const digest = before.get(identity);
      if (digest !== undefined) used.set(identity, digest);
      return digest;
    },
    set(identity, digest) {
      const changedMs = Number(identity.split(':').at(-1));
      if (now() - changedMs < SETTLED_MS) return;
      used.set(identity, digest);
      isChanged = true;
    },
    async save() {
      if (!isChanged) return;
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}`;
      await writeFile(temporary, JSON.stringify([...used]));
      await rename(temporary, path);
    },
  };
}

async function readEntries(path: string): Promise<Map<string, string>> {
  try {
    return new Map(JSON.parse(await readFile(path, 'utf8')) as [string, string][]);
  } catch {
    return new Map();
  }
}
