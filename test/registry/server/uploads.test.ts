import * as fs from 'node:fs';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { DigestAlgorithm } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { openRegistry } from '../../../src/registry/server/directory-registry.js';
import type { Registry, RegistryOptions } from '../../../src/registry/server/registry.js';
import { type Answer, ask, bytesOf, NAME, newRegistry, type Sent } from './kit.js';

const UPLOADS = `/v2/${NAME}/blobs/uploads/`;
const content = bytesOf(3000);
const scratch = mkdtempSync(join(tmpdir(), 'stratum-uploads-'));
let count = 0;

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const STORES = {
  memory: async (options: Partial<RegistryOptions> = {}) => newRegistry(options),
  directory: (options: Partial<RegistryOptions> = {}) => openRegistry(join(scratch, String(count++)), fs, options),
};

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* cutAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error('cut');
}

const chunk = (start: number, end: number): Sent => ({
  headers: { 'content-range': `${start}-${end - 1}` },
  body: content.subarray(start, end),
});

describe.each(Object.entries(STORES))('in %s', (_name, open) => {
  describe.each(['sha256', 'sha512'] as const)('with %s', (algorithm: DigestAlgorithm) => {
    const digest = digestOf(content, algorithm);
    const blob = `/v2/${NAME}/blobs/${digest}`;
    let registry: Registry;

    beforeEach(async () => {
      registry = await open();
    });

    async function start(query: string = ''): Promise<string> {
      const { status, headers } = await ask(registry, 'POST', `${UPLOADS}${query}`);
      expect(status).toBe(202);
      expect(headers.get('range')).toBe('0-0');
      expect(headers.get('location')).toMatch(new RegExp(`^${UPLOADS}[0-9a-f-]{36}$`));
      return headers.get('location') ?? '';
    }

    async function expectStored({ status, headers }: Answer): Promise<void> {
      expect([status, headers.get('location'), headers.get('docker-content-digest')]).toEqual([201, blob, digest]);
      const got = await ask(registry, 'GET', blob);
      expect([got.status, got.headers.get('content-length')]).toEqual([200, String(content.length)]);
      expect(got.bytes).toEqual(content);
    }

    test('a blob is pushed by a POST alone', async () => {
      await expectStored(await ask(registry, 'POST', `${UPLOADS}?digest=${digest}`, { body: content }));
    });

    test('a blob is pushed by a POST and a PUT', async () => {
      await expectStored(await ask(registry, 'PUT', `${await start()}?digest=${digest}`, { body: content }));
    });

    test('a blob is pushed in a stream', async () => {
      const location = await start(`?digest-algorithm=${algorithm}`);
      const { status, headers } = await ask(registry, 'PATCH', location, { body: pieces(content, 700) });
      expect([status, headers.get('range')]).toEqual([202, '0-2999']);
      await expectStored(await ask(registry, 'PUT', `${location}?digest=${digest}`));
    });

    test.each(['PATCH', 'PUT'])('a blob is pushed in chunks, the last by %s', async (last) => {
      const location = await start();
      expect((await ask(registry, 'PATCH', location, chunk(0, 1000))).headers.get('range')).toBe('0-999');
      expect((await ask(registry, 'PATCH', location, chunk(1000, 2000))).headers.get('range')).toBe('0-1999');
      if (last === 'PATCH') expect((await ask(registry, 'PATCH', location, chunk(2000, 3000))).status).toBe(202);
      const rest = last === 'PUT' ? chunk(2000, 3000) : {};
      await expectStored(await ask(registry, 'PUT', `${location}?digest=${digest}`, rest));
    });

    test.each([
      ['PATCH', 2000],
      ['PATCH', 0],
      ['PUT', 2000],
    ])('a chunk out of order is refused (%s at %d), and the upload goes on', async (method, at) => {
      const location = await start();
      await ask(registry, 'PATCH', location, chunk(0, 1000));
      const query = method === 'PUT' ? `?digest=${digest}` : '';
      const { status, code, headers } = await ask(registry, method, `${location}${query}`, chunk(at, at + 500));
      expect([status, code, headers.get('range')]).toEqual([416, 'BLOB_UPLOAD_INVALID', '0-999']);
      const now = await ask(registry, 'GET', location);
      expect([now.status, now.headers.get('range'), now.headers.get('location')]).toEqual([204, '0-999', location]);
      await expectStored(await ask(registry, 'PUT', `${location}?digest=${digest}`, chunk(1000, 3000)));
    });

    test.each([
      ['POST', async () => `${UPLOADS}?digest=${digest}`],
      ['PUT', async () => `${await start()}?digest=${digest}`],
      [
        'PATCH and PUT',
        async () => {
          const location = await start();
          await ask(registry, 'PATCH', location, { body: content.subarray(0, 10) });
          return `${location}?digest=${digest}`;
        },
      ],
    ])('other bytes are refused (%s), and nothing of them is kept', async (how, target) => {
      const url = await target();
      const body = bytesOf(3000, 99);
      const { status, code } = await ask(registry, how === 'POST' ? 'POST' : 'PUT', url, { body });
      expect([status, code]).toEqual([400, 'DIGEST_INVALID']);
      expect((await ask(registry, 'HEAD', blob)).status).toBe(404);
      const again = await ask(registry, 'HEAD', `/v2/${NAME}/blobs/${digestOf(body, algorithm)}`);
      expect(again.status).toBe(404);
      if (how !== 'POST') expect((await ask(registry, 'GET', url.replace(/\?.*/, ''))).status).toBe(404);
    });
  });

  const digest = digestOf(content);
  let registry: Registry;
  let location: string;

  beforeEach(async () => {
    registry = await open();
    location = (await ask(registry, 'POST', UPLOADS)).headers.get('location') ?? '';
  });

  test('an upload is given up', async () => {
    expect((await ask(registry, 'DELETE', location)).status).toBe(204);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const { status, code } = await ask(registry, method, location);
      expect([status, code]).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
    }
  });

  test('an upload is over when the blob is stored', async () => {
    await ask(registry, 'PUT', `${location}?digest=${digest}`, { body: content });
    expect((await ask(registry, 'GET', location)).status).toBe(404);
  });

  test.each([
    ['of another repository', () => location.replace(NAME, 'other')],
    ['that never was', () => `${UPLOADS}00000000-0000-4000-8000-000000000000`],
    ['whose id is none', () => `${UPLOADS}..%2f..%2fetc%2fpasswd`],
  ])('an upload %s is unknown', async (_name, url) => {
    for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
      const { status, code } = await ask(registry, method, `${url()}?digest=${digest}`);
      expect([status, code], method).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
    }
  });

  test('an upload that was cut goes on where it stopped', async () => {
    const cut = await ask(registry, 'PATCH', location, { body: cutAfter(content.subarray(0, 1200)) });
    expect([cut.status, cut.code]).toEqual([400, 'BLOB_UPLOAD_INVALID']);
    expect((await ask(registry, 'GET', location)).headers.get('range')).toBe('0-1199');
    expect((await ask(registry, 'PUT', `${location}?digest=${digest}`, chunk(1200, 3000))).status).toBe(201);
  });

  test('a push that was cut at the end goes on', async () => {
    await ask(registry, 'PUT', `${location}?digest=${digest}`, { body: cutAfter(content.subarray(0, 2000)) });
    expect((await ask(registry, 'HEAD', `/v2/${NAME}/blobs/${digest}`)).status).toBe(404);
    expect((await ask(registry, 'PUT', `${location}?digest=${digest}`, chunk(2000, 3000))).status).toBe(201);
  });

  test.each([
    ['a body shorter than its range', '0-999', 500],
    ['a body longer than its range', '0-999', 1500],
  ])('%s is refused, and nothing of it is kept', async (_name, range, size) => {
    const headers = { 'content-range': range };
    const { status, code } = await ask(registry, 'PATCH', location, {
      headers,
      body: pieces(content.subarray(0, size), 100),
    });
    expect([status, code]).toEqual([400, 'SIZE_INVALID']);
    expect((await ask(registry, 'GET', location)).headers.get('range')).toBe('0-0');
    expect((await ask(registry, 'PUT', `${location}?digest=${digest}`, { body: content })).status).toBe(201);
  });

  test.each([
    ['more than there is', '2999', 3000],
    ['less than there is', '3001', 3000],
    ['something else than the range', '900', 1000],
  ])('a Content-Length that says %s is refused', async (_name, length, size) => {
    const headers = { 'content-length': length, ...(size === 1000 && { 'content-range': '0-999' }) };
    const { status, code } = await ask(registry, 'PATCH', location, { headers, body: content.subarray(0, size) });
    expect([status, code]).toEqual([400, 'SIZE_INVALID']);
    expect((await ask(registry, 'GET', location)).headers.get('range')).toBe('0-0');
  });

  test.each(['x', '5', '9-1', '-1-5', '0-99999999999999999999'])('the Content-Range %s is refused', async (range) => {
    const headers = { 'content-range': range };
    const { status, code } = await ask(registry, 'PATCH', location, { headers, body: content });
    expect([400, 416]).toContain(status);
    expect(code).toMatch(/^(BLOB_UPLOAD_INVALID|SIZE_INVALID)$/);
    expect((await ask(registry, 'GET', location)).headers.get('range')).toBe('0-0');
  });

  test('two chunks at once do not mix: the second is refused', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 1000);
      await held;
      yield content.subarray(1000, 2000);
    }
    const first = ask(registry, 'PATCH', location, { body: slow() });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await ask(registry, 'PATCH', location, { body: bytesOf(500, 5) });
    expect([second.status, second.code]).toEqual([416, 'BLOB_UPLOAD_INVALID']);
    expect((await ask(registry, 'DELETE', location)).status).toBe(416);
    release();
    expect((await first).headers.get('range')).toBe('0-1999');
    expect((await ask(registry, 'PUT', `${location}?digest=${digest}`, chunk(2000, 3000))).status).toBe(201);
  });

  test('one blob in two uploads at once is one blob', async () => {
    const other = (await ask(registry, 'POST', UPLOADS)).headers.get('location');
    const both = [location, other].map((url) =>
      ask(registry, 'PUT', `${url}?digest=${digest}`, { body: pieces(content, 9) }),
    );
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([201, 201]);
    expect((await ask(registry, 'GET', `/v2/${NAME}/blobs/${digest}`)).bytes).toEqual(content);
  });

  test.each([
    ['none', ''],
    ['a short one', '?digest=sha256:abc'],
    ['one in upper case', `?digest=sha256:${'A'.repeat(64)}`],
    ['one of another algorithm', `?digest=md5:${'a'.repeat(32)}`],
  ])('a push without a digest is refused: %s', async (_name, query) => {
    const { status, code } = await ask(registry, 'PUT', `${location}${query}`, { body: content });
    expect([status, code]).toEqual([400, 'DIGEST_INVALID']);
  });

  test('an algorithm that is not known is refused from the beginning', async () => {
    const { status, code } = await ask(registry, 'POST', `${UPLOADS}?digest-algorithm=md5`);
    expect([status, code]).toEqual([400, 'DIGEST_INVALID']);
  });

  test('an upload that was begun for one algorithm ends with another', async () => {
    const wide = digestOf(content, 'sha512');
    expect((await ask(registry, 'PUT', `${location}?digest=${wide}`, { body: content })).status).toBe(201);
  });

  test('however an upload is cut into chunks, the blob is the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 6 }), async (sizes) => {
        const url = (await ask(registry, 'POST', UPLOADS)).headers.get('location');
        let at = 0;
        for (const size of sizes) {
          if (at + size >= content.length) break;
          expect((await ask(registry, 'PATCH', `${url}`, chunk(at, at + size))).status).toBe(202);
          at += size;
        }
        expect((await ask(registry, 'PUT', `${url}?digest=${digest}`, chunk(at, content.length))).status).toBe(201);
      }),
      { numRuns: 20 },
    );
  });
});

describe('limits', () => {
  test('an upload that nothing arrives for is gone', async () => {
    let now = Date.now();
    const registry = await STORES.directory({ now: () => now, limits: { uploadIdleMs: 1000 } });
    const location = (await ask(registry, 'POST', UPLOADS)).headers.get('location') ?? '';
    expect((await ask(registry, 'GET', location)).status).toBe(204);
    now += 1_000_000;
    expect((await ask(registry, 'GET', location)).code).toBe('BLOB_UPLOAD_UNKNOWN');
  });

  test('a body that stops is not waited for, and the upload goes on', async () => {
    const registry = newRegistry({ limits: { bodyIdleMs: 30 } });
    const location = (await ask(registry, 'POST', UPLOADS)).headers.get('location') ?? '';
    async function* stalled(): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 100);
      await new Promise<never>(() => {});
    }
    const { status, code } = await ask(registry, 'PATCH', location, { body: stalled() });
    expect([status, code]).toEqual([408, 'BLOB_UPLOAD_INVALID']);
    expect((await ask(registry, 'GET', location)).headers.get('range')).toBe('0-99');
  });

  test('a body that is slow and does not stop is taken', async () => {
    const registry = newRegistry({ limits: { bodyIdleMs: 200 } });
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 300; at += 30) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        yield content.subarray(at, at + 30);
      }
    }
    const digest = digestOf(content.subarray(0, 300));
    expect((await ask(registry, 'POST', `${UPLOADS}?digest=${digest}`, { body: slow() })).status).toBe(201);
  });

  test('no more is taken of a blob than the limit says', async () => {
    const registry = newRegistry({ limits: { blobBytes: 2000 } });
    const location = (await ask(registry, 'POST', UPLOADS)).headers.get('location') ?? '';
    await ask(registry, 'PATCH', location, chunk(0, 1000));
    const { status, code } = await ask(registry, 'PATCH', location, {
      body: pieces(content.subarray(1000, 2001), 100),
    });
    expect([status, code]).toEqual([413, 'SIZE_INVALID']);
    expect((await ask(registry, 'GET', location)).headers.get('range')).toBe('0-999');
    expect((await ask(registry, 'PATCH', location, chunk(1000, 2000))).status).toBe(202);
  });

  test('no more uploads are begun than the limit says', async () => {
    const registry = newRegistry({ limits: { uploads: 2 } });
    for (let i = 0; i < 2; i++) expect((await ask(registry, 'POST', UPLOADS)).status).toBe(202);
    const { status, code, headers } = await ask(registry, 'POST', UPLOADS);
    expect([status, code, headers.get('retry-after')]).toEqual([429, 'TOOMANYREQUESTS', '60']);
  });
});

describe('on disk', () => {
  test('an upload goes on in the next process', async () => {
    const root = join(scratch, 'restarted');
    const first = await openRegistry(root, fs);
    const location = (await ask(first, 'POST', UPLOADS)).headers.get('location') ?? '';
    await ask(first, 'PATCH', location, chunk(0, 1500));
    const second = await openRegistry(root, fs);
    expect((await ask(second, 'GET', location)).headers.get('range')).toBe('0-1499');
    const digest = digestOf(content);
    expect((await ask(second, 'PUT', `${location}?digest=${digest}`, chunk(1500, 3000))).status).toBe(201);
    expect((await ask(second, 'GET', `/v2/${NAME}/blobs/${digest}`)).bytes).toEqual(content);
  });

  test('an upload whose note was not written to its end is unknown', async () => {
    const root = join(scratch, 'torn');
    const first = await openRegistry(root, fs);
    const location = (await ask(first, 'POST', UPLOADS)).headers.get('location') ?? '';
    fs.writeFileSync(join(root, 'uploads', `${location.slice(UPLOADS.length)}.json`), '{"repository":"lib');
    const second = await openRegistry(root, fs);
    expect((await ask(second, 'GET', location)).code).toBe('BLOB_UPLOAD_UNKNOWN');
  });

  test('an empty blob is begun for one algorithm and ends with another', async () => {
    const registry = await openRegistry(join(scratch, 'empty'), fs);
    const location = (await ask(registry, 'POST', UPLOADS)).headers.get('location') ?? '';
    const nothing = new Uint8Array();
    const digest = digestOf(nothing, 'sha512');
    expect((await ask(registry, 'PUT', `${location}?digest=${digest}`)).status).toBe(201);
    expect((await ask(registry, 'GET', `/v2/${NAME}/blobs/${digest}`)).bytes).toEqual(nothing);
  });

  test('nothing is left of uploads that are over', async () => {
    const root = join(scratch, 'tidy');
    const registry = await openRegistry(root, fs);
    const [given, refused, taken] = await Promise.all(
      [0, 1, 2].map(async () => (await ask(registry, 'POST', UPLOADS)).headers.get('location')),
    );
    await ask(registry, 'DELETE', `${given}`);
    await ask(registry, 'PUT', `${refused}?digest=${digestOf(bytesOf(1))}`, { body: content });
    await ask(registry, 'PUT', `${taken}?digest=${digestOf(content)}`, { body: content });
    await ask(registry, 'POST', `${UPLOADS}?digest=${digestOf(bytesOf(1))}`, { body: content });
    expect(readdirSync(join(root, 'uploads'))).toEqual([]);
    expect(readdirSync(join(root, 'blobs', 'sha256'))).toHaveLength(1);
  });
});
