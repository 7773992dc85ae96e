/**
 * Node's rm and cp take what a directory holds in the order in which the file system lists it. Here they take it sorted,
 * so that two file systems are left the same by a call that stops partway. The system calls are Node's own.
 */

import fs from 'node:fs';

/** Node 22 and later do some of it in C++, where listings are out of reach. */
export const TREES_ARE_SORTED: boolean = process.versions.node.startsWith('20.');

type AnyCall = (...args: never[]) => unknown;

interface Named {
  readonly name: string;
}

/** Node's own code keeps these when a call on a tree is first made; afterwards the module is as it was. */
const REPLACED: Readonly<Record<string, (original: AnyCall) => AnyCall>> = {
  readdirSync: (original) => (path, options) => (original(path, options) as Buffer[]).sort(Buffer.compare),
  opendirSync: (original) => (path) => sortedDir(original(path) as fs.Dir),
};

/** To be called before anything else is removed or copied; `scratch` is an empty directory that may be written to. */
export async function sortTrees(scratch: string): Promise<void> {
  const module = fs as unknown as Record<string, AnyCall>;
  const promises = fs.promises as unknown as Record<string, AnyCall>;
  const [originals, opendir] = [{ ...module }, promises['opendir'] as AnyCall];
  for (const [name, replace] of Object.entries(REPLACED)) module[name] = replace(module[name] as AnyCall);
  promises['opendir'] = async (path) => sortedEntries((await opendir(path)) as fs.Dir);
  fs.mkdirSync(`${scratch}/from`);
  fs.cpSync(`${scratch}/from`, `${scratch}/to`, { recursive: true });
  await fs.promises.cp(`${scratch}/from`, `${scratch}/to`, { recursive: true });
  for (const name of ['from', 'to']) fs.rmSync(`${scratch}/${name}`, { recursive: true });
  for (const name of Object.keys(REPLACED)) module[name] = originals[name] as AnyCall;
  promises['opendir'] = opendir;
}

function sortedDir(dir: fs.Dir): Pick<fs.Dir, 'readSync' | 'closeSync'> {
  const entries: fs.Dirent[] = [];
  for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) entries.push(entry);
  entries.sort(byName);
  return { readSync: () => entries.shift() ?? null, closeSync: () => dir.closeSync() };
}

async function* sortedEntries(dir: fs.Dir): AsyncGenerator<fs.Dirent> {
  const entries: fs.Dirent[] = [];
  for await (const entry of dir) entries.push(entry);
  yield* entries.sort(byName);
}

function byName(a: Named, b: Named): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
