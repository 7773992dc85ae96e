import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import type { Digest } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/image/media-type.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import { ask, bytesOf, indexOf, NAME, newRegistry, pushBlob, pushImage, pushManifest } from './kit.js';

const HOUR = 60 * 60 * 1000;
let now: number;
let blobs: MemoryBlobs;
let registry: Registry;

beforeEach(() => {
  now = Date.now();
  blobs = new MemoryBlobs();
  registry = newRegistry({ blobs, now: () => now });
});

async function stored(): Promise<readonly Digest[]> {
  const digests: Digest[] = [];
  for await (const { digest } of blobs.list()) digests.push(digest);
  return digests;
}

describe('a collection', () => {
  test('keeps what a manifest leads to', async () => {
    const { digest, config, layer } = await pushImage(registry, { reference: 'v1' });
    now += 2 * HOUR;
    expect(await registry.collect()).toEqual({ blobs: 0, freedBytes: 0, manifests: 0, uploads: 0 });
    expect(await stored()).toEqual([config, digest, layer].sort());
  });

  test('takes what a deleted manifest led to, and says how much', async () => {
    const gone = await pushImage(registry, { reference: 'v1' });
    const kept = await pushImage(registry, { reference: 'v2', seed: 2 });
    await ask(registry, 'DELETE', `/v2/${NAME}/manifests/${gone.digest}`);
    expect(await stored()).not.toContain(gone.digest);
    now += 2 * HOUR;
    const { blobs: count, freedBytes } = await registry.collect();
    expect([count, freedBytes > 2048]).toEqual([2, true]);
    expect(await stored()).toEqual([kept.digest, kept.config, kept.layer].sort());
    expect((await ask(registry, 'HEAD', `/v2/${NAME}/blobs/${gone.layer}`)).status).toBe(404);
    expect(await registry.collect()).toEqual({ blobs: 0, freedBytes: 0, manifests: 0, uploads: 0 });
  });

  test('keeps a layer that another manifest, or another repository, has', async () => {
    const first = await pushImage(registry, { reference: 'v1' });
    await pushImage(registry, { name: 'other', reference: 'v1' });
    const second = await pushImage(registry, { reference: 'v2', extra: { annotations: { n: '2' } } });
    await ask(registry, 'DELETE', `/v2/${NAME}/manifests/${first.digest}`);
    now += 2 * HOUR;
    await registry.collect();
    expect((await ask(registry, 'HEAD', `/v2/${NAME}/blobs/${first.layer}`)).status).toBe(200);
    await ask(registry, 'DELETE', `/v2/${NAME}/manifests/${second.digest}`);
    now += 2 * HOUR;
    await registry.collect();
    expect((await ask(registry, 'HEAD', `/v2/${NAME}/blobs/${first.layer}`)).status).toBe(404);
    expect((await ask(registry, 'HEAD', `/v2/other/blobs/${first.layer}`)).status).toBe(200);
    expect((await ask(registry, 'GET', '/v2/other/manifests/v1')).bytes).toEqual(first.bytes);
  });

  test('keeps a blob whose manifest is still to come', async () => {
    const digest = await pushBlob(registry, bytesOf(10));
    await registry.collect();
    expect(await stored()).toEqual([digest]);
    now += 2 * HOUR;
    await registry.collect();
    expect(await stored()).toEqual([]);
  });

  test.each([
    ['was asked for', (digest: Digest) => ask(registry, 'HEAD', `/v2/${NAME}/blobs/${digest}`)],
    [
      'was mounted again',
      (digest: Digest) => ask(registry, 'POST', `/v2/${NAME}/blobs/uploads/?mount=${digest}&from=${NAME}`),
    ],
    ['was pushed again', () => pushBlob(registry, bytesOf(10))],
  ])('keeps an old blob that %s a moment ago', async (_name, touch) => {
    const digest = await pushBlob(registry, bytesOf(10));
    now += 2 * HOUR;
    await touch(digest);
    await registry.collect();
    expect(await stored()).toEqual([digest]);
  });

  test('leaves uploads in flight alone, and takes those that are dead', async () => {
    const start = async (): Promise<string> =>
      (await ask(registry, 'POST', `/v2/${NAME}/blobs/uploads/`)).headers.get('location') ?? '';
    const location = await start();
    const content = bytesOf(100);
    await ask(registry, 'PATCH', location, { body: content });
    expect((await registry.collect({ graceMs: 0 })).uploads).toBe(0);
    expect((await ask(registry, 'PUT', `${location}?digest=${digestOf(content)}`)).status).toBe(201);
    await start();
    now += 2 * HOUR;
    expect((await registry.collect()).uploads).toBe(1);
  });

  test('keeps manifests without a tag, unless it is told otherwise', async () => {
    const tagged = await pushImage(registry, { reference: 'v1' });
    const child = await pushImage(registry, { seed: 2 });
    const index = await pushManifest(registry, indexOf([child]), { reference: 'multi', mediaType: OCI_INDEX });
    const subject = { subject: { mediaType: OCI_MANIFEST, digest: child.digest, size: child.bytes.length } };
    const referrer = await pushImage(registry, { seed: 3, extra: subject });
    const overwritten = await pushImage(registry, { seed: 4 });
    now += 2 * HOUR;
    expect((await registry.collect()).manifests).toBe(0);
    expect((await registry.collect({ untagged: true })).manifests).toBe(1);
    for (const digest of [tagged.digest, child.digest, index, referrer.digest]) {
      expect((await ask(registry, 'HEAD', `/v2/${NAME}/manifests/${digest}`)).status).toBe(200);
    }
    expect((await ask(registry, 'HEAD', `/v2/${NAME}/manifests/${overwritten.digest}`)).status).toBe(404);
    expect(await stored()).not.toContain(overwritten.layer);
  });

  test('keeps a manifest without a tag that came a moment ago', async () => {
    await pushImage(registry);
    expect((await registry.collect({ untagged: true })).manifests).toBe(0);
  });
});

test('pushes and deletions go on while it collects, and nothing that was pushed is lost', async () => {
  let isPushing = true;
  const collecting = (async () => {
    // Without any grace the locks alone must do.
    while (isPushing) await registry.collect({ graceMs: 60_000, untagged: true });
  })();
  const pushes = Array.from({ length: 60 }, async (_none, at) => {
    const name = `repo${at % 5}`;
    const image = await pushImage(registry, {
      name,
      reference: `v${at}`,
      seed: at % 7,
      extra: { annotations: { at: `${at}` } },
    });
    if (at % 3 === 0) await ask(registry, 'DELETE', `/v2/${name}/manifests/${image.digest}`);
    return { at, name, image };
  });
  const pushed = await Promise.all(pushes);
  isPushing = false;
  await collecting;
  now += 2 * HOUR;
  await registry.collect();
  for (const { at, name, image } of pushed) {
    if (at % 3 === 0) continue;
    expect((await ask(registry, 'GET', `/v2/${name}/manifests/v${at}`)).bytes).toEqual(image.bytes);
    for (const digest of [image.layer, image.config]) {
      const { status, bytes } = await ask(registry, 'GET', `/v2/${name}/blobs/${digest}`);
      expect([status, digestOf(bytes)]).toEqual([200, digest]);
    }
  }
});
