/** What was done is kept in a file that anybody may have written. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { doneLessons, markDone } from '../../src/cli/lesson/marks.js';

const NOW = new Date('2026-01-15T12:00:00Z');

async function inRoot(work: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'stratum-marks-'));
  try {
    await work(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test('a lesson that was done is marked, also in a root that is not there yet, and keeps its time', () =>
  inRoot(async (root) => {
    const store = join(root, 'store');
    expect(await doneLessons(store)).toEqual(new Set());
    await markDone(store, 'layers', NOW);
    await markDone(store, 'volumes', new Date('2026-01-16T12:00:00Z'));
    await markDone(store, 'layers', new Date('2026-01-17T12:00:00Z'));
    expect(await doneLessons(store)).toEqual(new Set(['layers', 'volumes']));
    expect(await readFile(join(store, 'lessons.json'), 'utf8')).toBe(
      '{"done":{"layers":"2026-01-17T12:00:00.000Z","volumes":"2026-01-16T12:00:00.000Z"}}',
    );
  }));

test.each(['', 'nonsense', '[]', '{"done":[]}', '{"done":"layers"}', '{"done":{},"done":{"layers":""}}', '{"done":'])(
  'a file that says %j marks nothing, and is written anew',
  (text) =>
    inRoot(async (root) => {
      await writeFile(join(root, 'lessons.json'), text);
      expect(await doneLessons(root)).toEqual(new Set());
      await markDone(root, 'layers', NOW);
      expect(await doneLessons(root)).toEqual(new Set(['layers']));
    }),
);
