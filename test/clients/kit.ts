/** What the tests of clients share: a union with its files in a layer below, and the same files on disk. */

import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type TreeJson, UnionFs } from '../../src/index.js';

/** A union with an empty upper over one layer that holds the files; `more` may add what JSON cannot say. */
export async function overLayer(files: TreeJson, more?: (union: UnionFs) => void): Promise<UnionFs> {
  const draft = UnionFs.over([]);
  UnionFs.fromJSON(files).copyTo(draft.fs);
  more?.(draft);
  return UnionFs.over([await draft.toLayer()]);
}

/** A folder on disk, gone after the test. */
export function folder(): string {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'stratum-client-')));
  onTestFinished(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What a union shows, in a folder on disk. */
export function onDisk(union: UnionFs): string {
  const path = folder();
  union.copyTo(fs, path);
  return path;
}

/** Changes as `+ path`, `~ path` and `- path`. */
export function notation(union: UnionFs): string[] {
  const marks = { add: '+', modify: '~', delete: '-' };
  return union.changes().map(({ kind, path }) => `${marks[kind]} ${path}`);
}
