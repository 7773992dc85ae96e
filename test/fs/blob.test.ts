import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UnionFs } from '../../src/fs/union-fs.js';

let real = '';

beforeAll(() => {
  real = nodeFs.mkdtempSync(path.join(os.tmpdir(), 'blob-'));
});

afterAll(() => nodeFs.rmSync(real, { recursive: true, force: true }));

const fs = UnionFs.over([]).fs as unknown as typeof nodeFs;

test('gives a Blob of the platform’s own, with the content of the moment', async () => {
  fs.writeFileSync('/f', 'before');
  const promise = fs.openAsBlob('/f', { type: 'text/plain' });
  fs.writeFileSync('/f', 'after all');
  const blob = await promise;
  expect([blob instanceof Blob, blob.size, blob.type, await blob.text()]).toEqual([true, 6, 'text/plain', 'before']);
  expect(await new Response(blob).text()).toBe('before');
  expect(await blob.slice(2, 4).text()).toBe('fo');
});

test('reads what is below, and empty files', async () => {
  fs.writeFileSync('/empty', '');
  const draft = UnionFs.over([]);
  draft.fs.writeFileSync('/f', new Uint8Array([1, 2, 3]));
  const below = UnionFs.over([await draft.toLayer()]).fs;
  expect(new Uint8Array(await (await below.openAsBlob('/f')).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  expect((await fs.openAsBlob('/empty')).size).toBe(0);
});

test('is refused as Node refuses it', () => {
  nodeFs.writeFileSync(`${real}/f`, '');
  fs.mkdirSync(real, { recursive: true });
  const outcome = (of: typeof nodeFs, args: unknown[]): unknown => {
    try {
      return (of.openAsBlob as (...all: unknown[]) => unknown)(...args);
    } catch (error) {
      const { name, code, message } = error as Error & { code: string };
      return { name, code, message };
    }
  };
  for (const args of [[`${real}/nope`], [5], [`${real}/f`, null], [`${real}/f`, 5], [`${real}/f`, { type: 5 }]]) {
    expect(outcome(fs, args)).toEqual(outcome(nodeFs, args));
  }
});
