import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type JsonObject } from '../../src/base/json.js';
import { Engine } from '../../src/index.js';
import {
  archive,
  blobPath,
  descriptor,
  dockerMembers,
  layerOf,
  layout,
  type Members,
  ociMembers,
} from '../kit/archives.js';

/** Loads into a store that holds something, and gives the error's code; fails unless the store stays as it was. */
async function codeOf(bytes: Uint8Array): Promise<string> {
  const engine = await Engine.open();
  await engine.import((await layerOf({ '/kept': 'kept' })).tar(), { ref: 'kept:1' });
  const before = { images: await engine.images(), usage: await engine.df() };
  const error: { code?: string; message?: string } = await engine.load(bytes, { file: 'bad.tar' }).then(
    () => ({ code: 'was loaded' }),
    (reason) => reason,
  );
  expect({ images: await engine.images(), usage: await engine.df() }).toEqual(before);
  expect(await engine.fsck()).toEqual([]);
  return error.code ?? String(error);
}

async function changed(change: (members: Members) => void): Promise<Uint8Array> {
  const members = await ociMembers();
  change(members);
  return archive(members);
}

async function withManifest(fields: JsonObject): Promise<Uint8Array> {
  return archive(await ociMembers(() => ({ manifest: fields })));
}

/** Replaces the manifest by these bytes. */
async function withManifestText(text: string): Promise<Uint8Array> {
  return archive(layout(Buffer.from(text), []));
}

async function withConfig(change: (config: JsonObject) => JsonObject): Promise<Uint8Array> {
  return archive(await ociMembers(({ config }) => ({ config: change(config) })));
}

/** The descriptor of the sample's layer, one byte short. */
async function wrongSize(): Promise<JsonObject> {
  const layer = await layerOf({ '/etc/motd': 'hello\n' });
  const right = descriptor('application/vnd.oci.image.layer.v1.tar', layer.bytes.read(0, layer.size));
  return { ...right, size: layer.size - 1 };
}

function layerMember(members: Members): string {
  const [path = ''] = [...members].reduce((a, b) => (a[1].length > b[1].length ? a : b));
  return path;
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('an archive is refused, and leaves nothing behind, when', () => {
  test.each<[what: string, code: string, make: () => Promise<Uint8Array>]>([
    ['it is no archive', 'TAR_INVALID', async () => Buffer.from('x'.repeat(2000))],
    ['it is cut off', 'TAR_INVALID', async () => archive(await ociMembers()).subarray(0, 1500)],
    ['its gzip is cut off', 'LAYER_INVALID', async () => gzipSync(archive(await ociMembers())).subarray(0, 300)],
    ['its gzip is damaged', 'LAYER_INVALID', async () => flip(gzipSync(archive(await ociMembers())), 200)],
    [
      'it holds neither index.json nor manifest.json',
      'ARCHIVE_INVALID',
      async () => archive(new Map([['a', Buffer.from('a')]])),
    ],
    [
      'a blob is not what its name says',
      'DIGEST_INVALID',
      () => changed((m) => m.set(layerMember(m), flip(m.get(layerMember(m)) ?? Buffer.of(), 3))),
    ],
    ['a blob is missing', 'BLOB_UNKNOWN', () => changed((m) => m.delete(layerMember(m)))],
    ['a descriptor has the wrong size', 'SIZE_INVALID', async () => withManifest({ layers: [await wrongSize()] })],
    [
      'a DiffID is wrong',
      'DIFFID_MISMATCH',
      () => withConfig((c) => ({ ...c, rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] } })),
    ],
    [
      'config and manifest disagree on the layers',
      'CONFIG_INVALID',
      () => withConfig((c) => ({ ...c, rootfs: { type: 'layers', diff_ids: [] } })),
    ],
    [
      'rootfs is not of layers',
      'CONFIG_INVALID',
      () => withConfig((c) => ({ ...c, rootfs: { type: 'other', diff_ids: [] } })),
    ],
    [
      'a key of a document is there twice',
      'JSON_INVALID',
      () => withManifestText('{"schemaVersion":2,"schemaVersion":2,"layers":[]}'),
    ],
    ['a document is a manifest and an index at once', 'MANIFEST_INVALID', () => withManifest({ manifests: [] })],
    ['a document is neither', 'MANIFEST_INVALID', () => withManifestText('{"schemaVersion":2}')],
    ['a document nests 100,000 deep', 'JSON_INVALID', () => withManifestText(DEEP)],
    ['a document is not UTF-8', 'JSON_INVALID', async () => archive(layout(Uint8Array.of(0x7b, 0xff, 0x7d), []))],
    [
      'a document is larger than 4 MiB',
      'LIMIT_EXCEEDED',
      () => withManifestText(`{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`),
    ],
    [
      'a digest is no digest',
      'DIGEST_INVALID',
      () => withManifest({ config: { mediaType: 'a', digest: 'sha256:baddigest', size: 1 } }),
    ],
    ['its index nests 100,000 deep', 'JSON_INVALID', () => changed((m) => m.set('index.json', Buffer.from(DEEP)))],
    ['a member climbs out by ..', 'ARCHIVE_INVALID', () => changed((m) => m.set('../../etc/passwd', Buffer.from('x')))],
    ['a member has an absolute path', 'ARCHIVE_INVALID', () => changed((m) => m.set('/etc/passwd', Buffer.from('x')))],
    [
      'a symlink leads outside',
      'ARCHIVE_INVALID',
      async () => archive(await ociMembers(), [{ path: 'a/link', linkname: '../../../etc/passwd' }]),
    ],
    [
      'a symlink is absolute',
      'ARCHIVE_INVALID',
      async () => archive(await ociMembers(), [{ path: 'link', linkname: '/etc/passwd' }]),
    ],
    [
      'manifest.json names what is not there',
      'ARCHIVE_INVALID',
      async () => archive(new Map([...(await dockerMembers())].filter(([path]) => path !== 'a/layer.tar'))),
    ],
    [
      'links go round in a circle',
      'ARCHIVE_INVALID',
      async () =>
        archive(new Map([...(await dockerMembers())].filter(([path]) => path !== 'a/layer.tar')), [
          { path: 'a/layer.tar', linkname: '../b/layer.tar' },
          { path: 'b/layer.tar', linkname: '../a/layer.tar' },
        ]),
    ],
    [
      'a name is no reference',
      'NAME_INVALID',
      async () =>
        archive(
          (await dockerMembers()).set(
            'manifest.json',
            Buffer.from('[{"Config":"config.json","RepoTags":["UPPER"],"Layers":["a/layer.tar"]}]'),
          ),
        ),
    ],
  ])('%s', async (_, code, make) => {
    expect(await codeOf(await make())).toBe(code);
  });
});

describe('a layer is refused when', () => {
  async function importCode(bytes: Uint8Array): Promise<unknown> {
    const engine = await Engine.open();
    const error = await engine.import(bytes, { ref: 'x:1' }).then(
      () => ({ code: 'was imported' }),
      (reason: { code: string; message: string }) => reason,
    );
    expect((await engine.df()).blobBytes).toBe(0);
    return error.code;
  }

  const file = (path: string): Uint8Array => archive(new Map([[path, Buffer.from('x')]]));

  test.each<[what: string, code: string, bytes: () => Uint8Array]>([
    ['an entry climbs out by ..', 'PATH_INVALID', () => file('a/../../etc/passwd')],
    ['a name has 300 bytes', 'PATH_INVALID', () => file('n'.repeat(300))],
    ['a whiteout has no name', 'LAYER_INVALID', () => file('etc/.wh.')],
    [
      'a hard link points at what is not there',
      'LAYER_INVALID',
      () => archive(new Map(), [{ path: 'a', type: 'link', linkname: 'nothing' }]),
    ],
    ['it is cut off in a file', 'TAR_INVALID', () => archive(new Map([['a', new Uint8Array(4000)]])).subarray(0, 1024)],
    ['a header is damaged', 'TAR_INVALID', () => flip(file('a'), 0)],
  ])('%s', async (_, code, bytes) => {
    expect(await importCode(bytes())).toBe(code);
  });

  test('a bad blob that an image of the store needs is kept', async () => {
    const engine = await Engine.open();
    const good = archive(new Map([['a', Buffer.from('x')]]));
    await engine.import(good, { ref: 'x:1' });
    await expect(engine.import(good, { ref: 'not a name' })).rejects.toMatchObject({ code: 'NAME_INVALID' });
    expect(await engine.fsck()).toEqual([]);
  });

  test('it leads through a symlink, which is followed inside the root only', async () => {
    const engine = await Engine.open();
    const link = { path: 'out', linkname: '../../../../tmp' };
    await engine.import(archive(new Map([['out/escaped', Buffer.from('inside')]]), [link]), { ref: 'x:1' });
    const { fs } = await engine.create('x:1');
    expect(fs.readFileSync('/tmp/escaped', 'utf8')).toBe('inside');
  });

  test('an entry is there twice, the last wins, and fsck says so', async () => {
    const engine = await Engine.open();
    const [once, again] = [
      archive(new Map([['a', Buffer.from('first')]])),
      archive(new Map([['a', Buffer.from('last')]])),
    ];
    await engine.import(Buffer.concat([once.subarray(0, 1024), again]), { ref: 'x:1' });
    expect((await engine.create('x:1')).fs.readFileSync('/a', 'utf8')).toBe('last');
    expect((await engine.fsck()).map(({ code }) => code)).toEqual(['duplicate-entry']);
  });
});

describe('what other tools write is taken', () => {
  test('a docker-archive under all of its names', async () => {
    const engine = await Engine.open();
    const [loaded] = await engine.load(archive(await dockerMembers()));
    expect(loaded?.references).toEqual(['sample:1', 'other:2']);
  });

  test('a docker-archive and a layout of the same image give one image ID', async () => {
    const [a, b] = [await Engine.open(), await Engine.open()];
    const [docker] = await a.load(archive(await dockerMembers()));
    const [oci] = await b.load(gzipSync(archive(await ociMembers())));
    expect(docker?.id).toBe(oci?.id);
  });

  test('a legacy archive whose layer is a symlink to another', async () => {
    const members = await dockerMembers();
    members.set('b/layer.tar', members.get('a/layer.tar') ?? Buffer.of());
    members.delete('a/layer.tar');
    const engine = await Engine.open();
    await engine.load(archive(members, [{ path: 'a/layer.tar', linkname: '../b/layer.tar' }]));
    expect(await engine.fsck()).toEqual([]);
  });

  test('an artifact is kept as it is, and is no image', async () => {
    const engine = await Engine.open();
    const config = canonicalJson({});
    const fields = { config: descriptor('application/vnd.oci.empty.v1+json', config), layers: [] };
    const manifest = canonicalJson({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      ...fields,
    });
    expect(await engine.load(archive(layout(manifest, [config])))).toEqual([]);
    expect(await engine.images()).toEqual([]);
    expect((await engine.df()).blobBytes).toBe(manifest.length + config.length);
  });

  test('an index in an index, by platform', async () => {
    const members = await ociMembers();
    const platform = { os: 'linux', architecture: 'arm64' };
    const arm = await ociMembers(({ config }) => ({ config: { ...config, ...platform } }));
    const nested = canonicalJson({
      schemaVersion: 2,
      manifests: [manifestOf(members, { os: 'linux', architecture: 'amd64' }), manifestOf(arm, platform)],
    });
    const outer = canonicalJson({
      schemaVersion: 2,
      manifests: [descriptor('application/vnd.oci.image.index.v1+json', nested)],
    });
    const all = new Map([...members, ...arm, [blobPath(nested), nested], [blobPath(outer), outer]]);
    const entry = {
      ...descriptor('application/vnd.oci.image.index.v1+json', outer),
      annotations: { 'org.opencontainers.image.ref.name': 'multi:1' },
    };
    all.set('index.json', canonicalJson({ schemaVersion: 2, manifests: [entry] }));
    const found: unknown[] = [];
    for (const wanted of ['linux/amd64', 'linux/arm64']) {
      const engine = await Engine.open({ platform: wanted });
      await engine.load(archive(all));
      found.push((await engine.inspectImage('multi:1'))['Architecture']);
    }
    expect(found).toEqual(['amd64', 'arm64']);
  });
});

function manifestOf(members: Members, platform: JsonObject): JsonObject {
  const index = JSON.parse(Buffer.from(members.get('index.json') ?? Buffer.of()).toString()) as {
    manifests: JsonObject[];
  };
  const { annotations: _, ...rest } = index.manifests[0] ?? {};
  return { ...rest, platform };
}
