/** Who one is, and whom it is told to. */

import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../../src/base/stream.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import { MemoryCredentials, type RegistryCredential } from '../../../src/registry/client/credentials.js';
import { covers, joinScopes } from '../../../src/registry/client/scope.js';
import { type Answer, bytes, json, REGISTRY, refused, type SeenRequest, scripted } from './scripted.js';

const CONTENT = bytes('content');
const BLOB = { digest: digestOf(CONTENT), size: CONTENT.length };
const as = (credential: RegistryCredential, registry = REGISTRY) => ({
  credentials: new MemoryCredentials({ [registry]: credential }),
});
const alice = as({ username: 'alice', password: 's3cret' });
const ALICE = `Basic ${Buffer.from('alice:s3cret').toString('base64')}`;

/** A registry that wants tokens of a service, and the service. */
function tokens(options: {
  readonly realm?: string;
  readonly scope?: string;
  readonly token?: (request: SeenRequest, number: number) => Response;
  readonly good?: (token: string) => boolean;
}): Answer {
  const { realm = 'https://auth.test/token', good = () => true } = options;
  const scope = options.scope === undefined ? '' : `,scope="${options.scope}"`;
  const challenge = { 'www-authenticate': `Bearer realm="${realm}",service="registry.test"${scope}` };
  let asked = 0;
  return (request) => {
    if (request.url.href.startsWith(realm)) {
      asked++;
      return options.token?.(request, asked) ?? json({ token: `t${asked}`, expires_in: 300 });
    }
    const [scheme, token = ''] = (request.headers.get('authorization') ?? '').split(' ');
    if (scheme !== 'Bearer' || !good(token)) return refused(401, 'UNAUTHORIZED', 'authentication required', challenge);
    if (request.method === 'HEAD') return new Response(null, { headers: { 'content-length': `${CONTENT.length}` } });
    return new Response(CONTENT);
  };
}

const hosts = (seen: readonly SeenRequest[]): string[] => seen.map(({ url }) => url.host);
const sent = (seen: readonly SeenRequest[]): (string | null)[] =>
  seen.map(({ headers }) => headers.get('authorization'));

describe('a token', () => {
  test('is asked for once, by nobody, and used until it is old', async () => {
    let now = 0;
    const { repository, seen } = scripted(tokens({}), { now: () => now });
    await repository.statBlob(BLOB.digest);
    await repository.statBlob(BLOB.digest);
    expect(hosts(seen)).toEqual([REGISTRY, 'auth.test', REGISTRY, REGISTRY]);
    expect(sent(seen)).toEqual([null, null, 'Bearer t1', 'Bearer t1']);
    expect(seen[1]?.url.search).toBe('?service=registry.test&scope=repository%3Aapp%3Apull');
    now = 271_000;
    await repository.statBlob(BLOB.digest);
    expect(sent(seen).slice(4)).toEqual([null, 'Bearer t2']);
  });

  test('is asked for with the password', async () => {
    const { repository, seen } = scripted(tokens({}), alice);
    await repository.statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, ALICE, 'Bearer t1']);
    expect(seen.map(({ url }) => url.href).join()).not.toContain('s3cret');
  });

  test('is asked for with an identity token in a form', async () => {
    const { repository, seen } = scripted(
      tokens({ token: () => json({ access_token: 'granted' }) }),
      as({ identityToken: 'ident+ity' }),
    );
    await repository.statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, null, 'Bearer granted']);
    expect(seen[1]?.method).toBe('POST');
    expect(Object.fromEntries(new URLSearchParams(seen[1]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'ident+ity',
      client_id: 'stratum',
      service: 'registry.test',
      scope: 'repository:app:pull',
    });
    expect(seen[1]?.url.search).toBe('');
  });

  test('that the credentials hold is sent as it is', async () => {
    const { repository, seen } = scripted(tokens({}), as({ registryToken: 'mine' }));
    await repository.statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, 'Bearer mine']);
  });

  test('has the scopes of the challenge and of what is done', async () => {
    const { repository, seen } = scripted(tokens({ scope: 'repository:app:push repository:other:pull' }));
    await repository.statBlob(BLOB.digest);
    expect(seen[1]?.url.searchParams.getAll('scope')).toEqual(['repository:app:pull,push', 'repository:other:pull']);
  });

  test('that is not good any more is replaced once', async () => {
    let good = 't1';
    const { repository, seen } = scripted(tokens({ good: (token) => token === good }));
    await repository.statBlob(BLOB.digest);
    good = 't2';
    await repository.statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, null, 'Bearer t1', 'Bearer t1', null, 'Bearer t2']);
  });

  test('is asked for once by many', async () => {
    const { repository, seen } = scripted(tokens({}));
    await Promise.all(Array.from({ length: 8 }, () => repository.statBlob(BLOB.digest)));
    expect(hosts(seen).filter((host) => host === 'auth.test')).toHaveLength(1);
  });

  test('for a mount has both repositories in it', async () => {
    const answer = tokens({});
    const { repository, seen } = scripted((request, number) => {
      if (request.headers.get('authorization') === null) return answer(request, number);
      return new Response(null, { status: request.method === 'HEAD' ? 404 : 201 });
    });
    expect(await repository.putBlob(BLOB, () => CONTENT, { mountFrom: ['base'] })).toBe('mounted');
    const scopes = seen
      .filter(({ url }) => url.host === 'auth.test')
      .map(({ url }) => url.searchParams.getAll('scope'));
    expect(scopes.at(-1)).toEqual(['repository:app:pull,push', 'repository:base:pull']);
  });

  test('from a service that fails for a while comes', async () => {
    const { repository, seen } = scripted(
      tokens({ token: (_, number) => (number < 3 ? new Response(null, { status: 503 }) : json({ token: 't' })) }),
    );
    await repository.statBlob(BLOB.digest);
    expect(hosts(seen)).toEqual([REGISTRY, 'auth.test', 'auth.test', 'auth.test', REGISTRY]);
  });
});

describe('a password', () => {
  test.each([
    ['http://auth.test/token', `https://${REGISTRY}`],
    ['http://registry.test/token', `https://${REGISTRY}`],
  ])('does not go to %s for %s', async (realm) => {
    const { repository, seen } = scripted(tokens({ realm }), alice);
    await repository.statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, null, 'Bearer t1']);
  });

  test('that is kept from a service is why it refuses', async () => {
    const answer = tokens({ realm: 'http://auth.test/token', token: () => new Response(null, { status: 401 }) });
    await expect(scripted(answer, alice).repository.statBlob(BLOB.digest)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('credentials are not sent there in the clear'),
    });
  });

  test('goes to a service in the clear where the registry is spoken to in the clear', async () => {
    const registry = 'localhost:5000';
    const { client, seen } = scripted(tokens({ realm: 'http://127.0.0.1:5001/token' }), {
      ...as({ username: 'alice', password: 's3cret' }, registry),
      plainHttp: true,
    });
    await client.repository({ registry, repository: 'app' }).statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, ALICE, 'Bearer t1']);
  });

  test('by Basic goes to the registry, and again without being asked', async () => {
    const { repository, seen } = scripted((request) => {
      if (request.headers.get('authorization') === ALICE) return new Response(null, { status: 404 });
      return new Response(null, { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
    }, alice);
    await repository.statBlob(BLOB.digest);
    await repository.statBlob(BLOB.digest);
    expect(sent(seen)).toEqual([null, ALICE, ALICE]);
  });

  test.each([
    ['another host', 'https://cdn.test/blob?signature=abc'],
    ['another port', `https://${REGISTRY}:444/blob`],
    ['the same host in the clear', `http://${REGISTRY}:80/blob`],
  ])('does not follow a redirect to %s', async (_, location) => {
    const { repository, seen } = scripted((request) => {
      if (request.url.pathname === '/blob') return new Response(CONTENT);
      if (request.headers.get('authorization') === null) {
        return new Response(null, { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
      }
      return new Response(null, { status: 307, headers: { location } });
    }, alice);
    const got = await collectBytes(repository.blob(BLOB));
    expect(Buffer.from(got)).toEqual(Buffer.from(CONTENT));
    const away = seen.filter(({ url }) => url.pathname === '/blob');
    expect(away).toHaveLength(1);
    for (const { url, headers } of away) {
      expect([null, url.origin === `https://${REGISTRY}` ? ALICE : null]).toContain(headers.get('authorization'));
    }
  });

  test('is not in the error of a server that repeats what it was sent', async () => {
    const { repository } = scripted((request) => {
      const given = request.headers.get('authorization');
      if (given === null)
        return new Response(null, { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
      return refused(403, 'DENIED', `no, ${given} (that is ${Buffer.from(given.slice(6), 'base64')})`);
    }, alice);
    await expect(repository.manifest('v1')).rejects.toMatchObject({
      code: 'DENIED',
      message: `${REGISTRY}/app:v1: denied: no, Basic *** (that is alice:***) (status 403)`,
    });
  });

  test('of one registry is not that of another', async () => {
    const { client, seen } = scripted(
      () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
      alice,
    );
    const other = client.repository({ registry: 'other.test', repository: 'app' });
    await expect(other.statBlob(BLOB.digest)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(sent(seen)).toEqual([null]);
  });
});

test('a challenge of no kind that is known is no reason to try again', async () => {
  const { repository, seen } = scripted(
    () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Negotiate' } }),
    alice,
  );
  await expect(repository.statBlob(BLOB.digest)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(seen).toHaveLength(1);
});

test('who has no credentials is asked for none: docker.io is found under its own name', async () => {
  const asked: string[] = [];
  const client = new RegistryClient({
    fetch: async ({ url }) => {
      asked.push(url);
      return new Response('{}');
    },
  });
  expect(await client.ping('docker.io')).toEqual({ origin: 'https://registry-1.docker.io', as: 'anonymous' });
  expect(asked).toEqual(['https://registry-1.docker.io/v2/']);
});

describe('scopes', () => {
  test('are joined by what they are of', () => {
    expect(joinScopes(['repository:b:pull', 'repository:a:push', 'repository:a:pull', 'none', ''])).toEqual([
      'repository:a:pull,push',
      'repository:b:pull',
    ]);
  });

  test.each([
    [['repository:a:pull,push'], ['repository:a:pull'], true],
    [['repository:a:pull'], ['repository:a:push'], false],
    [['repository:a:pull'], ['repository:b:pull'], false],
    [[], [], true],
  ])('%s held allow %s: %s', (held, wanted, is) => expect(covers(held, wanted)).toBe(is));
});
