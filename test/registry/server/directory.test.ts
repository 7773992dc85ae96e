/** A registry on disk: what other tools and other processes find there, and what is left when one is killed. */

import * as fs from 'node:fs';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Volume } from 'memfs';
import { afterAll, describe, expect, test } from 'vitest';
import { DirectoryBlobs } from '../../../src/blob/directory.js';
import type { StoreFiles } from '../../../src/blob/files.js';
import { encodedOf } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { serveHttp } from '../../../src/node/registry/http-server.js';
import { openRegistry } from '../../../src/registry/server/directory-registry.js';
import { stratumServe } from '../../kit/stratum-serve.js';
import { ask, bytesOf, NAME, pushBlob, pushImage } from './kit.js';

const scratch = mkdtempSync(join(tmpdir(), 'stratum-registry-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a file that becomes a blob', () => {
  test('is renamed, and gone where it was', async () => {
    const blobs = await DirectoryBlobs.open(join(scratch, 'adopting'), fs);
    const content = bytesOf(100);
    const digest = digestOf(content);
    for (let i = 0; i < 2; i++) {
      const file = join(scratch, `file${i}`);
      writeFileSync(file, content);
      expect(await blobs.adopt(file, { digest, size: 100 })).toEqual({ digest, size: 100 });
      expect(existsSync(file)).toBe(false);
    }
    expect(await blobs.stat(digest)).toEqual({ digest, size: 100 });
    expect(new Uint8Array(readFileSync(blobs.pathOf(digest)))).toEqual(content);
  });

  test('is refused when it is not as long as it was measured, and stays', async () => {
    const blobs = await DirectoryBlobs.open(join(scratch, 'refusing'), fs);
    const file = join(scratch, 'short');
    writeFileSync(file, bytesOf(99));
    const digest = digestOf(bytesOf(100));
    await expect(blobs.adopt(file, { digest, size: 100 })).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    expect([existsSync(file), await blobs.stat(digest)]).toEqual([true, undefined]);
  });
});

test('a registry lies in any file system that has the calls, and its files are sent from there', async () => {
  const registry = await openRegistry('/registry', new Volume() as unknown as StoreFiles);
  const image = await pushImage(registry, { reference: 'v1' });
  const server = await serveHttp(registry);
  const got = await fetch(`${server.url}/v2/${NAME}/blobs/${image.layer}`);
  expect(new Uint8Array(await got.arrayBuffer())).toEqual(bytesOf(2048));
  const part = await fetch(`${server.url}/v2/${NAME}/blobs/${image.layer}`, { headers: { range: 'bytes=-8' } });
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytesOf(2048).subarray(-8));
  await server.close();
});

test('a blob whose file is gone or short is not sent as if it were whole', async () => {
  const root = join(scratch, 'damaged');
  const registry = await openRegistry(root, fs);
  const content = bytesOf(500_000);
  const digest = await pushBlob(registry, content);
  const file = join(root, 'blobs', 'sha256', encodedOf(digest));
  const server = await serveHttp({
    fetch: async (request) => {
      const answer = await registry.fetch(request);
      writeFileSync(file, content.subarray(0, 300_000)); // between the answer and the sending of it
      return answer;
    },
  });
  const url = `${server.url}/v2/${NAME}/blobs/${digest}`;
  await expect(fetch(url).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  rmSync(file);
  expect((await ask(registry, 'GET', `/v2/${NAME}/blobs/${digest}`)).code).toBe('BLOB_UNKNOWN');
  await server.close();
});

test('a server that is killed while blobs come in leaves no blob that is not whole, and goes on', async () => {
  const root = join(scratch, 'killed');
  const content = bytesOf(4_000_000);
  const digest = digestOf(content);
  for (let round = 0; round < 8; round++) {
    const served = await stratumServe(root);
    const pushes = Array.from({ length: 3 }, (_none, at) => {
      const query = at === 0 ? `?digest=${digest}` : `?digest=${digestOf(content, 'sha512')}`;
      const init = { method: 'POST', body: content as Uint8Array<ArrayBuffer> };
      return fetch(`${served.url}/v2/r${round}/blobs/uploads/${query}`, init).catch(() => undefined);
    });
    await new Promise((resolve) => setTimeout(resolve, round * 7));
    await served.stop('SIGKILL');
    await Promise.all(pushes);
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const folder = join(root, 'registry', 'blobs', algorithm);
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        expect(digestOf(readFileSync(join(folder, name)), algorithm)).toBe(`${algorithm}:${name}`);
      }
    }
  }
  const served = await stratumServe(root);
  const init = { method: 'POST', body: content as Uint8Array<ArrayBuffer> };
  expect((await fetch(`${served.url}/v2/last/blobs/uploads/?digest=${digest}`, init)).status).toBe(201);
  expect((await fetch(`${served.url}/v2/last/blobs/${digest}`)).status).toBe(200);
  expect(await served.stop()).toBe(0);
}, 60_000);
