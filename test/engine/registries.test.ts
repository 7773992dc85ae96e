import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/json.js';
import type { Descriptor } from '../../src/blob/descriptor.js';
import { MemoryBlobs } from '../../src/blob/memory.js';
import type { Progress } from '../../src/engine/records.js';
import { OCI_INDEX } from '../../src/image/media-type.js';
import { Engine, type EngineEvent } from '../../src/index.js';
import { RegistryClient } from '../../src/registry/client/client.js';
import { RegistryBlobs } from '../../src/registry/client/registry-blobs.js';
import { createRegistry, type Registry } from '../../src/registry/server/registry.js';
import { contextOf, EPOCH } from '../build/kit.js';

const HOST = '127.0.0.1:5000';

/** A registry in this process, what was asked of it, and engines that speak to no other. */
class Exchange {
  readonly blobs = new MemoryBlobs();
  readonly registry: Registry = createRegistry({ blobs: this.blobs, sparse: true });
  readonly asked: string[] = [];

  readonly client: RegistryClient = new RegistryClient({
    fetch: (request) => {
      const { pathname, search } = new URL(request.url);
      this.asked.push(`${request.method} ${pathname}${search}`);
      return this.registry.fetch(request);
    },
  });

  engine(platform?: string): Promise<Engine> {
    return Engine.open({ registries: this.client, ...(platform === undefined ? {} : { platform }) });
  }

  /** What was asked since this was last called. */
  take(pattern: RegExp): string[] {
    return this.asked.splice(0).filter((line) => pattern.test(line));
  }
}

/** An image of a layer each for these texts, under a name; the first is the file `/0`. */
async function imageOf(engine: Engine, ref: string, ...texts: readonly string[]): Promise<void> {
  await engine.build({
    context: contextOf(Object.fromEntries(texts.map((text, at) => [String(at), text]))),
    dockerfile: `FROM scratch\n${texts.map((_, at) => `COPY ${at} /${at}\n`).join('')}`,
    sourceDateEpoch: EPOCH,
    tags: [ref],
  });
}

describe('a pull', () => {
  test('brings what was pushed, with the same digests', async () => {
    const exchange = new Exchange();
    const [one, two] = [await exchange.engine(), await exchange.engine()];
    await imageOf(one, `${HOST}/app:1`, 'a', 'b');
    const pushed = await one.push(`${HOST}/app:1`);
    const pulled = await two.pull(`${HOST}/app:1`);
    expect(pulled).toEqual({ reference: `${HOST}/app:1`, digest: pushed.descriptor.digest, isNew: true });
    expect(await two.inspectImage(`${HOST}/app:1`)).toEqual(await one.inspectImage(`${HOST}/app:1`));
    expect((await two.create(`${HOST}/app:1`)).fs.readFileSync('/0', 'utf8')).toBe('a');
  });

  test('fetches only blobs that the store lacks', async () => {
    const exchange = new Exchange();
    const [one, two] = [await exchange.engine(), await exchange.engine()];
    await imageOf(one, `${HOST}/app:1`, 'a', 'b');
    await imageOf(one, `${HOST}/app:2`, 'a', 'b', 'c');
    await one.push(`${HOST}/app:1`);
    await one.push(`${HOST}/app:2`);
    await two.pull(`${HOST}/app:1`);
    exchange.take(/./);
    const progress: Progress[] = [];
    await two.pull(`${HOST}/app:2`, { onProgress: (each) => progress.push(each) });
    expect(exchange.take(/^GET .*\/blobs\//)).toHaveLength(2);
    expect(progress.filter(({ status }) => status === 'exists')).toHaveLength(2);
    expect(progress.filter(({ status }) => status === 'done')).toHaveLength(1);
    expect(await two.pull(`${HOST}/app:2`)).toMatchObject({ isNew: false });
    expect(exchange.take(/\/blobs\//)).toEqual([]);
  });

  test('by digest is found by that digest', async () => {
    const exchange = new Exchange();
    const [one, two] = [await exchange.engine(), await exchange.engine()];
    await imageOf(one, `${HOST}/app:1`, 'a');
    const { descriptor } = await one.push(`${HOST}/app:1`);
    const name = `${HOST}/app@${descriptor.digest}`;
    expect(await two.pull(name)).toMatchObject({ reference: name });
    expect(await two.images()).toMatchObject([{ repository: `${HOST}/app`, tag: undefined }]);
    await two.create(name);
  });

  test('that fails keeps what was verified, names nothing, and goes on from there', async () => {
    const exchange = new Exchange();
    const [one, two] = [await exchange.engine(), await exchange.engine()];
    await imageOf(one, `${HOST}/app:1`, 'a', 'b');
    const { descriptor } = await one.push(`${HOST}/app:1`);
    const manifest = JSON.parse(Buffer.from((await one.manifest(`${HOST}/app:1`)).bytes).toString());
    const last = manifest.layers.at(-1).digest;
    await exchange.blobs.delete(last);
    await expect(two.pull(`${HOST}/app:1`)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    expect(await two.images()).toEqual([]);
    await exchange.blobs.put(Buffer.concat(await blobOf(one, `${HOST}/app:1`, last)));
    exchange.take(/./);
    await two.pull(`${HOST}/app:1`);
    expect(exchange.take(/^GET .*\/blobs\//)).toEqual([`GET /v2/app/blobs/${last}`]);
    expect(descriptor.digest).toBe((await two.manifest(`${HOST}/app:1`)).descriptor.digest);
  });

  test('leaves layers where they are when told to', async () => {
    const exchange = new Exchange();
    const [one, two] = [await exchange.engine(), await exchange.engine()];
    await imageOf(one, `${HOST}/app:1`, 'a', 'b');
    await one.push(`${HOST}/app:1`);
    exchange.take(/./);
    await two.pull(`${HOST}/app:1`, { layers: 'later' });
    expect(exchange.take(/^GET .*\/blobs\//)).toHaveLength(1);
    expect(await two.inspectImage(`${HOST}/app:1`)).toEqual(await one.inspectImage(`${HOST}/app:1`));
    await two.pull(`${HOST}/app:1`);
    expect((await two.create(`${HOST}/app:1`)).fs.readFileSync('/1', 'utf8')).toBe('b');
  });

  test('that is aborted says so', async () => {
    const exchange = new Exchange();
    const one = await exchange.engine();
    await imageOf(one, `${HOST}/app:1`, 'a');
    await one.push(`${HOST}/app:1`);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect((await exchange.engine()).pull(`${HOST}/app:1`, { signal })).rejects.toThrow('enough');
  });

  test('is an event', async () => {
    const exchange = new Exchange();
    const [one, two] = [await exchange.engine(), await exchange.engine()];
    await imageOf(one, `${HOST}/app:1`, 'a');
    await one.push(`${HOST}/app:1`);
    const events: EngineEvent[] = [];
    two.subscribe((event) => events.push(event));
    await two.pull(`${HOST}/app:1`);
    await two.pull(`${HOST}/app:1`);
    expect(events.map(({ action }) => action)).toEqual(['pull']);
  });
});

describe('a push', () => {
  test('sends only what the registry lacks, and mounts what another repository has', async () => {
    const exchange = new Exchange();
    const one = await exchange.engine();
    await imageOf(one, `${HOST}/base:1`, 'a', 'b');
    await one.push(`${HOST}/base:1`);
    await imageOf(one, `${HOST}/app:1`, 'a', 'b', 'c');
    exchange.take(/./);
    const progress: Progress[] = [];
    await one.push(`${HOST}/app:1`, { onProgress: (each) => progress.push(each) });
    expect(exchange.take(/^POST .*mount=.*from=base/)).toHaveLength(2);
    const mounted = progress.filter(({ status }) => status === 'mounted');
    expect(mounted.map(({ from }) => from)).toEqual(['base', 'base']);
    await one.push(`${HOST}/app:1`);
    expect(exchange.take(/^(POST|PATCH|PUT) /)).toEqual([]);
  });

  test('of an image that is not here says so', async () => {
    const one = await new Exchange().engine();
    await expect(one.push(`${HOST}/app:1`)).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
    await expect(one.push(`${HOST}/app@sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'NAME_INVALID' });
  });
});

describe('an index of two platforms', () => {
  /** `multi:1` in the registry: images of the texts `amd64` and `arm64`. */
  async function multi(exchange: Exchange): Promise<{ index: Descriptor; manifests: readonly Descriptor[] }> {
    const engine = await exchange.engine();
    const manifests: Descriptor[] = [];
    for (const architecture of ['amd64', 'arm64']) {
      await imageOf(engine, `${HOST}/multi:${architecture}`, architecture);
      const { descriptor } = await engine.push(`${HOST}/multi:${architecture}`);
      manifests.push({ ...descriptor, platform: { os: 'linux', architecture } });
    }
    const bytes = canonicalJson({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
    const repository = exchange.client.repository({ registry: HOST, repository: 'multi' });
    return { index: await repository.putManifest('1', bytes, OCI_INDEX), manifests };
  }

  test('gives the image of the platform, under the digest of the index', async () => {
    const exchange = new Exchange();
    const { index } = await multi(exchange);
    const engine = await exchange.engine('linux/arm64');
    expect(await engine.pull(`${HOST}/multi:1`)).toMatchObject({ digest: index.digest });
    expect((await engine.create(`${HOST}/multi:1`)).fs.readFileSync('/0', 'utf8')).toBe('arm64');
  });

  test('has nothing for a platform that is not in it', async () => {
    const exchange = new Exchange();
    await multi(exchange);
    const engine = await exchange.engine();
    await expect(engine.pull(`${HOST}/multi:1`, { platform: 'linux/s390x' })).rejects.toMatchObject({
      code: 'PLATFORM_UNKNOWN',
    });
    expect(await engine.images()).toEqual([]);
  });

  test('goes whole where all of it is here, or already there', async () => {
    const exchange = new Exchange();
    const { index } = await multi(exchange);
    const all = await exchange.engine();
    await all.pull(`${HOST}/multi:1`, { allPlatforms: true });
    await all.tag(`${HOST}/multi:1`, `${HOST}/copy:1`);
    expect((await all.push(`${HOST}/copy:1`)).descriptor.digest).toBe(index.digest);
    const part = await exchange.engine();
    await part.pull(`${HOST}/multi:1`);
    await part.tag(`${HOST}/multi:1`, `${HOST}/multi:again`);
    expect(await part.push(`${HOST}/multi:again`)).toMatchObject({ descriptor: { digest: index.digest } });
  });

  test('goes as the one image that is here, unless all of them are insisted on', async () => {
    const exchange = new Exchange();
    const { index, manifests } = await multi(exchange);
    const engine = await exchange.engine();
    await engine.pull(`${HOST}/multi:1`);
    await engine.tag(`${HOST}/multi:1`, `${HOST}/part:1`);
    await expect(engine.push(`${HOST}/part:1`, { allPlatforms: true })).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    const pushed = await engine.push(`${HOST}/part:1`);
    expect(pushed.descriptor.digest).toBe(manifests[0]?.digest);
    expect(pushed.instead?.digest).toBe(index.digest);
  });

  test('is copied between repositories past the store, whole or in part', async () => {
    const exchange = new Exchange();
    const { index, manifests } = await multi(exchange);
    const engine = await exchange.engine();
    expect(await engine.copy(`docker://${HOST}/multi:1`, `${HOST}/whole:1`)).toBe(index.digest);
    const copied = await engine.copy(`${HOST}/multi:1`, `${HOST}/part:1`, { platform: 'linux/arm64' });
    expect(copied).toBe(manifests[1]?.digest);
    expect(await engine.images()).toEqual([]);
    await expect(engine.copy(`${HOST}/multi:1`, `${HOST}/x:1`, { platform: 'linux/s390x' })).rejects.toMatchObject({
      code: 'PLATFORM_UNKNOWN',
    });
  });
});

describe('a store over a registry', () => {
  test('reads what it lacks from there, once, and only what is opened', async () => {
    const exchange = new Exchange();
    const one = await exchange.engine();
    await imageOf(one, `${HOST}/app:1`, 'a', 'b');
    await one.push(`${HOST}/app:1`);
    const lower = new RegistryBlobs(exchange.client.repository({ registry: HOST, repository: 'app' }));
    const two = await Engine.open({ registries: exchange.client, lower });
    await two.pull(`${HOST}/app:1`, { layers: 'later' });
    expect(await two.images()).toMatchObject([{ repository: `${HOST}/app`, tag: '1' }]);
    exchange.take(/./);
    expect((await two.create(`${HOST}/app:1`)).fs.readFileSync('/1', 'utf8')).toBe('b');
    expect(exchange.take(/^GET .*\/blobs\//)).toHaveLength(2);
    await two.create(`${HOST}/app:1`);
    await two.prune();
    expect((await two.create(`${HOST}/app:1`)).fs.readFileSync('/0', 'utf8')).toBe('a');
    expect(exchange.take(/^GET .*\/blobs\//)).toEqual([]);
  });

  test('lets nothing in that is not what it is called', async () => {
    const exchange = new Exchange();
    const one = await exchange.engine();
    await imageOf(one, `${HOST}/app:1`, 'a', 'b');
    await one.push(`${HOST}/app:1`);
    const lies = { stat: exchange.blobs.stat.bind(exchange.blobs), get: () => [Buffer.from('lie')] as never };
    const two = await Engine.open({ registries: exchange.client, lower: lies });
    await two.pull(`${HOST}/app:1`, { layers: 'later' });
    await expect(two.create(`${HOST}/app:1`)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  });
});

describe('an image behind docker://', () => {
  test('is inspected without its layers', async () => {
    const exchange = new Exchange();
    const one = await exchange.engine();
    await imageOf(one, `${HOST}/app:1`, 'a');
    await one.push(`${HOST}/app:1`);
    const two = await exchange.engine();
    exchange.take(/./);
    expect(await two.inspect(`docker://${HOST}/app:1`)).toEqual(await one.inspect(`${HOST}/app:1`));
    expect(exchange.take(/^GET .*\/blobs\//)).toHaveLength(1);
    expect((await two.manifest(`docker://${HOST}/app:1`)).bytes).toEqual((await one.manifest(`${HOST}/app:1`)).bytes);
    expect(await two.images()).toEqual([]);
  });
});

/** The bytes of a layer, read out of an archive of the image. */
async function blobOf(engine: Engine, ref: string, digest: string): Promise<Uint8Array[]> {
  const other = new MemoryBlobs();
  const { loadArchive } = await import('../../src/image/load.js');
  await loadArchive(engine.save([ref]), other, {});
  const chunks: Uint8Array[] = [];
  for await (const chunk of other.get(digest as never)) chunks.push(chunk);
  return chunks;
}
