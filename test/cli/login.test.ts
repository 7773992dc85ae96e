import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryBlobs } from '../../src/blob/memory.js';
import { main } from '../../src/cli/main.js';
import { type HttpServer, serveHttp } from '../../src/node/registry/http-server.js';
import { basicAccess } from '../../src/registry/server/access/basic.js';
import { createRegistry } from '../../src/registry/server/registry.js';
import { makeWorld } from './kit.js';
import { type Store, withStore } from './store.js';

const PASSWORD = 's3cret word';
let server: HttpServer;
let host = '';

beforeAll(async () => {
  const passwords = async (user: string, password: string): Promise<boolean> =>
    user === 'alice' && password === PASSWORD;
  const registry = createRegistry({ blobs: new MemoryBlobs(), authorize: basicAccess({ passwords }) });
  server = await serveHttp(registry);
  host = `127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

const login = (store: Store, password = PASSWORD, more = ''): ReturnType<Store['run']> =>
  store.run(`login -u alice --password-stdin --authfile auth.json ${more}${host}`, { stdin: `${password}\n` });

const auths = async (store: Store): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(store.directory, 'auth.json'), 'utf8')).auths ?? {};

describe('login', () => {
  test('checks the credentials and keeps them for the verbs that come', () =>
    withStore(async (store) => {
      await store.ok(`tag demo/base:1 ${host}/app:1`);
      const refused = await store.run(`push --authfile auth.json ${host}/app:1`);
      expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/unauthorized/)]);
      const { out, err, code } = await login(store);
      expect([code, out]).toEqual([0, 'Login Succeeded\n']);
      expect(err).toContain(`unencrypted in ${store.directory}/auth.json`);
      expect((await stat(join(store.directory, 'auth.json'))).mode & 0o777).toBe(0o600);
      await store.ok(`push -q --authfile auth.json ${host}/app:1`);
      await store.ok(`push -q ${host}/app:1`, { env: { REGISTRY_AUTH_FILE: join(store.directory, 'auth.json') } });
    }));

  test('keeps what else is in the file, and logout takes away only its own', () =>
    withStore(async (store) => {
      const other = { auths: { 'other.example': { auth: 'eDp5' } }, detachKeys: 'ctrl-e' };
      await writeFile(join(store.directory, 'auth.json'), JSON.stringify(other));
      await login(store);
      expect(Object.keys(await auths(store)).sort()).toEqual([host, 'other.example']);
      expect(await store.ok(`logout --authfile auth.json ${host}`)).toBe(`Removing login credentials for ${host}\n`);
      expect(JSON.parse(await readFile(join(store.directory, 'auth.json'), 'utf8'))).toEqual(other);
      expect(await store.ok(`logout --authfile auth.json ${host}`)).toBe(`Not logged in to ${host}\n`);
    }));

  test('keeps nothing that the registry refuses, and no password is ever shown', () =>
    withStore(async (store) => {
      const { code, err, out } = await login(store, 'wr0ng word', '--debug ');
      expect(code).toBe(1);
      expect(err).toMatch(/unauthorized/);
      expect(err + out).not.toContain('wr0ng');
      expect(err + out).not.toContain(Buffer.from('alice:wr0ng word').toString('base64'));
      await expect(auths(store)).rejects.toThrow('ENOENT');
    }));

  test('asks on a terminal for what was not said, and shows no password', () =>
    withStore(async (store) => {
      const world = makeWorld({ isTTY: true, cwd: store.directory });
      const raw: boolean[] = [];
      const keys = ['alice\n', `${PASSWORD.slice(0, 3)}x\u007f${PASSWORD.slice(3)}\r`];
      const stdin = {
        isTTY: true,
        setRawMode: (isRaw: boolean) => raw.push(isRaw),
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false, value: Buffer.from(keys.shift() ?? '') }) as const,
        }),
      };
      expect(await main(['login', '--authfile', 'auth.json', host], { ...world.io, stdin })).toBe(0);
      expect(raw).toEqual([true, false]);
      expect(world.stderr.text).toMatch(/^Username for .*: Password: \n/);
      expect(world.stdout.text + world.stderr.text).not.toContain(PASSWORD);
      expect(Object.keys(await auths(store))).toEqual([host]);
    }));

  test('gives a helper the credentials, over its standard input alone', () =>
    withStore(async (store) => {
      const bin = join(store.directory, 'bin');
      await mkdir(bin);
      const script = `#!/bin/sh\necho "$@" >> "${bin}/arguments"\ncat > "${bin}/$1"\n`;
      await writeFile(join(bin, 'docker-credential-fake'), script, { mode: 0o755 });
      await writeFile(join(store.directory, 'auth.json'), JSON.stringify({ credHelpers: { [host]: 'fake' } }));
      const options = { stdin: PASSWORD, env: { PATH: `${bin}:${process.env['PATH']}` } };
      const { code, err } = await store.run(`login -u alice --password-stdin --authfile auth.json ${host}`, options);
      expect([code, err]).toEqual([0, '']);
      expect(JSON.parse(await readFile(join(bin, 'store'), 'utf8'))).toEqual({
        ServerURL: host,
        Username: 'alice',
        Secret: PASSWORD,
      });
      expect(await readFile(join(bin, 'arguments'), 'utf8')).toBe('store\n');
      expect(await auths(store)).toEqual({ [host]: {} });
    }));

  test('is refused where it makes no sense', () =>
    withStore(async (store) => {
      expect((await store.run(`login ${host}`)).code).toBe(125);
      expect((await store.run(`login --password-stdin ${host}`, { stdin: 'x' })).code).toBe(125);
      expect((await store.run(`login -u a -p b --password-stdin ${host}`, { stdin: 'x' })).code).toBe(125);
      expect((await login(store, '')).code).toBe(1);
    }));
});

test('credentials can be given for one call', () =>
  withStore(async (store) => {
    await store.ok(`tag demo/base:1 ${host}/once:1`);
    await store.ok(['push', '-q', '--creds', `alice:${PASSWORD}`, `${host}/once:1`]);
    const { code, err } = await store.run(['pull', '--creds', 'alice:wr0ng', `${host}/once:1`]);
    expect([code, err]).toEqual([1, expect.stringMatching(/unauthorized/)]);
    expect(err).not.toContain('wr0ng');
  }));
