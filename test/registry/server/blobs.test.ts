import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import type { Digest } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import type { Authorize } from '../../../src/registry/server/access/access.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import { ask, bytesOf, NAME, newRegistry, pushBlob } from './kit.js';

const content = bytesOf(2048);
let registry: Registry;
let digest: Digest;
let path: string;

beforeEach(async () => {
  registry = newRegistry();
  digest = await pushBlob(registry, content);
  path = `/v2/${NAME}/blobs/${digest}`;
});

describe('a blob', () => {
  test('comes whole, with its digest and size', async () => {
    const { status, bytes, headers } = await ask(registry, 'GET', path);
    expect(status).toBe(200);
    expect(bytes).toEqual(content);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-length': '2048',
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
      etag: `"${digest}"`,
    });
  });

  test('has the same headers without its bytes', async () => {
    const got = await ask(registry, 'GET', path);
    const { status, bytes, headers } = await ask(registry, 'HEAD', path);
    expect([status, bytes.length]).toEqual([200, 0]);
    expect(Object.fromEntries(headers)).toEqual(Object.fromEntries(got.headers));
  });

  test.each([
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, 2047],
    ['bytes=-500', 1548, 2047],
    ['bytes=2000-5000', 2000, 2047],
  ])('gives the range %s', async (range, start, end) => {
    const { status, bytes, headers } = await ask(registry, 'GET', path, { headers: { range } });
    expect([status, headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/2048`]);
    expect(headers.get('content-length')).toBe(String(end - start + 1));
    expect(bytes).toEqual(content.subarray(start, end + 1));
  });

  test.each(['bytes=500-0', 'bytes=5000-10000', 'bytes=-0'])('has no range %s', async (range) => {
    const { status, code, headers } = await ask(registry, 'GET', path, { headers: { range } });
    expect([status, code, headers.get('content-range')]).toEqual([416, 'SIZE_INVALID', 'bytes */2048']);
  });

  test.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=x'])('comes whole for %s, which is no one range', async (range) => {
    expect((await ask(registry, 'GET', path, { headers: { range } })).status).toBe(200);
  });

  test('comes whole when the range is of another version', async () => {
    const ranged = (version: string): ReturnType<typeof ask> =>
      ask(registry, 'GET', path, { headers: { range: 'bytes=0-1', 'if-range': version } });
    expect((await ranged(`"${digest}"`)).status).toBe(206);
    expect((await ranged('"another"')).status).toBe(200);
  });

  test('does not come again to one who has it', async () => {
    const { status, bytes } = await ask(registry, 'GET', path, { headers: { 'if-none-match': `"${digest}"` } });
    expect([status, bytes.length]).toEqual([304, 0]);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['an empty object', new TextEncoder().encode('{}')],
  ])('may be %s', async (_name, bytes) => {
    const empty = `/v2/${NAME}/blobs/${await pushBlob(registry, bytes)}`;
    expect((await ask(registry, 'GET', empty)).bytes).toEqual(bytes);
    expect((await ask(registry, 'HEAD', empty)).headers.get('content-length')).toBe(String(bytes.length));
    expect((await ask(registry, 'DELETE', empty)).status).toBe(202);
    expect((await ask(registry, 'GET', empty)).status).toBe(404);
  });

  test('that is not there is unknown', async () => {
    for (const method of ['GET', 'DELETE']) {
      const { status, code } = await ask(registry, method, `/v2/${NAME}/blobs/${digestOf(bytesOf(3))}`);
      expect([status, code]).toEqual([404, 'BLOB_UNKNOWN']);
    }
  });

  test('is gone at once when it is deleted, and its bytes with it', async () => {
    const blobs = new MemoryBlobs();
    const own = newRegistry({ blobs });
    await pushBlob(own, content);
    expect((await ask(own, 'DELETE', path)).status).toBe(202);
    expect((await ask(own, 'HEAD', path)).status).toBe(404);
    expect(await blobs.stat(digest)).toBeUndefined();
  });
});

describe('a blob of another repository', () => {
  const elsewhere = '/v2/other/blobs';

  test('is not seen', async () => {
    expect((await ask(registry, 'GET', `${elsewhere}/${digest}`)).status).toBe(404);
  });

  test.each([
    ['is mounted', `mount=DIGEST&from=${NAME}`],
    ['is mounted from wherever it is', 'mount=DIGEST'],
  ])('%s', async (_name, query) => {
    const answer = await ask(registry, 'POST', `${elsewhere}/uploads/?${query.replace('DIGEST', digest)}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([201, `${elsewhere}/${digest}`]);
    expect((await ask(registry, 'GET', `${elsewhere}/${digest}`)).bytes).toEqual(content);
  });

  test('stays in one when it is deleted from the other', async () => {
    await ask(registry, 'POST', `${elsewhere}/uploads/?mount=${digest}&from=${NAME}`);
    expect((await ask(registry, 'DELETE', path)).status).toBe(202);
    expect((await ask(registry, 'GET', path)).status).toBe(404);
    expect((await ask(registry, 'GET', `${elsewhere}/${digest}`)).bytes).toEqual(content);
  });

  test.each([
    ['is not in the one that is named', `mount=DIGEST&from=empty`],
    ['is in one that cannot be', `mount=DIGEST&from=../${NAME}`],
    ['is nowhere', `mount=${digestOf(bytesOf(9))}`],
  ])('that %s is to be pushed', async (_name, query) => {
    const answer = await ask(registry, 'POST', `${elsewhere}/uploads/?${query.replace('DIGEST', digest)}`);
    expect(answer.status).toBe(202);
    const done = await ask(registry, 'PUT', `${answer.headers.get('location')}?digest=${digest}`, { body: content });
    expect(done.status).toBe(201);
  });

  test.each([`&from=${NAME}`, ''])('is not mounted by one who may not read it (%s)', async (from) => {
    const authorize: Authorize = async ({ repository }) =>
      repository === NAME ? { kind: 'denied' } : { kind: 'granted' };
    const blobs = new MemoryBlobs();
    let allow = true;
    const own = newRegistry({ blobs, authorize: async (asked) => (allow ? { kind: 'granted' } : authorize(asked)) });
    await pushBlob(own, content);
    allow = false;
    expect((await ask(own, 'POST', `${elsewhere}/uploads/?mount=${digest}${from}`)).status).toBe(202);
    expect((await ask(own, 'HEAD', `${elsewhere}/${digest}`)).status).toBe(404);
  });

  test('is not mounted under a digest that is none', async () => {
    const { status, code } = await ask(registry, 'POST', `${elsewhere}/uploads/?mount=sha256:abc&from=${NAME}`);
    expect([status, code]).toEqual([400, 'DIGEST_INVALID']);
  });
});
