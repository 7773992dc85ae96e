/** What every store of records does. */

import * as fs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { DirectoryRecords } from '../../../src/registry/server/records/directory.js';
import { MemoryRecords } from '../../../src/registry/server/records/memory.js';
import type { Records } from '../../../src/registry/server/records/records.js';

const scratch = mkdtempSync(join(tmpdir(), 'stratum-records-'));
let count = 0;

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each([
  ['memory', () => new MemoryRecords()],
  ['a directory', () => new DirectoryRecords(join(scratch, String(count++)), fs)],
] as const)('records in %s', (_name, make) => {
  let records: Records;

  beforeEach(() => {
    records = make();
  });

  test('are read as they were written, the last of several', async () => {
    await records.write('a/b/c', utf8('1'));
    await records.write('a/b/c', utf8('2'));
    expect([await records.read('a/b/c'), await records.has('a/b/c')]).toEqual([utf8('2'), true]);
  });

  test.each([0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 3_000_000])('of %d bytes are read whole', async (size) => {
    const bytes = new Uint8Array(size).fill(7);
    await records.write('large', bytes);
    expect(Buffer.compare((await records.read('large')) ?? utf8('none'), bytes)).toBe(0);
  });

  test('that were never written are not there', async () => {
    await records.write('a/b', utf8('1'));
    for (const path of ['a/c', 'a/b/c', 'x'])
      expect([await records.read(path), await records.has(path)]).toEqual([undefined, false]);
    expect(await records.list('x')).toEqual([]);
    expect(await records.remove('a/c')).toBe(false);
  });

  test('are listed with the folders beside them, in order', async () => {
    for (const path of ['f/b', 'f/a/x', 'f/a/y', 'f/Z', 'g']) await records.write(path, utf8(path));
    expect(await records.list('f')).toEqual(['Z', 'a', 'b']);
    expect(await records.list('f/a')).toEqual(['x', 'y']);
    expect(await records.list('')).toEqual(['f', 'g']);
  });

  test('are gone when they are removed, and no other is', async () => {
    for (const path of ['f/a', 'f/b', 'f/c/d']) await records.write(path, utf8(path));
    expect(await records.remove('f/a')).toBe(true);
    expect(await records.remove('f/a')).toBe(false);
    expect(await records.read('f/a')).toBeUndefined();
    expect(await records.list('f')).toEqual(['b', 'c']);
    await records.write('f/a', utf8('again'));
    expect(await records.list('f')).toEqual(['a', 'b', 'c']);
  });
});
