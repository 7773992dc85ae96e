/** The client beside Docker's own registry. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import '../../../src/node/platform.js';
import { canonicalJson } from '../../../src/base/json.js';
import { collectBytes } from '../../../src/base/stream.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from '../../../src/image/media-type.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import { MemoryCredentials } from '../../../src/registry/client/credentials.js';
import type { Repository } from '../../../src/registry/client/repository.js';
import { isMet, requires } from '../../kit/requires.js';
import { run } from '../../kit/run.js';
import { startCuttingProxy } from './cutting-proxy.js';
import { type DockerRegistry, startDockerRegistry } from './docker-registry.js';

const test = requires('docker-registry', 'htpasswd');
const canRun = isMet('docker-registry') && isMet('htpasswd');
const ALICE = { name: 'alice', password: 's3cret:word' };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const blobOf = (content: Uint8Array, mediaType = OCI_LAYER_GZIP) => ({
  mediaType,
  digest: digestOf(content),
  size: content.length,
});

let open: DockerRegistry;
let closed: DockerRegistry;

beforeAll(async () => {
  if (!canRun) return;
  [open, closed] = await Promise.all([startDockerRegistry(), startDockerRegistry({ user: ALICE })]);
});

afterAll(async () => {
  await Promise.all([open?.stop(), closed?.stop()]);
});

async function put(repository: Repository, content: Uint8Array, mountFrom: readonly string[] = []) {
  return repository.putBlob(blobOf(content), (offset) => content.subarray(offset), { mountFrom });
}

/** An image of one layer, pushed under a tag. */
async function pushImage(repository: Repository, tag: string, layer: Uint8Array) {
  const config = bytes(
    JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }),
  );
  await put(repository, config);
  await put(repository, layer);
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: blobOf(config, OCI_CONFIG),
    layers: [blobOf(layer)],
  });
  return { manifest, descriptor: await repository.putManifest(tag, manifest, OCI_MANIFEST) };
}

describe('without credentials', () => {
  const repository = (name: string): Repository =>
    new RegistryClient().repository({ registry: open.host, repository: name });

  test('an image goes out and comes back as it was', async () => {
    const layer = randomBytes(3_000_000);
    const { manifest, descriptor } = await pushImage(repository('a/image'), 'v1', layer);
    const back = repository('a/image');
    expect(await back.resolve('v1')).toEqual(descriptor);
    const fetched = await back.manifest('v1');
    expect(Buffer.from(fetched.bytes).equals(manifest)).toBe(true);
    expect(fetched.descriptor).toEqual(descriptor);
    const [stored] = fetched.document.kind === 'manifest' ? fetched.document.layers : [];
    if (stored === undefined) throw new Error('no layer');
    expect(Buffer.from(await collectBytes(back.blob(stored))).equals(layer)).toBe(true);
    expect(Buffer.from(await collectBytes(back.blob(stored, { offset: 100, length: 50 })))).toEqual(
      layer.subarray(100, 150),
    );
  });

  test('skopeo reads what was pushed', async () => {
    const { descriptor } = await pushImage(repository('a/skopeo'), 'v1', randomBytes(1000));
    const seen = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${open.host}/a/skopeo:v1`]);
    expect(digestOf(bytes(seen))).toBe(descriptor.digest);
  });

  test('a blob is uploaded once, and mounted from a repository that has it', async () => {
    const content = randomBytes(10_000);
    expect(await put(repository('b/first'), content)).toBe('uploaded');
    expect(await put(repository('b/first'), content)).toBe('exists');
    expect(await put(repository('b/second'), content, ['b/none', 'b/first'])).toBe('mounted');
    const mounts = open
      .log()
      .split('\n')
      .filter((line) => line.includes('"POST ') && line.includes('from=b%2Ffirst'));
    expect(mounts).toEqual([expect.stringMatching(/mount=sha256%3A[0-9a-f]{64}&from=b%2Ffirst HTTP\/1.1" 201 /)]);
    expect(await repository('b/second').statBlob(digestOf(content))).toEqual({
      digest: digestOf(content),
      size: content.length,
    });
  });

  test('an empty blob is one', async () => {
    const none = new Uint8Array(0);
    expect(await put(repository('b/empty'), none)).toBe('uploaded');
    expect(await collectBytes(repository('b/empty').blob(blobOf(none)))).toHaveLength(0);
  });

  test('what is not there is told by its code', async () => {
    const digest = digestOf(bytes('nothing'));
    await pushImage(repository('c/known'), 'v1', randomBytes(10));
    await expect(repository('c/known').manifest('nope')).rejects.toMatchObject({
      code: 'MANIFEST_UNKNOWN',
      message: expect.stringMatching(new RegExp(`^${open.host}/c/known:nope: manifest unknown.*\\(status 404\\)`)),
    });
    await expect(repository('c/known').resolve('nope')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    await expect(collectBytes(repository('c/known').blob({ digest }))).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    expect(await repository('c/known').statBlob(digest)).toBeUndefined();
    await expect(collectTags(repository('c/none'))).rejects.toMatchObject({
      code: 'NAME_UNKNOWN',
      message: expect.stringContaining('name unknown'),
    });
  });

  test('tags are listed, and deleted with their manifest only', async () => {
    const { descriptor } = await pushImage(repository('d/tags'), 'a', randomBytes(10));
    await pushImage(repository('d/tags'), 'b', randomBytes(10));
    expect((await collectTags(repository('d/tags'))).sort()).toEqual(['a', 'b']);
    await expect(repository('d/tags').deleteTag('a')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await repository('d/tags').deleteManifest(descriptor.digest);
    await expect(repository('d/tags').manifest('a')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    expect(await collectTags(repository('d/tags'))).toEqual(['b']);
  });

  test('referrers are kept under the tag for them, once each', async () => {
    const repo = repository('e/referrers');
    const { descriptor } = await pushImage(repo, 'v1', randomBytes(10));
    const artifact = canonicalJson({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'text/x-note',
      config: blobOf(bytes('{}'), 'application/vnd.oci.empty.v1+json'),
      layers: [],
      subject: descriptor,
      annotations: { note: 'one' },
    });
    await put(repo, bytes('{}'));
    const digest = digestOf(artifact);
    await repo.putManifest(digest, artifact, OCI_MANIFEST);
    await repo.putManifest(digest, artifact, OCI_MANIFEST);
    const expected = {
      mediaType: OCI_MANIFEST,
      digest,
      size: artifact.length,
      artifactType: 'text/x-note',
      annotations: { note: 'one' },
    };
    expect(await repo.referrers(descriptor.digest)).toEqual([expected]);
    expect(await repo.referrers(descriptor.digest, { artifactType: 'text/x-note' })).toEqual([expected]);
    expect(await repo.referrers(descriptor.digest, { artifactType: 'other' })).toEqual([]);
    expect((await repo.resolve(descriptor.digest.replace(':', '-'))).mediaType).toBe(OCI_INDEX);
    await repo.deleteManifest(digest);
    expect(await repo.referrers(descriptor.digest)).toEqual([]);
  });

  test('the catalog names the repositories', async () => {
    await pushImage(repository('f/catalog'), 'v1', randomBytes(10));
    const names: string[] = [];
    for await (const name of new RegistryClient().catalog(open.host)) names.push(name);
    expect(names).toContain('f/catalog');
  });

  test('a ping finds where it is', async () => {
    expect(await new RegistryClient().ping(open.host)).toEqual({ origin: `http://${open.host}`, as: 'anonymous' });
  });
});

describe('over connections that are cut', () => {
  const SIZE = 8_000_000;
  const quick = { retry: { baseMs: 5 } };

  test('a blob comes whole, from where each connection ended', async () => {
    const content = randomBytes(SIZE);
    await put(new RegistryClient().repository({ registry: open.host, repository: 'g/download' }), content);
    const proxy = await startCuttingProxy(open.host, { toClient: [1_000_000, 2_500_000, 700] });
    try {
      const repository = new RegistryClient(quick).repository({ registry: proxy.host, repository: 'g/download' });
      expect(Buffer.from(await collectBytes(repository.blob(blobOf(content)))).equals(content)).toBe(true);
      expect(proxy.cuts).toBe(3);
      expect(downloaded(open.log(), digestOf(content))).toEqual([200, 206, 206, 206]);
    } finally {
      await proxy.stop();
    }
  });

  // This registry knows an upload by an offset that only a whole request moves: one that is cut is lost to it.
  test('an upload that is cut begins again', async () => {
    const content = randomBytes(SIZE);
    const proxy = await startCuttingProxy(open.host, { toServer: [3_000_000, 2_000_000] });
    try {
      const repository = new RegistryClient(quick).repository({ registry: proxy.host, repository: 'g/upload' });
      const opened: number[] = [];
      const openAt = (offset: number): Uint8Array => {
        opened.push(offset);
        return content.subarray(offset);
      };
      expect(await repository.putBlob(blobOf(content), openAt)).toBe('uploaded');
      expect(proxy.cuts).toBe(2);
      expect(opened).toEqual([0, 0, 0]);
      expect(Buffer.from(await collectBytes(repository.blob(blobOf(content)))).equals(content)).toBe(true);
    } finally {
      await proxy.stop();
    }
  });
});

/** The statuses of the answers to those who read a blob. */
function downloaded(log: string, digest: string): number[] {
  const lines = log.split('\n').filter((line) => line.includes(`"GET /v2/g/download/blobs/${digest} HTTP/1.1" `));
  return lines.map((line) => Number(/ HTTP\/1.1" (\d+) /.exec(line)?.[1]));
}

describe('with a name and a password', () => {
  const client = (password?: string): RegistryClient =>
    new RegistryClient({
      credentials: new MemoryCredentials(
        password === undefined ? {} : { [closed.host]: { username: ALICE.name, password } },
      ),
    });

  test('an image goes out and comes back', async () => {
    const repository = client(ALICE.password).repository({ registry: closed.host, repository: 'a/image' });
    const layer = randomBytes(100_000);
    await pushImage(repository, 'v1', layer);
    expect(Buffer.from(await collectBytes(repository.blob(blobOf(layer)))).equals(layer)).toBe(true);
  });

  test('a ping checks them', async () => {
    expect(await client(ALICE.password).ping(closed.host)).toMatchObject({ as: 'user' });
    await expect(client('wrong-word').ping(closed.host)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.not.stringContaining('wrong-word'),
    });
    await expect(client().ping(closed.host)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('unauthorized: authentication required'),
    });
  });
});

async function collectTags(repository: Repository): Promise<string[]> {
  const tags: string[] = [];
  for await (const tag of repository.tags({ pageSize: 1 })) tags.push(tag);
  return tags;
}
