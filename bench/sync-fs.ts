/** The part of Node's fs API that the benches call on every subject. */

import type fs from 'node:fs';

export type SyncFs = Pick<
  typeof fs,
  | 'appendFileSync'
  | 'closeSync'
  | 'existsSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'promises'
  | 'readFileSync'
  | 'readSync'
  | 'readdirSync'
  | 'rmSync'
  | 'statSync'
  | 'writeFileSync'
>;

/** Puts files into a file system, each directory made once. */
export function populate(
  fs: Pick<SyncFs, 'mkdirSync' | 'writeFileSync'>,
  root: string,
  files: readonly { path: string; content: Uint8Array }[],
): void {
  const made = new Set<string>();
  for (const { path, content } of files) {
    const directory = path.slice(0, path.lastIndexOf('/'));
    if (!made.has(directory)) fs.mkdirSync(`${root}${directory}`, { recursive: true });
    made.add(directory);
    fs.writeFileSync(`${root}${path}`, content);
  }
}

/** Visits every entry below a directory as a program does that has only readdir and lstat; answers how many there are. */
export function walk(fs: Pick<SyncFs, 'readdirSync' | 'lstatSync'>, directory: string): number {
  let count = 0;
  for (const name of fs.readdirSync(directory)) {
    const path = directory === '/' ? `/${name}` : `${directory}/${name}`;
    count += 1;
    if (fs.lstatSync(path).isDirectory()) count += walk(fs, path);
  }
  return count;
}
