import { beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../../src/digest/digest.js';
import { OCI_MANIFEST } from '../../../src/image/media-type.js';
import { parseChallenges } from '../../../src/registry/protocol/challenge.js';
import { parseNextLink } from '../../../src/registry/protocol/link.js';
import { QUIRK_NAMES, withQuirk } from '../../../src/registry/server/quirks/quirks.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import { ask, bytesOf, HOST, NAME, newRegistry, type Pushed, pushBlob, pushImage, requestTo } from './kit.js';

let registry: Registry;
let image: Pushed;
let blob: string;
const content = bytesOf(2048);

beforeEach(async () => {
  registry = newRegistry();
  image = await pushImage(registry, { reference: 'one' });
  await pushImage(registry, { reference: 'two', seed: 2 });
  blob = `/v2/${NAME}/blobs/${image.layer}`;
});

test('every quirk has a name, and leaves the ping alone or answers it', async () => {
  for (const quirk of QUIRK_NAMES) {
    const { status } = await ask(withQuirk(registry, quirk, { rate: 0 }), 'GET', '/v2/').catch(() => ({ status: 0 }));
    expect([200, 401, 429, 500, 0], quirk).toContain(status);
  }
});

describe('a body', () => {
  test.each([
    ['wrong-bytes', 2048, '2048'],
    ['longer-body', 2072, null],
    ['shorter-body', 100, null],
  ] as const)('of %s has %d bytes that are not the blob', async (quirk, size, length) => {
    const answer = await ask(withQuirk(registry, quirk), 'GET', blob);
    expect([answer.status, answer.bytes.length, answer.headers.get('content-length')]).toEqual([200, size, length]);
    expect(answer.bytes).not.toEqual(content);
  });

  test('that is endless goes on after the blob', async () => {
    const { body } = await withQuirk(registry, 'endless-body').fetch(requestTo('GET', blob));
    const reader = body?.getReader();
    let size = 0;
    while (size < 1_000_000) size += (await reader?.read())?.value?.length ?? Number.NaN;
    await reader?.cancel();
    expect(size).toBeGreaterThan(content.length);
  });

  test('that is cut fails after its first bytes, as often as it is told to', async () => {
    const cutting = withQuirk(registry, 'cut-body', { afterBytes: 500, times: 1 });
    const reader = (await cutting.fetch(requestTo('GET', blob))).body?.getReader();
    expect((await reader?.read())?.value).toEqual(content.subarray(0, 500));
    await expect(reader?.read()).rejects.toThrow('cut');
    expect((await ask(cutting, 'GET', blob)).bytes).toEqual(content);
  });

  test('that stalls gives its first bytes and then nothing', async () => {
    const { body } = await withQuirk(registry, 'stalled-body').fetch(requestTo('GET', blob));
    const reader = body?.getReader();
    expect((await reader?.read())?.value?.length).toBe(100);
    const next = reader?.read().then(() => 'came');
    expect(await Promise.race([next, new Promise((resolve) => setTimeout(() => resolve('waits'), 50))])).toBe('waits');
  });

  test('that is slow comes whole', async () => {
    const start = performance.now();
    const answer = await ask(withQuirk(registry, 'slow-body', { delayMs: 20 }), 'GET', blob);
    expect(answer.bytes).toEqual(content);
    expect(performance.now() - start).toBeGreaterThanOrEqual(38);
  });
});

describe('a bad day', () => {
  async function statuses(seed: number): Promise<readonly unknown[]> {
    const flaky = withQuirk(registry, 'flaky', { seed, rate: 0.5 });
    const seen: unknown[] = [];
    for (let i = 0; i < 60; i++)
      seen.push(
        await ask(flaky, 'GET', blob).then(
          (answer) => answer.status,
          () => 'cut',
        ),
      );
    return seen;
  }

  test('is the same for the same seed, and has all kinds of mishaps', async () => {
    const seen = await statuses(7);
    expect(await statuses(7)).toEqual(seen);
    expect(await statuses(8)).not.toEqual(seen);
    expect([...new Set(seen)].map(String).sort()).toEqual(['200', '429', '500', '503', 'cut']);
  });

  test('of too many requests says when to come again', async () => {
    const busy = withQuirk(registry, 'too-many', { times: 1, retryAfter: '3' });
    const answer = await ask(busy, 'GET', blob);
    expect([answer.status, answer.code, answer.headers.get('retry-after')]).toEqual([429, 'TOOMANYREQUESTS', '3']);
    expect((await ask(busy, 'GET', blob)).status).toBe(200);
  });

  test('of failures is a 500', async () => {
    expect((await ask(withQuirk(registry, 'server-error'), 'GET', blob)).status).toBe(500);
  });

  test('cuts connections before anything is done, or after', async () => {
    const path = `/v2/${NAME}/manifests/one`;
    await expect(ask(withQuirk(registry, 'cut-connection'), 'DELETE', path)).rejects.toThrow('cut');
    expect((await ask(registry, 'HEAD', path)).status).toBe(200);
    await expect(ask(withQuirk(registry, 'cut-answer'), 'DELETE', path)).rejects.toThrow('cut');
    expect((await ask(registry, 'HEAD', path)).status).toBe(404);
  });
});

describe('headers', () => {
  test.each([
    ['lying-digest', `sha256:${'0'.repeat(64)}`],
    ['no-digest', null],
  ] as const)('of %s: Docker-Content-Digest is %s', async (quirk, digest) => {
    expect((await ask(withQuirk(registry, quirk), 'HEAD', blob)).headers.get('docker-content-digest')).toBe(digest);
  });

  test('that name another range', async () => {
    const answer = await ask(withQuirk(registry, 'wrong-range'), 'GET', blob, { headers: { range: 'bytes=0-9' } });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, 'bytes 1-10/2048']);
  });

  test('that know no ranges', async () => {
    const answer = await ask(withQuirk(registry, 'no-ranges'), 'GET', blob, { headers: { range: 'bytes=0-9' } });
    expect([answer.status, answer.bytes.length]).toEqual([200, 2048]);
  });

  test('with a warning', async () => {
    expect((await ask(withQuirk(registry, 'warning'), 'GET', '/v2/')).headers.get('warning')).toMatch(/^299 - "/);
  });

  test('that cannot be asked for alone', async () => {
    expect((await ask(withQuirk(registry, 'no-head'), 'HEAD', blob)).status).toBe(405);
  });
});

describe('loops', () => {
  test('of tokens', async () => {
    const loop = withQuirk(registry, 'bearer-loop');
    const refused = await ask(loop, 'GET', blob);
    const [challenge] = parseChallenges(refused.headers.get('www-authenticate') ?? undefined);
    expect([refused.status, refused.code, challenge?.parameters.get('realm')]).toEqual([
      401,
      'UNAUTHORIZED',
      `${HOST}/token`,
    ]);
    expect(challenge?.parameters.get('scope')).toBe(`repository:${NAME}:pull,push`);
    const { token } = JSON.parse((await ask(loop, 'GET', '/token')).text) as { token: string };
    expect((await ask(loop, 'GET', blob, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  test('of passwords', async () => {
    const { status, headers } = await ask(withQuirk(registry, 'basic-loop'), 'GET', '/v2/');
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="loop"']);
  });

  test('of redirects, each to another place', async () => {
    const loop = withQuirk(registry, 'redirect-loop');
    const first = (await ask(loop, 'GET', blob)).headers.get('location') ?? '';
    const second = await ask(loop, 'GET', first);
    expect([first, second.status, second.headers.get('location')]).toEqual([
      `${HOST}${blob}?hop=1`,
      307,
      `${HOST}${blob}?hop=2`,
    ]);
  });

  test('of pages', async () => {
    const path = `/v2/${NAME}/tags/list?n=1`;
    const { headers } = await ask(withQuirk(registry, 'link-loop'), 'GET', path);
    expect(parseNextLink(headers.get('link') ?? undefined)).toBe(path);
  });

  test('that lead to another host', async () => {
    const elsewhere = 'http://other.test:1';
    const moved = await ask(withQuirk(registry, 'redirect-elsewhere', { elsewhere }), 'GET', blob);
    expect([moved.status, moved.headers.get('location')]).toEqual([307, `${elsewhere}${blob}`]);
    const asked = await ask(withQuirk(registry, 'realm-elsewhere', { elsewhere }), 'GET', '/v2/');
    expect(asked.headers.get('www-authenticate')).toContain(`realm="${elsewhere}/token"`);
  });
});

describe('documents', () => {
  test('that are huge', async () => {
    const sizeBytes = 3_000_000;
    const { text } = await ask(withQuirk(registry, 'huge-json', { sizeBytes }), 'GET', `/v2/${NAME}/manifests/one`);
    expect((JSON.parse(text) as { padding: string }).padding.length).toBe(sizeBytes);
  });

  test('that are two things at once', async () => {
    const answer = await ask(withQuirk(registry, 'manifest-and-index'), 'GET', `/v2/${NAME}/manifests/one`);
    expect(JSON.parse(answer.text)).toMatchObject({ layers: [], manifests: [] });
    expect(answer.headers.get('content-type')).toBe(OCI_MANIFEST);
  });
});

describe('servers', () => {
  const uploads = `/v2/${NAME}/blobs/uploads/`;

  test('without referrers', async () => {
    const { status, text } = await ask(
      withQuirk(registry, 'no-referrers'),
      'GET',
      `/v2/${NAME}/referrers/${image.digest}`,
    );
    expect([status, text]).toEqual([404, '404 page not found\n']);
  });

  test('without mounts, and without a whole blob in a POST', async () => {
    const digest = await pushBlob(registry, bytesOf(10, 9), 'other');
    const mount = `${uploads}?mount=${digest}&from=other`;
    expect((await ask(withQuirk(registry, 'no-mount'), 'POST', mount)).status).toBe(202);
    const single = `${uploads}?digest=${digest}`;
    expect((await ask(withQuirk(registry, 'no-single-post'), 'POST', single, { body: bytesOf(10, 9) })).status).toBe(
      202,
    );
  });

  describe('like registry 2.8', () => {
    const old = (method: string, path: string, sent = {}): ReturnType<typeof ask> =>
      ask(withQuirk(registry, 'registry-2.8'), method, path, sent);

    test('list all tags, whatever is asked for', async () => {
      expect(JSON.parse((await old('GET', `/v2/${NAME}/tags/list?n=1`)).text)).toMatchObject({ tags: ['one', 'two'] });
    });

    test('have manifests only for those who name their type', async () => {
      const path = `/v2/${NAME}/manifests/one`;
      const without = await old('GET', path);
      expect([without.status, without.code]).toEqual([404, 'MANIFEST_UNKNOWN']);
      expect((await old('GET', path, { headers: { accept: `text/plain, ${OCI_MANIFEST}` } })).bytes).toEqual(
        image.bytes,
      );
    });

    test('mount from where they are told, not from anywhere', async () => {
      const digest = await pushBlob(registry, bytesOf(10, 9), 'other');
      expect((await old('POST', `${uploads}?mount=${digest}`)).status).toBe(202);
      expect((await old('POST', `${uploads}?mount=${digest}&from=other`)).status).toBe(201);
    });

    test('announce the whole blob with a 416', async () => {
      const response = await withQuirk(registry, 'registry-2.8').fetch(
        requestTo('GET', blob, { headers: { range: 'bytes=9000-' } }),
      );
      expect([response.status, response.headers.get('content-length')]).toEqual([416, '2048']);
      expect((await response.arrayBuffer()).byteLength).toBeLessThan(2048);
    });

    test('fail on a digest that is none, and delete no tags', async () => {
      expect((await old('GET', `/v2/${NAME}/manifests/sha256:abc`)).status).toBe(500);
      expect((await old('DELETE', `/v2/${NAME}/manifests/one`)).status).toBe(405);
      expect((await old('DELETE', `/v2/${NAME}/manifests/${image.digest}`)).status).toBe(202);
    });

    test('take chunks in any order, at an address with a state', async () => {
      const started = await old('POST', uploads);
      const location = started.headers.get('location') ?? '';
      expect(location).toMatch(new RegExp(`^${HOST}${uploads}[0-9a-f-]+\\?_state=`));
      expect((await old('GET', location.replace(/\?.*/, ''))).status).toBe(404);
      const patched = await old('PATCH', location, { headers: { 'content-range': '500-509' }, body: bytesOf(10, 9) });
      expect([patched.status, patched.headers.get('range')]).toEqual([202, '0-9']);
      const digest: Digest = await pushBlob(registry, bytesOf(10, 9), 'other');
      const finish = `${patched.headers.get('location')}&digest=${digest}`;
      expect((await old('PUT', finish)).status).toBe(201);
    });
  });
});
