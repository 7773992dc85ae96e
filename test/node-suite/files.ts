/** Which of Node's test files are about the file system, and which of them can be asked of an object that stands for `fs`. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestFile {
  /** Below the folder `test`: `parallel/test-fs-access.js`. */
  readonly name: string;
  readonly path: string;
  /** What the file asks Node to be started with. */
  readonly flags: readonly string[];
}

/** Files about fs under names that do not begin so. */
const OTHERS = ['test-stream2-fs.js', 'test-blob-file-backed.js', 'test-domain-fs-enoent-stream.js'];

/** All test files about the file system, sorted. */
export function fsTests(root: string): TestFile[] {
  return ['parallel', 'sequential'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /^test-(fs-|file).*\.m?js$|^test-file\.m?js$/.test(name) || OTHERS.includes(name))
      .filter((name) => name !== 'test-file.js')
      .sort()
      .map((name) => ({
        name: `${folder}/${name}`,
        path: join(root, folder, name),
        flags: flagsOf(root, folder, name),
      })),
  );
}

function flagsOf(root: string, folder: string, name: string): string[] {
  const line = /^\/\/ Flags: (.*)$/m.exec(readFileSync(join(root, folder, name), 'utf8'))?.[1];
  return line?.trim().split(/\s+/) ?? [];
}

/** Why a file cannot be asked, by its name; files that are not here apply. */
export function doesNotApply(): ReadonlyMap<string, string> {
  const reasons = JSON.parse(readFileSync(new URL('does-not-apply.json', import.meta.url), 'utf8')) as Reasons;
  return new Map(reasons.flatMap(({ reason, files }) => files.map((file) => [file, reason])));
}

type Reasons = readonly { readonly reason: string; readonly files: readonly string[] }[];
