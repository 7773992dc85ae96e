/** A registry as a source of blobs, and as the tier behind a store. */

import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/json.js';
import { collectBytes } from '../../../src/base/stream.js';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import { ReadThroughBlobs } from '../../../src/blob/read-through.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { copyGraph } from '../../../src/image/copy.js';
import { readImage } from '../../../src/image/image.js';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../../../src/image/media-type.js';
import { parsePlatform } from '../../../src/image/platform.js';
import { RegistryBlobs } from '../../../src/registry/client/registry-blobs.js';
import { createRegistry, type Registry } from '../../../src/registry/server/registry.js';
import { ABSENT, bytes, type Scripted, scripted } from './scripted.js';

const LAYER = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251);
const layer = { mediaType: OCI_LAYER, digest: digestOf(LAYER), size: LAYER.length };
const CONFIG = bytes(
  JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(LAYER)] } }),
);
const config = { mediaType: OCI_CONFIG, digest: digestOf(CONFIG), size: CONFIG.length };
const MANIFEST = canonicalJson({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] });
const manifest = { mediaType: OCI_MANIFEST, digest: digestOf(MANIFEST), size: MANIFEST.length };
const INDEX = canonicalJson({
  schemaVersion: 2,
  mediaType: OCI_INDEX,
  manifests: [{ ...manifest, platform: { os: 'linux', architecture: 'amd64' } }],
});

let registry: Registry;
let one: Scripted;

beforeEach(async () => {
  registry = createRegistry({ blobs: new MemoryBlobs() });
  const direct = scripted(({ method, url, headers, body }) =>
    registry.fetch(new Request(url, { method, headers, ...(body === '' ? {} : { body }) })),
  );
  one = direct;
  await push();
  one.seen.length = 0;
});

async function push(): Promise<void> {
  // Requests of the script carry text; a layer is none.
  await registry.fetch(
    new Request(`https://registry.test/v2/app/blobs/uploads/?digest=${layer.digest}`, { method: 'POST', body: LAYER }),
  );
  await one.repository.putBlob(config, () => CONFIG);
  await one.repository.putManifest(manifest.digest, MANIFEST, OCI_MANIFEST);
  await one.repository.putManifest('v1', INDEX, OCI_INDEX);
}

const asked = (): string[] => one.seen.map(({ method, url }) => `${method} ${url.pathname.slice('/v2/app/'.length)}`);

describe('a registry as blobs', () => {
  test('shows an image without its layers', async () => {
    const blobs = new RegistryBlobs(one.repository);
    const image = await readImage(blobs, await blobs.resolve('v1'), {
      platform: parsePlatform('linux/amd64'),
    });
    expect(image.layers.map(({ digest, size }) => ({ digest, size }))).toEqual([
      { digest: layer.digest, size: layer.size },
    ]);
    expect(asked()).toEqual([
      'HEAD manifests/v1',
      `GET manifests/${digestOf(INDEX)}`,
      `GET manifests/${manifest.digest}`,
      `GET blobs/${config.digest}`,
    ]);
  });

  test('is copied as any store is', async () => {
    const blobs = new RegistryBlobs(one.repository);
    const store = new MemoryBlobs();
    const added = await copyGraph(blobs, store, await blobs.resolve('v1'));
    expect([...added].sort()).toEqual([layer.digest, config.digest, manifest.digest, digestOf(INDEX)].sort());
    expect(await collectBytes(store.get(layer.digest))).toEqual(LAYER);
  });

  test('gives parts, of manifests too', async () => {
    const blobs = new RegistryBlobs(one.repository);
    const part = async (digest: typeof layer.digest, offset: number, length?: number) =>
      Buffer.from(await collectBytes(blobs.get(digest, length === undefined ? { offset } : { offset, length })));
    expect(await part(layer.digest, 10, 20)).toEqual(Buffer.from(LAYER.subarray(10, 30)));
    expect(await part(layer.digest, 99_990)).toEqual(Buffer.from(LAYER.subarray(99_990)));
    expect(await part(layer.digest, 99_990, 100)).toEqual(Buffer.from(LAYER.subarray(99_990)));
    expect(await part(layer.digest, 100_000)).toHaveLength(0);
    expect(await part(layer.digest, 5, 0)).toHaveLength(0);
    expect(await part(manifest.digest, 1, 5)).toEqual(Buffer.from(MANIFEST.subarray(1, 6)));
  });

  test('knows what nobody spoke of, and what is not there', async () => {
    const blobs = new RegistryBlobs(one.repository);
    expect(await blobs.stat(layer.digest)).toEqual({ digest: layer.digest, size: layer.size });
    expect(await blobs.stat(manifest.digest)).toEqual({ digest: manifest.digest, size: manifest.size });
    expect(await blobs.stat(ABSENT)).toBeUndefined();
    await expect(collectBytes(blobs.get(ABSENT))).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
  });
});

describe('a store over a registry', () => {
  test('fills itself with what is read, once', async () => {
    const own = new MemoryBlobs();
    const blobs = new ReadThroughBlobs(own, new RegistryBlobs(one.repository));
    expect(await blobs.stat(layer.digest)).toEqual({ digest: layer.digest, size: layer.size });
    expect(await own.stat(layer.digest)).toBeUndefined();
    const reads = await Promise.all([1, 2, 3].map(() => collectBytes(blobs.get(layer.digest))));
    for (const read of reads) expect(read).toEqual(LAYER);
    expect(asked().filter((line) => line === `GET blobs/${layer.digest}`)).toHaveLength(1);
    one.seen.length = 0;
    expect(await collectBytes(blobs.get(layer.digest, { offset: 5, length: 3 }))).toEqual(LAYER.subarray(5, 8));
    expect(asked()).toEqual([]);
  });

  test('writes, lists and deletes what is its own', async () => {
    const own = new MemoryBlobs();
    const blobs = new ReadThroughBlobs(own, new RegistryBlobs(one.repository));
    const { digest } = await blobs.put(bytes('mine'));
    const listed: string[] = [];
    for await (const blob of blobs.list()) listed.push(blob.digest);
    expect(listed).toEqual([digest]);
    expect(await blobs.delete(digest)).toBe(true);
    await expect(collectBytes(blobs.get(digest))).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
  });

  test('shows nothing of a blob that is not what its digest says, and tries again', async () => {
    const own = new MemoryBlobs();
    let isGood = false;
    const behind = {
      stat: async () => ({ digest: layer.digest, size: layer.size }),
      get: async function* () {
        yield isGood ? LAYER : LAYER.subarray(1);
      },
    };
    const blobs = new ReadThroughBlobs(own, behind);
    const seen: Uint8Array[] = [];
    const read = (async () => {
      for await (const chunk of blobs.get(layer.digest)) seen.push(chunk);
    })();
    await expect(read).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    expect(seen).toEqual([]);
    isGood = true;
    expect(await collectBytes(blobs.get(layer.digest))).toEqual(LAYER);
  });
});
