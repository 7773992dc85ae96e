import type nodeFs from 'node:fs';
import { expect, test } from 'vitest';
import { UnionFs } from '../../src/fs/union-fs.js';

const fs = UnionFs.over([]).fs as unknown as typeof nodeFs;
const closed = expect.objectContaining({ code: 'ERR_INVALID_STATE', message: expect.stringContaining('closed') });
const locked = expect.objectContaining({ code: 'ERR_INVALID_STATE', message: expect.stringContaining('locked') });

test('a handle gives its bytes as a web stream, once', async () => {
  fs.writeFileSync('/f', 'hello '.repeat(30_000));
  const handle = await fs.promises.open('/f');
  await handle.read(new Uint8Array(6), 0, 6, null);
  const stream = handle.readableWebStream();
  expect(() => handle.readableWebStream()).toThrow(locked);
  expect((await new Response(stream as BodyInit).text()).length).toBe(6 * 29_999);
  expect(handle.fd).toBeGreaterThan(0);
  await handle.close();
  expect(() => handle.readableWebStream()).toThrow(closed);
});

test('a web stream reads into the caller’s bytes, and ends with the handle', async () => {
  fs.writeFileSync('/g', 'hello');
  const handle = await fs.promises.open('/g');
  const reader = (handle.readableWebStream() as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
  expect((await reader.read(new Uint8Array(2))).value).toEqual(new Uint8Array([104, 101]));
  await handle.close();
  expect((await reader.read(new Uint8Array(8))).value).toEqual(new Uint8Array([108, 108, 111]));
  expect((await reader.read(new Uint8Array(8))).done).toBe(true);
});

test('what was opened closes itself', async () => {
  const dir = fs.opendirSync('/') as nodeFs.Dir & Disposable & AsyncDisposable;
  dir[Symbol.dispose]();
  expect(() => dir.readSync()).toThrow(expect.objectContaining({ code: 'ERR_DIR_CLOSED' }));
  const handle = await fs.promises.open('/g');
  await handle[Symbol.asyncDispose]();
  expect(handle.fd).toBe(-1);
});
