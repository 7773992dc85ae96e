import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_INDEX } from '../../../src/image/media-type.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import { type QuirkName, withQuirk } from '../../../src/registry/server/quirks/quirks.js';
import type { Registry, RequestHandler } from '../../../src/registry/server/registry.js';
import { clientUpstream } from '../../../src/registry/server/upstream/client-upstream.js';
import type { Upstream } from '../../../src/registry/server/upstream/upstream.js';
import { ask, bytesOf, HOST, indexOf, NAME, newRegistry, type Pushed, pushImage, pushManifest } from './kit.js';

let far: Registry;
let asked: string[];
let now: number;
let blobs: MemoryBlobs;
let cache: Registry;
let image: Pushed;

/** An upstream that is tried once. */
function upstreamOf(fetch: RequestHandler['fetch']): Upstream {
  return clientUpstream(new RegistryClient({ fetch, retry: { attempts: 1 } }), new URL(HOST).host);
}

/** A cache before a handler; every request to that is noted. */
function cacheBefore(handler: RequestHandler): Registry {
  const upstream = upstreamOf((request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== '/v2/') asked.push(pathname.slice('/v2/'.length));
    return handler.fetch(request);
  });
  return newRegistry({ blobs, upstream, now: () => now });
}

beforeEach(async () => {
  far = newRegistry();
  asked = [];
  now = Date.now();
  blobs = new MemoryBlobs();
  image = await pushImage(far, { reference: 'v1' });
  cache = cacheBefore(far);
});

const manifest = (reference: string): string => `/v2/${NAME}/manifests/${reference}`;
const blob = (digest: string): string => `/v2/${NAME}/blobs/${digest}`;

describe('a cache', () => {
  test('gives what the other registry has, and asks for content once', async () => {
    for (let i = 0; i < 3; i++) {
      const got = await ask(cache, 'GET', manifest(image.digest));
      expect([got.status, got.headers.get('docker-content-digest')]).toEqual([200, image.digest]);
      expect(got.bytes).toEqual(image.bytes);
      expect((await ask(cache, 'GET', blob(image.layer))).bytes).toEqual(bytesOf(2048));
    }
    expect(asked).toEqual([`${NAME}/manifests/${image.digest}`, `${NAME}/blobs/${image.layer}`]);
  });

  test('gives ranges and heads as well', async () => {
    expect((await ask(cache, 'HEAD', blob(image.layer))).headers.get('content-length')).toBe('2048');
    expect((await ask(cache, 'GET', blob(image.layer), { headers: { range: 'bytes=0-9' } })).status).toBe(206);
    expect((await ask(cache, 'HEAD', manifest('v1'))).headers.get('docker-content-digest')).toBe(image.digest);
  });

  test('asks for a tag again after a while, and follows it', async () => {
    await ask(cache, 'GET', manifest('v1'));
    const moved = await pushImage(far, { reference: 'v1', seed: 2 });
    expect((await ask(cache, 'GET', manifest('v1'))).bytes).toEqual(image.bytes);
    now += 61_000;
    expect((await ask(cache, 'GET', manifest('v1'))).bytes).toEqual(moved.bytes);
    await ask(far, 'DELETE', manifest('v1'));
    now += 61_000;
    expect((await ask(cache, 'GET', manifest('v1'))).code).toBe('MANIFEST_UNKNOWN');
    expect((await ask(cache, 'GET', manifest(image.digest))).status).toBe(200);
  });

  test('takes an index before what is in it', async () => {
    const index = await pushManifest(far, indexOf([image]), { reference: 'multi', mediaType: OCI_INDEX });
    const got = await ask(cache, 'GET', manifest('multi'));
    expect([got.headers.get('docker-content-digest'), got.headers.get('content-type')]).toEqual([index, OCI_INDEX]);
  });

  test('does not have what the other has not', async () => {
    expect((await ask(cache, 'GET', manifest('v9'))).code).toBe('MANIFEST_UNKNOWN');
    expect((await ask(cache, 'GET', blob(digestOf(bytesOf(1))))).code).toBe('BLOB_UNKNOWN');
    expect((await ask(cache, 'GET', `/v2/other/blobs/${image.layer}`)).code).toBe('BLOB_UNKNOWN');
  });

  test('fetches a blob once for many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(cache, 'GET', blob(image.layer))));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(asked).toHaveLength(1);
  });

  test('gives what it has while the other cannot be reached', async () => {
    let isUp = true;
    cache = cacheBefore({ fetch: (request) => (isUp ? far.fetch(request) : Promise.reject(new TypeError('down'))) });
    await ask(cache, 'GET', manifest('v1'));
    await ask(cache, 'GET', blob(image.layer));
    isUp = false;
    now += 61_000;
    expect((await ask(cache, 'GET', manifest('v1'))).bytes).toEqual(image.bytes);
    expect((await ask(cache, 'GET', blob(image.layer))).status).toBe(200);
    for (const path of [manifest('v2'), blob(image.config)]) {
      const { status, text } = await ask(cache, 'GET', path);
      expect([status, text]).toEqual([502, expect.stringContaining('the registry behind this one failed')]);
    }
  });

  test('keeps what it fetched when it collects', async () => {
    await ask(cache, 'GET', manifest('v1'));
    for (const digest of [image.layer, image.config]) await ask(cache, 'GET', blob(digest));
    now += 10 * 60 * 60 * 1000;
    expect((await cache.collect()).blobs).toBe(0);
  });
});

describe('a cache takes nothing that is not what it asked for', () => {
  async function stored(): Promise<unknown[]> {
    const all: unknown[] = [];
    for await (const { digest } of blobs.list()) all.push(digest);
    return all;
  }

  test.each<QuirkName>(['wrong-bytes', 'longer-body', 'shorter-body', 'cut-body'])('%s', async (quirk) => {
    cache = cacheBefore(withQuirk(far, quirk));
    const { status } = await ask(cache, 'GET', blob(image.layer));
    expect([status, await stored()]).toEqual([502, []]);
  });

  test('a blob that never ends', async () => {
    const upstream = upstreamOf((request) => withQuirk(far, 'endless-body').fetch(request));
    cache = newRegistry({ blobs, upstream, limits: { blobBytes: 1_000_000 } });
    expect([(await ask(cache, 'GET', blob(image.layer))).status, await stored()]).toEqual([502, []]);
  });

  test.each([
    ['a manifest that is another', 'wrong-bytes', /\/manifests\//],
    ['a manifest that is huge', 'huge-json', undefined],
    ['two things at once', 'manifest-and-index', undefined],
    ['an answer that is a failure', 'server-error', undefined],
    ['a demand for a password', 'basic-loop', undefined],
  ] as const)('%s', async (_name, quirk, paths) => {
    cache = cacheBefore(withQuirk(far, quirk, { paths, sizeBytes: 20_000_000 }));
    const { status } = await ask(cache, 'GET', manifest(image.digest));
    expect([status, await stored()]).toEqual([502, []]);
  });
});
