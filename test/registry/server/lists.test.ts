import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/json.js';
import { type Digest, isDigest } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../../src/image/media-type.js';
import { parseNextLink } from '../../../src/registry/protocol/link.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import { type Answer, ask, bytesOf, indexOf, NAME, newRegistry, type Pushed, pushImage, pushManifest } from './kit.js';

let registry: Registry;
let image: Pushed;

beforeEach(async () => {
  registry = newRegistry();
  image = await pushImage(registry);
});

function next({ headers }: Answer): string | undefined {
  return parseNextLink(headers.get('link') ?? undefined);
}

describe('tags', () => {
  const NAMES = ['Z', '_', '0', 'a', 'b.1', 'b-2', 'latest', 'v10', 'v2'];
  const SORTED = [...NAMES].sort();
  const list = async (query: string = ''): Promise<[readonly string[], string | undefined]> => {
    const answer = await ask(registry, 'GET', `/v2/${NAME}/tags/list${query}`);
    expect(answer.status).toBe(200);
    const { name, tags } = JSON.parse(answer.text) as { name: string; tags: readonly string[] };
    expect(name).toBe(NAME);
    return [tags, next(answer)];
  };

  beforeEach(async () => {
    for (const reference of NAMES) await pushManifest(registry, image.bytes, { reference });
  });

  test('come in the order of their bytes', async () => {
    expect(await list()).toEqual([SORTED, undefined]);
  });

  test.each([
    ['?n=3', SORTED.slice(0, 3), true],
    ['?n=3&last=Z', SORTED.slice(2, 5), true],
    ['?last=latest', SORTED.slice(SORTED.indexOf('latest') + 1), false],
    ['?last=m', ['v10', 'v2'], false],
    ['?n=0', [], false],
    ['?n=9', SORTED, false],
    ['?n=1000000', SORTED, false],
    ['?last=zzz', [], false],
  ])('%s', async (query, expected, hasNext) => {
    const [tags, link] = await list(query);
    expect([tags, link !== undefined]).toEqual([expected, hasNext]);
  });

  test.each(['n=2', 'n=4'])('come whole in pages (%s)', async (query) => {
    const seen: string[] = [];
    for (let path: string | undefined = `/v2/${NAME}/tags/list?${query}`; path !== undefined; ) {
      const answer: Answer = await ask(registry, 'GET', path);
      seen.push(...(JSON.parse(answer.text) as { tags: string[] }).tags);
      path = next(answer);
    }
    expect(seen).toEqual(SORTED);
  });

  test('come in pages of their own when there are too many', async () => {
    const small = newRegistry({ limits: { pageNames: 2 } });
    const { bytes } = await pushImage(small);
    for (const reference of ['a', 'b', 'c']) await pushManifest(small, bytes, { reference });
    const first = await ask(small, 'GET', `/v2/${NAME}/tags/list?n=100`);
    expect([JSON.parse(first.text), next(first)]).toEqual([
      { name: NAME, tags: ['a', 'b'] },
      `/v2/${NAME}/tags/list?n=2&last=b`,
    ]);
  });

  test.each(['-1', 'x', '1e3', '99999999999999'])('are not counted by %s', async (n) => {
    const { status, code } = await ask(registry, 'GET', `/v2/${NAME}/tags/list?n=${n}`);
    expect([status, code]).toEqual([400, 'UNSUPPORTED']);
  });

  test('do not have one that was deleted', async () => {
    await ask(registry, 'DELETE', `/v2/${NAME}/manifests/latest`);
    expect((await list())[0]).not.toContain('latest');
  });

  test('of a repository that is not there are not there', async () => {
    const { status, code } = await ask(registry, 'GET', '/v2/nobody/tags/list');
    expect([status, code]).toEqual([404, 'NAME_UNKNOWN']);
  });

  test('of a repository without any are none', async () => {
    await pushImage(registry, { name: 'untagged' });
    expect(JSON.parse((await ask(registry, 'GET', '/v2/untagged/tags/list')).text)).toEqual({
      name: 'untagged',
      tags: [],
    });
  });
});

describe('repositories', () => {
  test('come in the order of their bytes, in pages, without those that are empty', async () => {
    for (const name of ['a/b', 'a-b', 'a']) await pushImage(registry, { name });
    const first = await ask(registry, 'GET', '/v2/_catalog?n=3');
    expect(JSON.parse(first.text)).toEqual({ repositories: ['a', 'a-b', 'a/b'] });
    expect(JSON.parse((await ask(registry, 'GET', next(first) ?? '')).text)).toEqual({ repositories: [NAME] });
  });
});

describe('referrers', () => {
  const list = async (subject: string, query: string = ''): Promise<[Listed[], Answer]> => {
    const answer = await ask(registry, 'GET', `/v2/${NAME}/referrers/${subject}${query}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, OCI_INDEX]);
    const { schemaVersion, mediaType, manifests } = JSON.parse(answer.text) as ReferrersIndex;
    expect([schemaVersion, mediaType]).toEqual([2, OCI_INDEX]);
    return [manifests, answer];
  };

  interface Listed {
    readonly digest: Digest;
    readonly artifactType?: string;
    readonly annotations?: Record<string, string>;
  }

  interface ReferrersIndex {
    readonly schemaVersion: number;
    readonly mediaType: string;
    readonly manifests: Listed[];
  }

  function subject(): object {
    return { subject: { mediaType: OCI_MANIFEST, digest: image.digest, size: image.bytes.length } };
  }

  test('of what nothing refers to are none, also where it is not there', async () => {
    for (const digest of [image.digest, digestOf(bytesOf(1)), digestOf(bytesOf(1), 'sha512')]) {
      expect((await list(digest))[0]).toEqual([]);
    }
    expect((await ask(registry, 'GET', `/v2/nobody/referrers/${image.digest}`)).status).toBe(200);
  });

  test.each(['sha256:abc', 'latest', `sha256:${'A'.repeat(64)}`])('of %s are refused', async (digest) => {
    const { status, code } = await ask(registry, 'GET', `/v2/${NAME}/referrers/${digest}`);
    expect([status, code]).toEqual([400, 'DIGEST_INVALID']);
  });

  test('are told with their type, size and annotations', async () => {
    const annotations = { 'org.example': 'é' };
    const artifact = await pushImage(registry, {
      seed: 2,
      extra: { ...subject(), artifactType: 'application/sbom', annotations },
    });
    const plain = await pushImage(registry, { seed: 3, extra: subject() });
    const typed = indexOf([image], { ...subject(), artifactType: 'application/list', annotations });
    const bare = indexOf([image], subject());
    for (const bytes of [typed, bare]) await pushManifest(registry, bytes, { mediaType: OCI_INDEX });
    const expected = [
      {
        mediaType: OCI_MANIFEST,
        digest: artifact.digest,
        size: artifact.bytes.length,
        artifactType: 'application/sbom',
        annotations,
      },
      { mediaType: OCI_MANIFEST, digest: plain.digest, size: plain.bytes.length, artifactType: OCI_CONFIG },
      {
        mediaType: OCI_INDEX,
        digest: digestOf(typed),
        size: typed.length,
        artifactType: 'application/list',
        annotations,
      },
      { mediaType: OCI_INDEX, digest: digestOf(bare), size: bare.length },
    ].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    expect((await list(image.digest))[0]).toEqual(expected);
  });

  test('are those of one type when only they are asked for', async () => {
    await pushImage(registry, { seed: 2, extra: { ...subject(), artifactType: 'a/b+c' } });
    await pushImage(registry, { seed: 3, extra: subject() });
    const [manifests, answer] = await list(image.digest, `?artifactType=${encodeURIComponent('a/b+c')}`);
    expect(manifests.map(({ artifactType }) => artifactType)).toEqual(['a/b+c']);
    expect(answer.headers.get('oci-filters-applied')).toBe('artifactType');
    const [none] = await list(image.digest, '?artifactType=other');
    expect(none).toEqual([]);
    expect((await list(image.digest))[1].headers.get('oci-filters-applied')).toBeNull();
  });

  test('are those of this repository', async () => {
    await pushImage(registry, { name: 'other', seed: 2, extra: subject() });
    expect((await list(image.digest))[0]).toEqual([]);
  });

  test('do not have one that was deleted', async () => {
    const { digest } = await pushImage(registry, { seed: 2, extra: subject() });
    await ask(registry, 'DELETE', `/v2/${NAME}/manifests/${digest}`);
    expect((await list(image.digest))[0]).toEqual([]);
  });

  test('stay when their subject is deleted', async () => {
    const { digest } = await pushImage(registry, { seed: 2, extra: subject() });
    await ask(registry, 'DELETE', `/v2/${NAME}/manifests/${image.digest}`);
    expect((await list(image.digest))[0].map((each) => each.digest)).toEqual([digest]);
  });

  test('come in pages when one index cannot hold them, each of them once', async () => {
    registry = newRegistry({ limits: { pageBytes: 3000 } });
    image = await pushImage(registry);
    const digests: string[] = [];
    for (let seed = 2; seed < 12; seed++) {
      const extra = {
        ...subject(),
        annotations: { long: 'x'.repeat(1000) },
        artifactType: seed % 2 === 0 ? 'even' : 'odd',
      };
      digests.push((await pushImage(registry, { seed, extra })).digest);
    }
    const walk = async (query: string): Promise<string[]> => {
      const seen: string[] = [];
      for (let path: string | undefined = `/v2/${NAME}/referrers/${image.digest}${query}`; path !== undefined; ) {
        const answer: Answer = await ask(registry, 'GET', path);
        const { manifests } = JSON.parse(answer.text) as ReferrersIndex;
        expect(manifests.length).toBeGreaterThan(0);
        expect(canonicalJson(manifests).length).toBeLessThan(3200);
        seen.push(...manifests.map(({ digest }) => digest));
        path = next(answer);
      }
      return seen;
    };
    expect(await walk('')).toEqual([...digests].sort());
    const even = await walk('?artifactType=even');
    expect(even).toHaveLength(5);
    expect(even.every(isDigest)).toBe(true);
  });
});
