import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.js';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import { digestOf } from '../../../src/digest/hasher.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import { matchRoute } from '../../../src/registry/server/routes.js';
import { ask, bytesOf, NAME, newRegistry, pushBlob } from './kit.js';

let registry: Registry;

beforeEach(() => {
  registry = newRegistry();
});

const digest = digestOf(bytesOf(1));
const LONG = 'a'.repeat(300);

describe('a name that is none is refused on every route', () => {
  test.each([
    'UPPER',
    'a/Upper',
    'a//b',
    '/a',
    'a/',
    '',
    '-a',
    'a-',
    'a..b',
    'a___b',
    '_a',
    'a/_tags',
    '.a',
    'a%00b',
    'a%2f%2e%2e%2fb',
    '%2e%2e%2fetc',
    'a%20b',
    'a%0ab',
    'é',
    'a\u{1F600}',
    'a:b',
    'a@b',
    LONG,
    `a/${LONG}`,
  ])('%j', async (name) => {
    for (const [method, rest] of [
      ['GET', 'tags/list'],
      ['GET', 'manifests/latest'],
      ['PUT', 'manifests/latest'],
      ['DELETE', 'manifests/latest'],
      ['GET', `referrers/${digest}`],
      ['GET', `blobs/${digest}`],
      ['DELETE', `blobs/${digest}`],
      ['POST', 'blobs/uploads/'],
      ['PATCH', 'blobs/uploads/00000000-0000-4000-8000-000000000000'],
    ] as const) {
      const { status, code } = await ask(registry, method, `/v2/${name}/${rest}`);
      expect([status, code], `${method} ${rest}`).toEqual([400, 'NAME_INVALID']);
    }
  });

  // A URL takes these away before anyone sees them.
  test.each(['..', '.', '%2e%2e', '%2E%2e/%2e'])('%s leads nowhere', async (name) => {
    const { status } = await ask(registry, 'GET', `/v2/a/../../${name}/tags/list`);
    expect(status).toBe(404);
  });

  test('of 255 characters is a name', async () => {
    expect((await ask(registry, 'GET', `/v2/${'a'.repeat(255)}/tags/list`)).code).toBe('NAME_UNKNOWN');
  });

  test('that has words of the paths in it is a name', () => {
    const match = (path: string): unknown => {
      const { name, last } = matchRoute('GET', path);
      return [name, last];
    };
    expect(match('/v2/a/blobs/uploads/tags/list')).toEqual(['a/blobs/uploads', '']);
    expect(match(`/v2/a/manifests/b/blobs/${digest}`)).toEqual(['a/manifests/b', digest]);
    expect(match('/v2/tags/list/manifests/x')).toEqual(['tags/list', 'x']);
  });

  test('that is not well encoded is refused', async () => {
    const { status, code } = await ask(registry, 'GET', '/v2/a%zz/tags/list');
    expect([status, code]).toEqual([400, 'NAME_INVALID']);
  });

  test('of a megabyte is refused in no time', async () => {
    const start = performance.now();
    expect((await ask(registry, 'GET', `/v2/${'a/'.repeat(500_000)}tags/list`)).code).toBe('NAME_INVALID');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('a tag that is none is refused', () => {
  test.each(['.a', '-a', 'a b', 'a%2fb', 'a%00', 'é', 'x'.repeat(129)])('%j', async (tag) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, code } = await ask(registry, method, `/v2/${NAME}/manifests/${tag}`);
      expect([status, code], method).toEqual([400, 'NAME_INVALID']);
    }
  });

  test('of 128 characters is a tag', async () => {
    expect((await ask(registry, 'GET', `/v2/${NAME}/manifests/${'x'.repeat(128)}`)).code).toBe('MANIFEST_UNKNOWN');
  });
});

describe('a digest that is none is refused', () => {
  test.each([
    'sha256:abc',
    `sha256:${'A'.repeat(64)}`,
    `SHA256:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `sha256:${'a'.repeat(65)}`,
    `sha256:${'g'.repeat(64)}`,
    `sha512:${'a'.repeat(64)}`,
    `md5:${'a'.repeat(32)}`,
    'sha256',
    ':',
    `sha256:..%2f..%2f${'a'.repeat(58)}`,
  ])('%s', async (text) => {
    for (const [method, path] of [
      ['GET', `blobs/${text}`],
      ['HEAD', `blobs/${text}`],
      ['DELETE', `blobs/${text}`],
      ['GET', `referrers/${text}`],
      ['POST', `blobs/uploads/?digest=${text}`],
      ['POST', `blobs/uploads/?mount=${text}&from=other`],
    ] as const) {
      const { status } = await ask(registry, method, `/v2/${NAME}/${path}`);
      expect(status, `${method} ${path}`).toBe(400);
    }
  });
});

describe('what leads nowhere', () => {
  test.each(['/', '/v1/', '/v2/nothing', '/v2x', '/v2/_catalog/x', '/favicon.ico', `/v2/${NAME}/tags/list/x`])(
    '%s',
    async (path) => {
      const { status, code } = await ask(registry, 'GET', path);
      expect([status, code]).toEqual([404, 'UNSUPPORTED']);
    },
  );

  test.each([
    ['POST', `/v2/${NAME}/manifests/latest`, 'GET, PUT, DELETE, HEAD'],
    ['PUT', `/v2/${NAME}/blobs/uploads/`, 'POST'],
    ['GET', `/v2/${NAME}/blobs/uploads/`, 'POST'],
    ['DELETE', '/v2/', 'GET, HEAD'],
    ['PATCH', `/v2/${NAME}/tags/list`, 'GET, HEAD'],
    ['OPTIONS', '/v2/', 'GET, HEAD'],
  ])('%s %s says what can be done there', async (method, path, allow) => {
    const { status, code, headers } = await ask(registry, method, path);
    expect([status, code, headers.get('allow')]).toEqual([405, 'UNSUPPORTED', allow]);
  });
});

test('every error has the body that the specification gives it', async () => {
  const { headers, text } = await ask(registry, 'GET', `/v2/${NAME}/blobs/${digest}`);
  expect(headers.get('content-type')).toBe('application/json');
  const body = JSON.parse(text) as { errors: JsonObject[] };
  expect(Object.keys(body)).toEqual(['errors']);
  expect(body.errors).toEqual([{ code: 'BLOB_UNKNOWN', message: expect.any(String), detail: { digest } }]);
});

test('a store that fails is a 500 that does not say how, and is told to the owner', async () => {
  const blobs = new MemoryBlobs();
  const errors: unknown[] = [];
  const own = newRegistry({ blobs, onError: (error) => errors.push(error) });
  const pushed = await pushBlob(own, bytesOf(10));
  blobs.stat = async () => {
    throw new Error('/secret/path: EIO');
  };
  const { status, text } = await ask(own, 'GET', `/v2/${NAME}/blobs/${pushed}`);
  expect([status, text]).toEqual([500, '{"errors":[{"code":"UNKNOWN","message":"the registry failed"}]}']);
  expect(errors).toHaveLength(1);
});

test.each(['-1', 'x', '1.5', '99999999999999999999'])('the Content-Length %s is refused', async (length) => {
  const path = `/v2/${NAME}/blobs/uploads/?digest=${digest}`;
  const { status, code } = await ask(registry, 'POST', path, {
    body: bytesOf(1),
    headers: { 'content-length': length },
  });
  expect([status, code]).toEqual([400, 'SIZE_INVALID']);
});
