/** Docker's config file and its helpers. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DockerCredentials } from '../../../src/node/registry/credentials.js';
import { requires } from '../../kit/requires.js';
import { run } from '../../kit/run.js';
import { startDockerRegistry } from './docker-registry.js';

const HUB = 'https://index.docker.io/v1/';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const alice = { username: 'alice', password: 's3cret:word' };

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stratum-credentials-'));
  file = join(folder, 'config.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (config: unknown): void =>
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
const read = (): unknown => JSON.parse(readFileSync(file, 'utf8'));
const credentials = (): DockerCredentials =>
  new DockerCredentials({ file, env: { PATH: `${folder}:${process.env['PATH']}` } });

describe('the file', () => {
  test.each([
    [{ file: '/a', env: { REGISTRY_AUTH_FILE: '/b' } }, '/a'],
    [{ env: { REGISTRY_AUTH_FILE: '/b', DOCKER_CONFIG: '/c' } }, '/b'],
    [{ env: { DOCKER_CONFIG: '/c', HOME: '/d' } }, '/c/config.json'],
    [{ env: { HOME: '/d' } }, '/d/.docker/config.json'],
  ])('%j is %s', (options, path) => expect(new DockerCredentials(options).file).toBe(path));

  test('need not be there', async () => {
    expect(await credentials().lookup('r.test')).toBeUndefined();
    expect(await credentials().erase('r.test')).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['a host', 'r.test:5000', { auths: { 'r.test:5000': { auth: base64('alice:s3cret:word') } } }, alice],
    ['a URL', 'r.test', { auths: { 'https://r.test/v1/': { auth: base64('alice:s3cret:word') } } }, alice],
    ['Docker itself', 'docker.io', { auths: { [HUB]: { auth: base64('alice:s3cret:word') } } }, alice],
    ['Docker by its name', 'docker.io', { auths: { 'docker.io': { auth: base64('alice:s3cret:word') } } }, alice],
    ['fields', 'r.test', { auths: { 'r.test': { username: 'alice', password: 's3cret:word' } } }, alice],
    [
      'an identity token',
      'r.test',
      { auths: { 'r.test': { auth: base64('alice:'), identitytoken: 'ident' } } },
      { username: 'alice', identityToken: 'ident' },
    ],
    ['a registry token', 'r.test', { auths: { 'r.test': { registrytoken: 'mine' } } }, { registryToken: 'mine' }],
    [
      'another host',
      'r.test',
      { auths: { 'r.test.evil': { auth: base64('a:b') }, 'xr.test': { auth: base64('a:b') } } },
      undefined,
    ],
    ['nothing', 'r.test', { auths: { 'r.test': {} } }, undefined],
    ['no base64 of two', 'r.test', { auths: { 'r.test': { auth: base64('alice') } } }, undefined],
    ['no object', 'r.test', { auths: ['r.test'] }, undefined],
    ['a name of objects', 'constructor', { auths: {} }, undefined],
  ])('holds credentials under %s', async (_, registry, config, expected) => {
    write(config);
    expect(await credentials().lookup(registry)).toEqual(expected);
  });

  test.each(['{"auths": {"r.test": {"auth": "c2VjcmV0', '[]', 'null', 'c2VjcmV0'])(
    'that is none is told, and not repeated: %s',
    async (text) => {
      write(text);
      const error = await credentials()
        .lookup('r.test')
        .catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'JSON_INVALID', file });
      expect(`${(error as Error).message} ${(error as Error).cause}`).not.toContain('c2VjcmV0');
    },
  );

  test('is replaced with what was in it, for its owner only', async () => {
    write({ zeta: 1, HttpHeaders: { 'X-Meta': 'a' }, auths: { 'other.test': { auth: base64('b:c') } }, alpha: [1] });
    chmodSync(file, 0o644);
    await credentials().store('r.test', alice);
    expect(read()).toEqual({
      zeta: 1,
      HttpHeaders: { 'X-Meta': 'a' },
      auths: { 'other.test': { auth: base64('b:c') }, 'r.test': { auth: base64('alice:s3cret:word') } },
      alpha: [1],
    });
    expect(Object.keys(read() as object)).toEqual(['zeta', 'HttpHeaders', 'auths', 'alpha']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config.json']);
    expect(await credentials().lookup('r.test')).toEqual(alice);
  });

  test('is made with its folder', async () => {
    file = join(folder, 'new', 'config.json');
    await credentials().store('docker.io', alice);
    expect(read()).toEqual({ auths: { [HUB]: { auth: base64('alice:s3cret:word') } } });
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
  });

  test('stays where a link leads to it', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'docker.json'), '{}');
    symlinkSync(join(folder, 'real', 'docker.json'), file);
    await credentials().store('r.test', { identityToken: 'ident' });
    expect(JSON.parse(readFileSync(join(folder, 'real', 'docker.json'), 'utf8'))).toEqual({
      auths: { 'r.test': { identitytoken: 'ident' } },
    });
  });

  test('forgets every spelling of a registry', async () => {
    write({ auths: { 'docker.io': {}, [HUB]: { auth: base64('a:b') }, 'r.test': {} } });
    expect(await credentials().erase('docker.io')).toBe(true);
    expect(read()).toEqual({ auths: { 'r.test': {} } });
    expect(await credentials().erase('docker.io')).toBe(false);
  });
});

describe('a helper', () => {
  /** Keeps what it is told in a file, and notes its arguments. */
  const helper = (name: string, get: string): void => {
    const script = join(folder, `docker-credential-${name}`);
    writeFileSync(script, `#!/bin/sh\necho "$@" >> ${folder}/args\ncat > ${folder}/stdin-$1\n${get}\n`, {
      mode: 0o755,
    });
  };
  const told = (verb: string): string => readFileSync(join(folder, `stdin-${verb}`), 'utf8');

  test('is asked before the file, on its standard input', async () => {
    helper('test', `echo '{"ServerURL":"r.test","Username":"alice","Secret":"s3cret:word"}'`);
    write({ credsStore: 'test', auths: { 'r.test': { auth: base64('other:one') } } });
    expect(await credentials().lookup('r.test')).toEqual(alice);
    expect(told('get')).toBe('r.test');
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('get\n');
  });

  test('of one registry comes before that of all', async () => {
    helper('one', `echo '{"ServerURL":"","Username":"<token>","Secret":"ident"}'`);
    helper('all', 'exit 1');
    write({ credsStore: 'all', credHelpers: { 'https://index.docker.io/v1/': 'one' } });
    expect(await credentials().lookup('docker.io')).toEqual({ identityToken: 'ident' });
    expect(told('get')).toBe(HUB);
    expect(await credentials().helperFor('docker.io')).toBe('one');
    expect(await credentials().helperFor('r.test')).toBe('all');
  });

  test('that has nothing leaves it to the file', async () => {
    helper('test', 'echo "credentials not found in native keychain"; exit 1');
    write({ credsStore: 'test', auths: { 'r.test': { auth: base64('alice:s3cret:word') } } });
    expect(await credentials().lookup('r.test')).toEqual(alice);
    expect(await credentials().lookup('other.test')).toBeUndefined();
  });

  test('keeps what is stored, and the file only that there is something', async () => {
    helper('test', '');
    write({ credsStore: 'test' });
    await credentials().store('r.test', alice);
    expect(JSON.parse(told('store'))).toEqual({ ServerURL: 'r.test', Username: 'alice', Secret: 's3cret:word' });
    expect(read()).toEqual({ credsStore: 'test', auths: { 'r.test': {} } });
    await credentials().store('r.test', { identityToken: 'ident' });
    expect(JSON.parse(told('store'))).toEqual({ ServerURL: 'r.test', Username: '<token>', Secret: 'ident' });
    expect(await credentials().erase('r.test')).toBe(true);
    expect(told('erase')).toBe('r.test');
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('store\nstore\nerase\n');
  });

  test.each([
    ['is not there', 'absent', '', /docker-credential-absent is not on the path/],
    [
      'fails',
      'test',
      'echo "the vault is locked"; exit 1',
      /docker-credential-test get failed for r.test: the vault is locked/,
    ],
    ['gives what is none', 'test', 'echo s3cret', /docker-credential-test gave no credentials for r.test/],
    [
      'fails with the secret',
      'test',
      `echo '{"Secret":"s3cret"}'; exit 1`,
      /docker-credential-test get failed for r.test$/,
    ],
    ['never ends to speak', 'test', 'yes s3cret', /docker-credential-test get failed for r.test$/],
    ['is another program', '../x', '', /is not the name of a credential helper/],
  ])('that %s is an error without a secret', async (_, name, script, message) => {
    if (script !== '') helper(name, script);
    write({ credsStore: name });
    const error = await credentials()
      .lookup('r.test')
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('s3cret');
  });
});

requires(
  'docker-registry',
  'htpasswd',
  'skopeo',
)('skopeo and we read what the other has stored', async () => {
  const registry = await startDockerRegistry({ user: { name: 'alice', password: 's3cret' } });
  try {
    const login = ['login', '--tls-verify=false', '-u', 'alice', '-p', 's3cret', '--authfile', file, registry.host];
    await run('skopeo', login);
    expect(await credentials().lookup(registry.host)).toEqual({ username: 'alice', password: 's3cret' });
    await credentials().erase(registry.host);
    await expect(run('skopeo', ['login', '--get-login', '--authfile', file, registry.host])).rejects.toThrow();
    await credentials().store(registry.host, { username: 'alice', password: 's3cret' });
    expect(await run('skopeo', ['login', '--get-login', '--authfile', file, registry.host])).toBe('alice\n');
  } finally {
    await registry.stop();
  }
});
