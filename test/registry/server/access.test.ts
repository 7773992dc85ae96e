import { hash } from 'bcryptjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/digest/hasher.js';
import { compareBcrypt } from '../../../src/node/registry/bcrypt.js';
import { parseChallenges } from '../../../src/registry/protocol/challenge.js';
import type { Authorize } from '../../../src/registry/server/access/access.js';
import { basicAccess, parseBasic } from '../../../src/registry/server/access/basic.js';
import { type CheckPassword, htpasswd, parseHtpasswd } from '../../../src/registry/server/access/passwords.js';
import { type Rights, readingForAll } from '../../../src/registry/server/access/rights.js';
import { parseScopes } from '../../../src/registry/server/access/scope.js';
import { tokenAccess } from '../../../src/registry/server/access/tokens.js';
import { readOnly } from '../../../src/registry/server/read-only.js';
import type { RequestHandler } from '../../../src/registry/server/registry.js';
import { requires } from '../../kit/requires.js';
import { run } from '../../kit/run.js';
import { type Answer, ask, bytesOf, HOST, NAME, newRegistry, pushBlob, pushImage } from './kit.js';

const passwords: CheckPassword = async (user, password) => password === `${user}'s`;

function basic(user: string, password: string = `${user}'s`): { authorization: string } {
  return { authorization: `Basic ${btoa(`${user}:${password}`)}` };
}

/** alice may do everything, bob may read; team/ is alice's alone. */
const rights: Rights = (user, repository, action) => {
  if (user === 'alice') return true;
  return user === 'bob' && action === 'pull' && repository?.startsWith('team/') !== true;
};

describe('Basic', () => {
  let registry: RequestHandler;

  beforeEach(() => {
    registry = newRegistry({ authorize: basicAccess({ passwords, rights, realm: 'a "realm"' }) });
  });

  const upload = (headers: Record<string, string>, name: string = NAME): Promise<Answer> =>
    ask(registry, 'POST', `/v2/${name}/blobs/uploads/`, { headers });

  test('asks who it is, also for the ping', async () => {
    for (const path of ['/v2/', '/v2/_catalog', `/v2/${NAME}/tags/list`, `/v2/${NAME}/manifests/latest`]) {
      const { status, code, headers } = await ask(registry, 'GET', path);
      expect([status, code]).toEqual([401, 'UNAUTHORIZED']);
      const [challenge] = parseChallenges(headers.get('www-authenticate') ?? undefined);
      expect([challenge?.scheme, challenge?.parameters.get('realm')]).toEqual(['basic', 'a "realm"']);
    }
  });

  test('lets in who knows the password', async () => {
    expect((await ask(registry, 'GET', '/v2/', { headers: basic('alice') })).status).toBe(200);
    expect((await upload(basic('alice'))).status).toBe(202);
  });

  test.each([
    ['a wrong password', basic('alice', 'wrong')],
    ['an unknown user', basic('eve', 'x')],
    ['another scheme', { authorization: 'Bearer abc' }],
    ['no base64', { authorization: 'Basic %%%' }],
    ['no colon', { authorization: `Basic ${btoa('alice')}` }],
    ['bytes that are no text', { authorization: 'Basic /////w==' }],
  ])('does not let in %s', async (_name, headers) => {
    expect((await ask(registry, 'GET', '/v2/', { headers })).status).toBe(401);
  });

  test('denies what a user may not do, without another question', async () => {
    const { status, code, headers } = await upload(basic('bob'));
    expect([status, code, headers.get('www-authenticate')]).toEqual([403, 'DENIED', null]);
    expect((await ask(registry, 'GET', '/v2/team/x/tags/list', { headers: basic('bob') })).status).toBe(403);
  });

  test('says nothing of what is there to those who may not know', async () => {
    const there = await ask(registry, 'GET', `/v2/team/x/blobs/sha256:${'a'.repeat(64)}`, { headers: basic('bob') });
    expect(there.code).toBe('DENIED');
  });

  test('mounts nothing from where the caller may not read', async () => {
    const both: Rights = (user, repository) => user === 'carol' && repository !== 'team/x';
    registry = newRegistry({
      authorize: basicAccess({ passwords, rights: (u, r, a) => both(u, r, a) || rights(u, r, a) }),
    });
    const withAlice: RequestHandler = {
      fetch: (request) => {
        request.headers.set('authorization', basic('alice').authorization);
        return registry.fetch(request);
      },
    };
    const digest = await pushBlob(withAlice, bytesOf(10), 'team/x');
    const mount = `/v2/carols/blobs/uploads/?mount=${digest}`;
    expect((await ask(registry, 'POST', `${mount}&from=team/x`, { headers: basic('carol') })).status).toBe(202);
    expect((await ask(registry, 'POST', mount, { headers: basic('carol') })).status).toBe(202);
    expect((await ask(registry, 'POST', `${mount}&from=team/x`, { headers: basic('alice') })).status).toBe(201);
  });

  test('shows of all repositories those that the caller may read', async () => {
    const open = newRegistry();
    for (const name of ['team/x', 'open/y']) await pushImage(open, { name });
    const authorize: Authorize = async ({ repository }) =>
      repository === 'team/x' ? { kind: 'denied' } : { kind: 'granted' };
    let isShut = false;
    registry = newRegistry({ authorize: async (asked) => (isShut ? authorize(asked) : { kind: 'granted' }) });
    for (const name of ['team/x', 'open/y']) await pushImage(registry, { name });
    isShut = true;
    expect(JSON.parse((await ask(registry, 'GET', '/v2/_catalog')).text)).toEqual({ repositories: ['open/y'] });
  });

  test('lets everybody read, where that is what is wanted', async () => {
    registry = newRegistry({ authorize: basicAccess({ passwords, rights: readingForAll }) });
    expect((await ask(registry, 'GET', '/v2/')).status).toBe(200);
    expect((await upload({})).status).toBe(401);
    expect((await upload(basic('bob'))).status).toBe(202);
    expect((await ask(registry, 'GET', '/v2/', { headers: basic('bob', 'wrong') })).status).toBe(401);
  });

  test('reads colons and letters of all kinds in a password', () => {
    const encoded = Buffer.from('jürgen:a:b:ü').toString('base64');
    expect(parseBasic(`basic ${encoded}`)).toEqual({ user: 'jürgen', password: 'a:b:ü' });
  });
});

describe('a file of users', () => {
  const ALICE = 'alice:$2y$05$';

  test('knows passwords by bcrypt, in each of its spellings', async () => {
    const hashed = await hash('s3cret', 4);
    const text = ['a', 'b', 'y'].map((letter) => `u${letter}:${hashed.replace('$2b$', `$2${letter}$`)}`).join('\n');
    const check = htpasswd(`# users\n\n${text}\r\n`, compareBcrypt);
    for (const user of ['ua', 'ub', 'uy']) {
      expect(await check(user, 's3cret')).toBe(true);
      expect(await check(user, 'secret')).toBe(false);
    }
    expect(await check('nobody', 's3cret')).toBe(false);
    expect(await htpasswd('', compareBcrypt)('nobody', '')).toBe(false);
  });

  requires('htpasswd')('knows the passwords that htpasswd wrote', async () => {
    const lines = [
      await run('htpasswd', ['-Bbn', 'alice', 's3cret']),
      await run('htpasswd', ['-BbnC', '6', 'bob', 'pä:ss']),
    ];
    const check = htpasswd(lines.join(''), compareBcrypt);
    expect([await check('alice', 's3cret'), await check('bob', 'pä:ss')]).toEqual([true, true]);
    expect([await check('alice', 'pä:ss'), await check('bob', '')]).toEqual([false, false]);
  });

  test('hashes a password that was right once, and one that was wrong each time', async () => {
    let compared = 0;
    let now = 0;
    const compare = async (password: string): Promise<boolean> => {
      compared++;
      return password === 'right';
    };
    const check = htpasswd(`${ALICE}${'a'.repeat(53)}`, compare, () => now);
    for (let i = 0; i < 3; i++) expect(await check('alice', 'right')).toBe(true);
    expect(compared).toBe(1);
    for (let i = 0; i < 3; i++) expect(await check('alice', 'wrong')).toBe(false);
    expect(compared).toBe(4);
    now += 10 * 60 * 1000;
    await check('alice', 'right');
    expect(compared).toBe(5);
  });

  test('compares for users that it does not know as well', async () => {
    let compared = 0;
    const check = htpasswd(`${ALICE}${'a'.repeat(53)}`, async () => {
      compared++;
      return true;
    });
    expect(await check('eve', 'x')).toBe(false);
    expect(compared).toBe(1);
  });

  test.each(['alice', 'alice:plain', 'alice:{SHA}abc=', 'alice:$apr1$a$b', ':$2y$05$x', `${ALICE}${'a'.repeat(52)}`])(
    'is refused for the line %s',
    (line) => {
      expect(() => parseHtpasswd(`# first\n${line}`)).toThrow(/^line 2 /);
    },
  );
});

describe('tokens', () => {
  let registry: RequestHandler;
  let now = 1_700_000_000_000;

  beforeEach(() => {
    const access = tokenAccess({ passwords, rights, service: 'here', lifetimeSeconds: 60, now: () => now });
    registry = access.around(newRegistry({ authorize: access.authorize }));
  });

  interface Issued {
    readonly token: string;
    readonly access_token: string;
    readonly expires_in: number;
    readonly issued_at: string;
    readonly scope: string;
    readonly refresh_token?: string;
  }

  async function get(query: string, headers: Record<string, string> = {}): Promise<Issued> {
    const answer = await ask(registry, 'GET', `/token?service=here${query}`, { headers });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return JSON.parse(answer.text) as Issued;
  }

  function post(form: Record<string, string>): Promise<Answer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return ask(registry, 'POST', '/token', { body: new URLSearchParams(form).toString(), headers });
  }

  const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });
  const start = (token: string, name: string = NAME): Promise<Answer> =>
    ask(registry, 'POST', `/v2/${name}/blobs/uploads/`, { headers: bearer(token) });

  test('are asked for where the challenge says, with the scope that it names', async () => {
    const { status, headers } = await ask(registry, 'POST', `/v2/${NAME}/blobs/uploads/`);
    const [challenge] = parseChallenges(headers.get('www-authenticate') ?? undefined);
    expect([status, challenge?.scheme, Object.fromEntries(challenge?.parameters ?? [])]).toEqual([
      401,
      'bearer',
      { realm: `${HOST}/token`, service: 'here', scope: `repository:${NAME}:pull,push` },
    ]);
    const { token, access_token, expires_in, issued_at, scope, refresh_token } = await get(
      `&scope=repository:${NAME}:pull,push`,
      basic('alice'),
    );
    expect([access_token, expires_in, issued_at, scope, refresh_token]).toEqual([
      token,
      60,
      new Date(now).toISOString(),
      `repository:${NAME}:pull,push`,
      undefined,
    ]);
    expect((await start(token)).status).toBe(202);
  });

  test('are good for the ping whatever their scope', async () => {
    const { token } = await get('', basic('bob'));
    expect((await ask(registry, 'GET', '/v2/', { headers: bearer(token) })).status).toBe(200);
  });

  test('are good for what the user may do of what was asked for', async () => {
    const { token, scope } = await get(
      `&scope=repository:${NAME}:pull,push&scope=repository:team/x:pull`,
      basic('bob'),
    );
    expect(scope).toBe(`repository:${NAME}:pull repository:team/x:`);
    const { status, headers } = await start(token);
    const [challenge] = parseChallenges(headers.get('www-authenticate') ?? undefined);
    expect([status, challenge?.parameters.get('error')]).toEqual([401, 'insufficient_scope']);
    expect((await ask(registry, 'GET', `/v2/${NAME}/tags/list`, { headers: bearer(token) })).status).toBe(404);
  });

  test('are good for no other repository', async () => {
    const { token } = await get(`&scope=repository:${NAME}:pull,push`, basic('alice'));
    expect((await start(token, 'other')).status).toBe(401);
  });

  test('have several scopes, in one parameter or in many', async () => {
    for (const query of [
      '&scope=repository:a:pull,push&scope=repository:b:pull,push',
      `&scope=${encodeURIComponent('repository:a:pull,push repository:b:pull,push')}`,
    ]) {
      const { token } = await get(query, basic('alice'));
      for (const name of ['a', 'b']) expect((await start(token, name)).status).toBe(202);
    }
  });

  test('are asked for again for a mount, with its source, and may be without a right to it', async () => {
    const { token } = await get('&scope=repository:team/x:pull,push', basic('alice'));
    const digest = digestOf(bytesOf(10));
    const pushed = await ask(registry, 'POST', `/v2/team/x/blobs/uploads/?digest=${digest}`, {
      headers: bearer(token),
      body: bytesOf(10),
    });
    expect(pushed.status).toBe(201);
    const mount = (own: string): Promise<Answer> =>
      ask(registry, 'POST', `/v2/${NAME}/blobs/uploads/?mount=${digest}&from=team/x`, { headers: bearer(own) });
    const narrow = await get(`&scope=repository:${NAME}:pull,push`, basic('alice'));
    const refused = await mount(narrow.token);
    const [challenge] = parseChallenges(refused.headers.get('www-authenticate') ?? undefined);
    expect([refused.status, challenge?.parameters.get('scope')]).toEqual([
      401,
      `repository:${NAME}:pull,push repository:team/x:pull`,
    ]);
    const both = encodeURIComponent(challenge?.parameters.get('scope') ?? '');
    expect((await mount((await get(`&scope=${both}`, basic('alice'))).token)).status).toBe(201);
    // One who may push here, and not read there, goes on with a push: nothing is told of what is there.
    const outsider = tokenAccess({ passwords, now: () => now, rights: (_user, repository) => repository !== 'team/x' });
    registry = outsider.around(newRegistry({ authorize: outsider.authorize }));
    expect((await mount((await get(`&scope=${both}`, basic('bob'))).token)).status).toBe(202);
  });

  test('are over when their time is', async () => {
    const { token } = await get(`&scope=repository:${NAME}:pull,push`, basic('alice'));
    now += 61_000;
    const { status, headers } = await start(token);
    const [challenge] = parseChallenges(headers.get('www-authenticate') ?? undefined);
    expect([status, challenge?.parameters.get('error')]).toEqual([401, 'invalid_token']);
  });

  test.each(['abc', '', 'a b', 'x'.repeat(10_000)])('that were not given out are not good: %s', async (token) => {
    expect((await start(token)).status).toBe(401);
  });

  test('of nobody are good for what nobody may do', async () => {
    const access = tokenAccess({ passwords, rights: readingForAll, now: () => now });
    registry = access.around(newRegistry({ authorize: access.authorize }));
    const { token, scope } = await get(`&scope=repository:${NAME}:pull,push`);
    expect(scope).toBe(`repository:${NAME}:pull`);
    expect((await ask(registry, 'GET', `/v2/${NAME}/tags/list`, { headers: bearer(token) })).code).toBe('NAME_UNKNOWN');
  });

  test.each([
    ['a wrong password', basic('alice', 'wrong')],
    ['an unknown user', basic('eve', 'x')],
    ['no password at all, but a token', { authorization: 'Bearer abc' }],
  ])('are not given for %s', async (_name, headers) => {
    const { status, code } = await ask(registry, 'GET', '/token', { headers });
    expect([status, code]).toEqual([401, 'UNAUTHORIZED']);
  });

  test('are given by a form, and again for the identity token that came with them', async () => {
    const scope = `repository:${NAME}:pull,push`;
    const form = {
      grant_type: 'password',
      service: 'here',
      client_id: 'test',
      scope,
      username: 'alice',
      password: "alice's",
    };
    const first = JSON.parse((await post({ ...form, access_type: 'offline' })).text) as Issued;
    expect((await start(first.access_token)).status).toBe(202);
    expect((JSON.parse((await post(form)).text) as Issued).refresh_token).toBeUndefined();
    now += 61_000;
    const again = await post({
      grant_type: 'refresh_token',
      service: 'here',
      client_id: 'test',
      scope,
      refresh_token: first.refresh_token ?? '',
    });
    const second = JSON.parse(again.text) as Issued;
    expect([again.status, second.refresh_token]).toEqual([200, first.refresh_token]);
    expect((await start(second.access_token)).status).toBe(202);
  });

  test('that stand for a password come with a GET as well, when they are asked for', async () => {
    const { refresh_token } = await get('&offline_token=true', basic('bob'));
    expect((await post({ grant_type: 'refresh_token', refresh_token: refresh_token ?? '' })).status).toBe(200);
  });

  test.each([
    ['a wrong password', { grant_type: 'password', username: 'alice', password: 'x' }, 401],
    ['a refresh token that is none', { grant_type: 'refresh_token', refresh_token: 'x' }, 401],
    ['another grant', { grant_type: 'magic' }, 400],
    ['nothing', {}, 400],
    ['a form that is too long', { grant_type: 'password', username: 'x'.repeat(100_000) }, 413],
  ])('are not given by a form for %s', async (_name, form, status) => {
    expect((await post(form as Record<string, string>)).status).toBe(status);
  });

  test('are not to be had otherwise', async () => {
    const { status, headers } = await ask(registry, 'DELETE', '/token');
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

describe('a scope', () => {
  test.each([
    ['repository:a/b:pull', [{ repository: 'a/b', actions: ['pull'] }]],
    ['repository:a:push,pull,dance', [{ repository: 'a', actions: ['pull', 'push'] }]],
    ['repository:a:*', [{ repository: 'a', actions: ['pull', 'push', 'delete'] }]],
    ['repository(plugin):a:pull', [{ repository: 'a', actions: ['pull'] }]],
    ['registry:catalog:*', []],
    ['repository:../a:pull', []],
    ['repository:a', []],
    ['', []],
  ])('%s', (text, scopes) => expect(parseScopes(text)).toEqual(scopes));

  test('in thousands is not read to the end', () => {
    expect(parseScopes('repository:a:pull '.repeat(10_000))).toHaveLength(100);
  });
});

describe('a registry that is only read', () => {
  test('answers what would change something with a 405', async () => {
    const inner = newRegistry();
    const { digest } = await pushImage(inner, { reference: 'v1' });
    const registry = readOnly(inner);
    for (const [method, path] of [
      ['PUT', 'manifests/v1'],
      ['DELETE', 'manifests/v1'],
      ['POST', 'blobs/uploads/'],
      ['DELETE', `blobs/${digest}`],
    ] as const) {
      const { status, code, headers } = await ask(registry, method, `/v2/${NAME}/${path}`);
      expect([status, code, headers.get('allow')]).toEqual([405, 'UNSUPPORTED', 'GET, HEAD']);
    }
    expect((await ask(registry, 'GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
  });
});
