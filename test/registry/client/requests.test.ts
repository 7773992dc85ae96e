/** How a registry is spoken to: over what, how often, and until when. */

import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../../src/base/stream.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_MANIFEST } from '../../../src/image/media-type.js';
import { isLoopback, originsOf } from '../../../src/registry/client/endpoint.js';
import { resolveLocation } from '../../../src/registry/client/redirect.js';
import { parseRetryAfterMs, retryWaitMs } from '../../../src/registry/client/retry.js';
import { Slots } from '../../../src/registry/client/slots.js';
import { parseWarnings } from '../../../src/registry/client/warnings.js';
import { ABSENT, bytes, cut, endless, json, REGISTRY, refused, scripted } from './scripted.js';

const CONTENT = bytes('content');
const BLOB = { digest: digestOf(CONTENT), size: CONTENT.length };
const local = { registry: 'localhost:5000', repository: 'app' };
const found = (): Response => new Response(null, { headers: { 'content-length': '7' } });

describe('the scheme', () => {
  test.each([
    ['localhost', true],
    ['app.localhost', true],
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['[::1]', true],
    ['127.0.0.1.evil.test', false],
    ['localhost.evil.test', false],
    ['192.168.0.1', false],
  ])('%s is on this machine: %s', (host, is) => expect(isLoopback(host)).toBe(is));

  test.each([
    ['auto', true, 'ghcr.io', ['https://ghcr.io']],
    ['auto', true, 'localhost:5000', ['http://localhost:5000', 'https://localhost:5000']],
    ['auto', false, 'ghcr.io', ['https://ghcr.io', 'http://ghcr.io']],
    [true, true, 'ghcr.io', ['http://ghcr.io']],
    [false, true, 'localhost:5000', ['https://localhost:5000']],
    ['auto', true, 'docker.io', ['https://registry-1.docker.io']],
  ] as const)('plainHttp %s, verifyTls %s: %s', (plainHttp, verifyTls, registry, origins) => {
    expect(originsOf(registry, { plainHttp, verifyTls })).toEqual(origins);
  });

  test('is http on this machine, unless the server wants https', async () => {
    const { client, seen } = scripted(({ url }) =>
      url.protocol === 'http:'
        ? new Response('Client sent an HTTP request to an HTTPS server.\n', { status: 400 })
        : found(),
    );
    await client.repository(local).statBlob(BLOB.digest);
    expect(seen.map(({ url }) => url.origin)).toEqual([
      'http://localhost:5000',
      'https://localhost:5000',
      'https://localhost:5000',
    ]);
  });

  test('falls to http where no certificate is judged, and nothing speaks https', async () => {
    const answer = ({ url }: { url: URL }): Response => {
      if (url.protocol === 'https:') throw new TypeError('fetch failed');
      return found();
    };
    const { repository, seen } = scripted(answer, { verifyTls: false });
    await repository.statBlob(BLOB.digest);
    expect(seen.at(-1)?.url.origin).toBe(`http://${REGISTRY}`);
    await expect(scripted(answer).repository.statBlob(BLOB.digest)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    });
  });

  test('is looked for again after it was not found', async () => {
    let isUp = false;
    const { client } = scripted(() => {
      if (!isUp) throw new TypeError('fetch failed');
      return found();
    });
    await expect(client.repository(local).statBlob(BLOB.digest)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringMatching(/^localhost:5000: cannot reach localhost:5000: fetch failed/),
    });
    isUp = true;
    expect(await client.repository(local).statBlob(BLOB.digest)).toBeDefined();
  });
});

describe('another try', () => {
  const failing = (times: number, status: number, headers: Record<string, string> = {}) =>
    scripted((_, number) => (number <= times ? new Response(null, { status, headers }) : found()));

  test('comes after waits that double', async () => {
    const { repository, waits } = failing(3, 503);
    await repository.statBlob(BLOB.digest);
    expect(waits).toEqual([100, 200, 400]);
  });

  test('waits as long as the server asks', async () => {
    const { repository, waits } = failing(1, 429, { 'retry-after': '7' });
    await repository.statBlob(BLOB.digest);
    expect(waits).toEqual([7000]);
  });

  test.each([400, 403, 404, 409])('is none after %i', async (status) => {
    const { repository, seen } = failing(9, status);
    await expect(repository.manifest('v1')).rejects.toMatchObject({ name: 'StratumError' });
    expect(seen).toHaveLength(1);
  });

  test('of what was deleted is none, unless the server did nothing', async () => {
    const failed = failing(1, 500);
    await expect(failed.repository.deleteBlob(BLOB.digest)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(failed.seen).toHaveLength(1);
    const { repository, seen } = scripted((_, number) => new Response(null, { status: number === 1 ? 429 : 202 }));
    await repository.deleteBlob(BLOB.digest);
    expect(seen).toHaveLength(2);
  });

  test.each([
    ['5', 5000],
    [' 5 ', 5000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    [undefined, undefined],
  ])('Retry-After: %s', (header, waitMs) => expect(parseRetryAfterMs(header, 10_000)).toBe(waitMs));

  test('moves by chance, and has its bounds', () => {
    const retry = { attempts: 3, baseMs: 100, capMs: 1000, sleep: async () => undefined };
    expect(retryWaitMs(1, { ...retry, random: () => 0 })).toBe(50);
    expect(retryWaitMs(1, { ...retry, random: () => 0.99 })).toBeCloseTo(149);
    expect(retryWaitMs(3, { ...retry, random: () => 0 })).toBeUndefined();
    expect(retryWaitMs(1, { ...retry, random: () => 0 }, 1000)).toBe(1000);
    expect(retryWaitMs(1, { ...retry, random: () => 0 }, 1001)).toBeUndefined();
    expect(retryWaitMs(9, { ...retry, attempts: 99, random: () => 0.5 })).toBe(1000);
  });
});

describe('a signal', () => {
  const reason = new Error('enough');
  const never = (): Promise<Response> => new Promise(() => undefined);

  test('that has come sends nothing', async () => {
    const { repository, seen } = scripted(found);
    const signal = AbortSignal.abort(reason);
    await expect(repository.statBlob(BLOB.digest, { signal })).rejects.toBe(reason);
    await expect(collectBytes(repository.blob(BLOB, { signal }))).rejects.toBe(reason);
    await expect(repository.putBlob(BLOB, () => CONTENT, { signal })).rejects.toBe(reason);
    expect(seen).toHaveLength(0);
  });

  test.each(['of the call', 'of the client'])('%s ends what waits for an answer', async (whose) => {
    const control = new AbortController();
    const { repository, seen } = scripted(
      async () => {
        setTimeout(() => control.abort(reason), 5);
        return never();
      },
      whose === 'of the client' ? { signal: control.signal, fetch: abortable(never) } : { fetch: abortable(never) },
    );
    setTimeout(() => control.abort(reason), 5);
    const options = whose === 'of the call' ? { signal: control.signal } : {};
    await expect(repository.manifest('v1', options)).rejects.toBe(reason);
    expect(seen.length).toBeLessThanOrEqual(1);
  });

  test('ends a body, and the wait before another try', async () => {
    const control = new AbortController();
    const { body } = endless();
    const { repository } = scripted(() => new Response(body));
    const read = (async () => {
      for await (const _ of repository.blob({ digest: BLOB.digest, size: 1e12 }, { signal: control.signal })) {
        control.abort(reason);
      }
    })();
    await expect(read).rejects.toBe(reason);
    const waiting = new AbortController();
    const slow = scripted(() => new Response(null, { status: 503 }), {
      retry: {
        sleep: (_, signal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    });
    setTimeout(() => waiting.abort(reason), 5);
    await expect(slow.repository.statBlob(BLOB.digest, { signal: waiting.signal })).rejects.toBe(reason);
  });

  test('of one who waits for a token leaves it to the others', async () => {
    let give: (answer: Response) => void = () => undefined;
    const { repository } = scripted(({ url, headers }) => {
      if (url.host === 'auth.test') return new Promise<Response>((resolve) => (give = resolve));
      if (headers.get('authorization') === null) {
        return refused(401, 'UNAUTHORIZED', 'no', { 'www-authenticate': 'Bearer realm="https://auth.test/"' });
      }
      return found();
    });
    const control = new AbortController();
    const [left, stayed] = [
      repository.statBlob(BLOB.digest, { signal: control.signal }),
      repository.statBlob(BLOB.digest),
    ];
    setTimeout(() => control.abort(reason), 5);
    await expect(left).rejects.toBe(reason);
    give(json({ token: 't' }));
    expect(await stayed).toBeDefined();
  });
});

test('a connection on which nothing moves is given up', async () => {
  const { repository } = scripted(found, {
    idleMs: 20,
    fetch: abortable(() => new Promise(() => undefined)),
    retry: { attempts: 2 },
  });
  await expect(repository.statBlob(BLOB.digest)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('nothing moved for 0.02 s'),
  });
});

test('a reader may take its time', async () => {
  const { repository } = scripted(() => new Response(CONTENT), { idleMs: 20 });
  const chunks: Uint8Array[] = [];
  for await (const chunk of repository.blob(BLOB)) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    chunks.push(chunk);
  }
  expect(Buffer.concat(chunks).toString()).toBe('content');
});

describe('blobs at once', () => {
  test('are no more than the limit, and go on when one is left', async () => {
    let [open, most] = [0, 0];
    const { repository } = scripted(
      () => {
        most = Math.max(most, ++open);
        return new Response(CONTENT);
      },
      { concurrency: 2 },
    );
    const read = async (): Promise<void> => {
      for await (const _ of repository.blob(BLOB)) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        open--;
        return;
      }
    };
    await Promise.all(Array.from({ length: 9 }, read));
    expect(most).toBe(2);
  });

  test('on their way from one repository to another do not wait for each other', async () => {
    const { client } = scripted(
      ({ method }) => {
        if (method === 'GET') return new Response(CONTENT);
        if (method === 'POST') return new Response(null, { status: 202, headers: { location: '/upload' } });
        return new Response(null, { status: method === 'HEAD' ? 404 : 201 });
      },
      { concurrency: 1 },
    );
    const [from, to] = ['from', 'to'].map((repository) => client.repository({ registry: REGISTRY, repository }));
    if (from === undefined || to === undefined) throw new Error('no repositories');
    const moves = Array.from({ length: 5 }, () => to.putBlob(BLOB, () => from.blob(BLOB)));
    expect(await Promise.all(moves)).toEqual(Array(5).fill('uploaded'));
  });

  test('take turns in the order they came, and who leaves takes none', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const first = await slots.take();
    const control = new AbortController();
    const left = slots.take(control.signal);
    const waiting = ['a', 'b'].map(async (name) => {
      const release = await slots.take();
      order.push(name);
      release();
      release();
    });
    control.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    first();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b']);
  });
});

describe('a location', () => {
  test.each([
    ['/v2/x?_state=a%2Fb', 'https://r.test/v2/y', 'https://r.test/v2/x?_state=a%2Fb'],
    ['x', 'https://r.test/v2/y', 'https://r.test/v2/x'],
    ['https://cdn.test/x', 'https://r.test/v2/y', 'https://cdn.test/x'],
    ['http://r.test/x', 'https://r.test:8443/v2/y', 'https://r.test:8443/x'],
    ['http://cdn.test/x', 'https://r.test/v2/y', 'http://cdn.test/x'],
    ['https://user:word@cdn.test/x', 'https://r.test/', 'https://cdn.test/x'],
    ['javascript:1', 'https://r.test/', undefined],
    ['http://[', 'https://r.test/', undefined],
    [undefined, 'https://r.test/', undefined],
  ])('%s from %s is %s', (location, from, url) => expect(resolveLocation(location, from)?.href).toBe(url));
});

describe('a warning', () => {
  test('is told once', async () => {
    const told: unknown[] = [];
    const { repository } = scripted(
      () =>
        new Response(null, {
          headers: { 'content-length': '7', warning: '299 - "old, \\"very\\" old", 299 - "second"' },
        }),
      { onWarning: (warning) => told.push(warning) },
    );
    await repository.statBlob(BLOB.digest);
    await repository.statBlob(BLOB.digest);
    expect(told).toEqual([
      { registry: REGISTRY, text: 'old, "very" old' },
      { registry: REGISTRY, text: 'second' },
    ]);
  });

  test.each(['199 - "x"', '299 agent "x"', '299 - x', '', undefined])('is none: %s', (header) => {
    expect(parseWarnings(header)).toEqual([]);
  });

  test('is no longer than all of them may be', () => {
    expect(parseWarnings(`299 - "${'x'.repeat(5000)}"`)).toEqual([]);
    expect(parseWarnings(`${'299 - "x", '.repeat(100_000)}`).length).toBeLessThan(400);
  });
});

describe('a layer that is elsewhere', () => {
  const elsewhere = { ...BLOB, urls: ['file:///etc/passwd', 'https://vendor.test/layer'] };
  const answer = ({ url }: { url: URL }): Response =>
    url.host === REGISTRY ? refused(404, 'BLOB_UNKNOWN', 'blob unknown to registry') : new Response(CONTENT);

  test('is not read from there', async () => {
    const { repository, seen } = scripted(answer);
    await expect(collectBytes(repository.blob(elsewhere))).rejects.toMatchObject({
      code: 'BLOB_UNKNOWN',
      message: expect.stringContaining('it has urls elsewhere, which are not followed'),
    });
    expect(seen).toHaveLength(1);
  });

  test('is read from there when that is told, and verified', async () => {
    const { repository, seen } = scripted(answer, { followForeignUrls: true });
    expect(Buffer.from(await collectBytes(repository.blob(elsewhere))).toString()).toBe('content');
    expect(seen.map(({ url }) => url.href).slice(1)).toEqual(['https://vendor.test/layer']);
    await expect(collectBytes(repository.blob({ ...elsewhere, digest: ABSENT }))).rejects.toMatchObject({
      code: 'DIGEST_INVALID',
    });
  });
});

test.each(['..', 'a b', 'a/b', '', '-x', 'x'.repeat(129), 'a?b', 'sha256:short'])(
  'a reference that is none is not asked for: %s',
  async (reference) => {
    const { repository, seen } = scripted(found);
    await expect(repository.resolve(reference)).rejects.toMatchObject({ code: 'NAME_INVALID' });
    await expect(
      repository.putManifest(reference, bytes('{"schemaVersion":2,"manifests":[]}'), OCI_MANIFEST),
    ).rejects.toMatchObject({ code: 'NAME_INVALID' });
    expect(seen).toHaveLength(0);
  },
);

test.each(['../x', 'A', 'a//b', '', 'x'.repeat(256)])('a repository that is none: %s', (repository) => {
  expect(() => scripted(found).client.repository({ registry: REGISTRY, repository })).toThrowError(
    expect.objectContaining({ code: 'NAME_INVALID' }),
  );
});

test.each(['a b', 'x@y.test', 'r.test/x', 'plain', ''])('a registry that is none: %s', (registry) => {
  expect(() => scripted(found).client.repository({ registry, repository: 'app' })).toThrowError(
    expect.objectContaining({ code: 'NAME_INVALID' }),
  );
});

test('a manifest that nobody can read can be deleted', async () => {
  const { repository, seen } = scripted(
    ({ method }) => new Response('<html>', { status: method === 'GET' ? 200 : 202 }),
  );
  await repository.deleteManifest(digestOf(bytes('<html>')));
  expect(seen.map(({ method }) => method)).toEqual(['GET', 'DELETE']);
});

test('a body that was cut is not the end of a manifest', async () => {
  const manifest = bytes(JSON.stringify({ schemaVersion: 2, manifests: [] }));
  const { repository } = scripted((_, number) => new Response(number === 1 ? cut(manifest.subarray(0, 9)) : manifest));
  expect((await repository.manifest('v1')).document.kind).toBe('index');
});

/** A `fetch` that ends when its signal does, as real ones do. */
function abortable(answer: () => Promise<Response>): (request: Request) => Promise<Response> {
  return (request) =>
    new Promise((resolve, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
      answer().then(resolve, reject);
    });
}
