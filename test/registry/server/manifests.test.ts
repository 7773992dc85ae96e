import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/json.js';
import type { Digest } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import {
  DOCKER_CONFIG,
  DOCKER_MANIFEST,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
} from '../../../src/image/media-type.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import {
  type Answer,
  ask,
  bytesOf,
  indexOf,
  NAME,
  newRegistry,
  type Pushed,
  pushImage,
  pushManifest,
  type Sent,
} from './kit.js';

const EMPTY = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(new TextEncoder().encode('{}')),
  size: 2,
};
const path = (reference: string): string => `/v2/${NAME}/manifests/${reference}`;
let registry: Registry;
let image: Pushed;

beforeEach(async () => {
  registry = newRegistry();
  image = await pushImage(registry, { reference: 'v1' });
});

function put(reference: string, body: Uint8Array | string, headers: Sent['headers'] = {}): Promise<Answer> {
  return ask(registry, 'PUT', path(reference), { body, headers: { 'content-type': OCI_MANIFEST, ...headers } });
}

/** A manifest of the blobs that are there, with other fields. */
function manifest(extra: object): Uint8Array {
  return canonicalJson({ ...(JSON.parse(new TextDecoder().decode(image.bytes)) as object), ...extra });
}

describe('a manifest', () => {
  test.each([
    ['its tag', () => 'v1'],
    ['its digest', () => image.digest],
  ])('comes by %s, byte for byte', async (_name, reference) => {
    const { status, bytes, headers } = await ask(registry, 'GET', path(reference()));
    expect(status).toBe(200);
    expect(bytes).toEqual(image.bytes);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': OCI_MANIFEST,
      'content-length': String(image.bytes.length),
      'docker-content-digest': image.digest,
      etag: `"${image.digest}"`,
    });
    const head = await ask(registry, 'HEAD', path(reference()));
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(headers));
  });

  test('is said to be where it is', async () => {
    const { status, headers } = await put('v2', image.bytes);
    expect([status, headers.get('location'), headers.get('docker-content-digest')]).toEqual([
      201,
      path(image.digest),
      image.digest,
    ]);
  });

  test('keeps bytes that nobody would write so', async () => {
    const bytes = new TextEncoder().encode(`\n ${new TextDecoder().decode(image.bytes)}\t\n`);
    const { headers } = await put('odd', bytes);
    expect(headers.get('docker-content-digest')).toBe(digestOf(bytes));
    expect((await ask(registry, 'GET', path('odd'))).bytes).toEqual(bytes);
  });

  test('is pushed under a digest of another algorithm', async () => {
    const digest = digestOf(image.bytes, 'sha512');
    expect((await put(digest, image.bytes)).headers.get('docker-content-digest')).toBe(digest);
    expect((await ask(registry, 'GET', path(digest))).bytes).toEqual(image.bytes);
  });

  test('does not come again to one who has it', async () => {
    const headers = { 'if-none-match': `"${image.digest}"` };
    expect((await ask(registry, 'GET', path('v1'), { headers })).status).toBe(304);
  });

  test.each(['v9', digestOf(bytesOf(1)), digestOf(bytesOf(1), 'sha512')])(
    'that is not there is unknown: %s',
    async (reference) => {
      for (const method of ['GET', 'DELETE']) {
        const { status, code } = await ask(registry, method, path(reference));
        expect([status, code]).toEqual([404, 'MANIFEST_UNKNOWN']);
      }
    },
  );

  test('of another repository is not there', async () => {
    expect((await ask(registry, 'GET', `/v2/other/manifests/${image.digest}`)).code).toBe('MANIFEST_UNKNOWN');
    expect((await ask(registry, 'GET', `/v2/${NAME}/blobs/${image.digest}`)).code).toBe('BLOB_UNKNOWN');
  });

  test('that was deleted is gone at once, with its tags', async () => {
    await put('v2', image.bytes);
    expect((await ask(registry, 'DELETE', path(image.digest))).status).toBe(202);
    for (const reference of [image.digest, 'v1', 'v2']) {
      expect((await ask(registry, 'HEAD', path(reference))).status).toBe(404);
    }
  });

  test('stays when a tag of it is deleted', async () => {
    expect((await ask(registry, 'DELETE', path('v1'))).status).toBe(202);
    expect((await ask(registry, 'GET', path('v1'))).status).toBe(404);
    expect((await ask(registry, 'GET', path(image.digest))).status).toBe(200);
  });
});

describe('kinds of content', () => {
  const kinds: Record<string, () => Promise<[Uint8Array, string]>> = {
    'an index': async () => [indexOf([image]), OCI_INDEX],
    'an index of nothing': async () => [indexOf([]), OCI_INDEX],
    'an index in an index': async () => {
      const inner = indexOf([image]);
      const digest = await pushManifest(registry, inner, { mediaType: OCI_INDEX });
      return [
        canonicalJson({
          schemaVersion: 2,
          mediaType: OCI_INDEX,
          manifests: [{ mediaType: OCI_INDEX, digest, size: inner.length }],
        }),
        OCI_INDEX,
      ];
    },
    'an artifact': async () => [manifest({ artifactType: 'application/vnd.example' }), OCI_MANIFEST],
    'an image without layers': async () => [manifest({ layers: [] }), OCI_MANIFEST],
    'unknown fields': async () => [manifest({ 'org.example': { a: [1] } }), OCI_MANIFEST],
    'data in a descriptor': async () => [manifest({ annotations: { a: 'b' }, data: 'e30=' }), OCI_MANIFEST],
    'no mediaType': async () => [manifest({ mediaType: undefined }), OCI_MANIFEST],
    "Docker's": async () => [
      manifest({ mediaType: DOCKER_MANIFEST, config: { mediaType: DOCKER_CONFIG, digest: image.config, size: 2 } }),
      DOCKER_MANIFEST,
    ],
    'a layer that may not be passed on': async () => [
      manifest({
        layers: [
          {
            mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
            digest: digestOf(bytesOf(7)),
            size: 7,
          },
        ],
      }),
      OCI_MANIFEST,
    ],
    'nearly 4 MiB': async () => [manifest({ annotations: { long: 'x'.repeat(4 * 1024 * 1024 - 1000) } }), OCI_MANIFEST],
  };

  test.each(Object.entries(kinds))('%s is taken, tagged, listed, given and deleted', async (_name, make) => {
    const [bytes, mediaType] = await make();
    const { status, text } = await put('kind', bytes, { 'content-type': mediaType });
    expect([status, text]).toEqual([201, '']);
    expect((await ask(registry, 'GET', `/v2/${NAME}/tags/list`)).text).toContain('"kind"');
    const got = await ask(registry, 'GET', path('kind'));
    expect([got.status, got.headers.get('content-type')]).toEqual([200, mediaType]);
    expect(Buffer.compare(got.bytes, bytes)).toBe(0);
    expect((await ask(registry, 'DELETE', path(digestOf(bytes)))).status).toBe(202);
    expect((await ask(registry, 'GET', path('kind'))).status).toBe(404);
  });

  test('Content-Type may be missing, or have parameters', async () => {
    const bare = await ask(registry, 'PUT', path('bare'), { body: image.bytes, headers: { 'content-type': '' } });
    expect(bare.status).toBe(201);
    expect((await put('with', image.bytes, { 'content-type': `${OCI_MANIFEST}; charset=utf-8` })).status).toBe(201);
    for (const tag of ['bare', 'with']) {
      expect((await ask(registry, 'GET', path(tag))).headers.get('content-type')).toBe(OCI_MANIFEST);
    }
  });
});

describe('a manifest that leads to what is not there', () => {
  const absent = digestOf(bytesOf(77));
  const broken: Record<string, () => [Uint8Array, string]> = {
    'a layer': () => [manifest({ layers: [{ mediaType: OCI_LAYER, digest: absent, size: 77 }] }), OCI_MANIFEST],
    'a config': () => [manifest({ config: { mediaType: OCI_CONFIG, digest: absent, size: 77 } }), OCI_MANIFEST],
    'a manifest of an index': () => [
      canonicalJson({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [{ mediaType: OCI_MANIFEST, digest: absent, size: 77 }],
      }),
      OCI_INDEX,
    ],
  };

  test.each(Object.entries(broken))('is refused (%s)', async (_name, make) => {
    const [bytes, mediaType] = make();
    const { status, code, text } = await put('broken', bytes, { 'content-type': mediaType });
    expect([status, code]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
    expect(text).toContain(absent);
    expect((await ask(registry, 'GET', path('broken'))).status).toBe(404);
  });

  test.each(Object.entries(broken))('is taken by a registry for sparse ones (%s)', async (_name, make) => {
    registry = newRegistry({ sparse: true });
    image = await pushImage(registry);
    const [bytes, mediaType] = make();
    expect((await put('sparse', bytes, { 'content-type': mediaType })).status).toBe(201);
  });
});

describe('what is no manifest', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', 'not json'],
    ['a list', '[]'],
    ['no fields', '{}'],
    ['another schema', '{"schemaVersion":1,"layers":[]}'],
    ['two things at once', JSON.stringify({ schemaVersion: 2, config: EMPTY, layers: [], manifests: [] })],
    ['a key twice', '{"schemaVersion":2,"schemaVersion":2,"manifests":[]}'],
    ['a deep nest', `${'['.repeat(200_000)}`],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['layers that are no list', JSON.stringify({ schemaVersion: 2, config: EMPTY, layers: {} })],
  ])('is refused: %s', async (_name, body) => {
    const { status, code } = await put('bad', body);
    expect([status, code]).toEqual([400, 'MANIFEST_INVALID']);
  });

  test.each([
    ['a descriptor with a short digest', { ...EMPTY, digest: 'sha256:abc' }, 'DIGEST_INVALID'],
    ['a descriptor with a negative size', { ...EMPTY, size: -1 }, 'SIZE_INVALID'],
  ])('is refused: %s', async (_name, config, expected) => {
    const { status, code } = await put('bad', canonicalJson({ schemaVersion: 2, config, layers: [] }));
    expect([status, code]).toEqual([400, expected]);
  });

  test('is refused: a manifest that is sent as an index', async () => {
    const { status, code } = await put('bad', image.bytes, { 'content-type': OCI_INDEX });
    expect([status, code]).toEqual([400, 'MANIFEST_INVALID']);
  });

  test.each([
    digestOf(bytesOf(1)),
    digestOf(bytesOf(1), 'sha512'),
    'sha256:abc',
    `sha256:${'A'.repeat(64)}`,
    'md5:abc',
  ])('is refused: a digest that is another (%s)', async (reference) => {
    const { status, code } = await put(reference, image.bytes);
    expect([status, code]).toEqual([400, 'DIGEST_INVALID']);
  });

  test.each(['sha256:abc', `sha256:${'A'.repeat(64)}`])('has no digest like %s', async (reference) => {
    for (const method of ['GET', 'DELETE']) {
      expect((await ask(registry, method, path(reference))).code).toBe('DIGEST_INVALID');
    }
  });
});

describe('a manifest of 100 MB', () => {
  const limit = 4 * 1024 * 1024;

  test('is refused by its Content-Length, before it is read', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read++;
        yield bytesOf(1000);
      }
    }
    const { status, code } = await ask(registry, 'PUT', path('big'), {
      body: endless(),
      headers: { 'content-type': OCI_MANIFEST, 'content-length': '100000000' },
    });
    expect([status, code]).toEqual([413, 'MANIFEST_INVALID']);
    expect(read).toBeLessThan(3);
  });

  test('is refused where it grows too large', async () => {
    let sent = 0;
    async function* large(): AsyncGenerator<Uint8Array> {
      for (; sent < 100_000_000; sent += 65_536) yield new Uint8Array(65_536);
    }
    const { status, code } = await ask(registry, 'PUT', path('big'), { body: large() });
    expect([status, code]).toEqual([413, 'MANIFEST_INVALID']);
    expect(sent).toBeLessThan(limit + 10 * 65_536);
  });
});

describe('tags of a push by digest', () => {
  const tagged = (tags: readonly string[]): Promise<Answer> =>
    put(`${image.digest}?${tags.map((tag) => `tag=${tag}`).join('&')}`, image.bytes);

  test('are told when they are made', async () => {
    const tags = Array.from({ length: 12 }, (_none, at) => `t${at}`);
    const { status, headers } = await tagged([...tags, 't0']);
    expect([status, headers.get('oci-tag')]).toEqual([201, tags.join(', ')]);
    for (const tag of tags) expect((await ask(registry, 'GET', path(tag))).bytes).toEqual(image.bytes);
  });

  test('may name content of another algorithm', async () => {
    const digest = digestOf(image.bytes, 'sha512');
    await put(`${digest}?tag=wide`, image.bytes);
    expect((await ask(registry, 'GET', path('wide'))).headers.get('docker-content-digest')).toBe(digest);
  });

  test('are refused when there are too many, and none is made', async () => {
    const { status } = await tagged(Array.from({ length: 101 }, (_none, at) => `many${at}`));
    expect(status).toBe(414);
    expect((await ask(registry, 'GET', path('many0'))).status).toBe(404);
  });

  test('are refused when one is no tag, and none is made', async () => {
    const { status, code } = await tagged(['good', '.bad']);
    expect([status, code]).toEqual([400, 'NAME_INVALID']);
    expect((await ask(registry, 'GET', path('good'))).status).toBe(404);
  });
});

describe('a push on a condition', () => {
  let other: Digest;
  const push = (headers: Sent['headers'], reference = 'v1'): Promise<Answer> =>
    ask(registry, 'PUT', path(reference), {
      body: manifest({ annotations: { n: '2' } }),
      headers: { 'content-type': OCI_MANIFEST, ...headers },
    });

  beforeEach(() => {
    other = digestOf(bytesOf(1));
  });

  test('that the tag names what it did is taken', async () => {
    expect((await push({ 'if-match': `"${image.digest}"` })).status).toBe(201);
  });

  test.each([
    ['that it names something else', () => ({ 'if-match': `"${other}"` }), 'v1'],
    ['that it is there, when it is not', () => ({ 'if-match': '*' }), 'new'],
    ['that it is not there, when it is', () => ({ 'if-none-match': '*' }), 'v1'],
  ])('%s is refused', async (_name, headers, reference) => {
    expect((await push(headers(), reference)).status).toBe(412);
    expect((await ask(registry, 'GET', path('v1'))).bytes).toEqual(image.bytes);
  });

  test('that it is not there is taken once, of many at once', async () => {
    const pushes = Array.from({ length: 8 }, () => push({ 'if-none-match': '*' }, 'once'));
    const statuses = (await Promise.all(pushes)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 7 }, () => 412)]);
  });
});

describe('a subject', () => {
  test('is told to be known, whether it is there or not', async () => {
    for (const subject of [image.digest, digestOf(bytesOf(1))]) {
      const bytes = manifest({ subject: { mediaType: OCI_MANIFEST, digest: subject, size: 1 } });
      expect((await put(digestOf(bytes), bytes)).headers.get('oci-subject')).toBe(subject);
    }
  });

  test('is not told of what has none', async () => {
    expect((await put('v1', image.bytes)).headers.get('oci-subject')).toBeNull();
  });
});
