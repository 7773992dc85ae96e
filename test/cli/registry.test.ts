import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MemoryBlobs } from '../../src/blob/memory.js';
import { type HttpServer, serveHttp } from '../../src/node/registry/http-server.js';
import { createRegistry, type Registry } from '../../src/registry/server/registry.js';
import { type Store, tarOf, withEmptyStore, withStore } from './store.js';

let registry: Registry;
let server: HttpServer;
let host = '';

beforeAll(async () => {
  server = await serveHttp({ fetch: (request) => registry.fetch(request) });
  host = `127.0.0.1:${server.port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  registry = createRegistry({ blobs: new MemoryBlobs() });
});

/** The lines of an output, with digests shortened to what they are. */
const told = (text: string): string[] =>
  text
    .replace(/sha256:[0-9a-f]{64}/g, 'DIGEST')
    .replace(/^[0-9a-f]{12}:/gm, 'LAYER:')
    .replaceAll(host, 'HOST')
    .split('\n')
    .slice(0, -1);

/** An image of the store under a name of the registry. */
async function named(store: Store, path: string): Promise<string> {
  await store.ok(`tag demo/base:1 ${host}/${path}`);
  return `${host}/${path}`;
}

describe('push', () => {
  test('says in Docker’s words what becomes of each layer', () =>
    withStore(async (store) => {
      const name = await named(store, 'app:1');
      expect(told(await store.ok(`push ${name}`))).toEqual([
        'The push refers to repository [HOST/app]',
        'LAYER: Preparing',
        'LAYER: Pushed',
        expect.stringMatching(/^1: digest: DIGEST size: \d+$/),
      ]);
      expect(told(await store.ok(`push ${name}`))[2]).toBe('LAYER: Layer already exists');
      expect(told(await store.ok(`push ${await named(store, 'other:1')}`))[2]).toBe('LAYER: Mounted from app');
    }));

  test('of several tags names each; quietly, it prints the whole name alone', () =>
    withStore(async (store) => {
      await named(store, 'app:1');
      await named(store, 'app:2');
      expect(await store.ok(`push -q ${host}/app:1`)).toBe(`${host}/app:1\n`);
      const lines = told(await store.ok(`push --all-tags ${host}/app`));
      expect(lines.filter((line) => /^\d: digest/.test(line))).toHaveLength(2);
      expect(await store.ok(`search -q ${host}/app`)).toBe('1\n2\n');
    }));

  test('of what is not here fails, and so does one that nobody takes', () =>
    withStore(async (store) => {
      expect(await store.run(`push ${host}/app:1`)).toMatchObject({
        code: 1,
        err: expect.stringContaining('no image'),
      });
      registry = { ...registry, fetch: async () => new Response(null, { status: 403 }) };
      expect(await store.run(`push ${await named(store, 'app:1')}`)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^Error: .*denied/i),
      });
    }));
});

describe('pull', () => {
  test('says in Docker’s words what becomes of each layer', () =>
    withStore(async (store) => {
      const name = await named(store, 'library/app:latest');
      await store.ok(`push ${name}`);
      await withEmptyStore(async (other) => {
        expect(told(await other.ok(`pull ${host}/library/app`))).toEqual([
          'Using default tag: latest',
          'latest: Pulling from library/app',
          'LAYER: Pulling fs layer',
          'LAYER: Pull complete',
          'Digest: DIGEST',
          'Status: Downloaded newer image for HOST/library/app:latest',
          'HOST/library/app:latest',
        ]);
        expect(told(await other.ok(`pull ${name}`)).slice(1)).toEqual([
          'LAYER: Pulling fs layer',
          'LAYER: Already exists',
          'Digest: DIGEST',
          'Status: Image is up to date for HOST/library/app:latest',
          'HOST/library/app:latest',
        ]);
        expect(await other.ok(`cat ${name} /etc/motd`)).toBe('hello\n');
      });
    }));

  test('of all tags, and quietly', () =>
    withStore(async (store) => {
      await named(store, 'app:1');
      await named(store, 'app:2');
      await store.ok(`push -a -q ${host}/app`);
      await withEmptyStore(async (other) => {
        expect(await other.ok(`pull -a -q ${host}/app`)).toBe(`${host}/app:1\n${host}/app:2\n`);
      });
    }));

  test('of what is not there says what, and has the others have their turn', () =>
    withStore(async (store) => {
      const name = await named(store, 'app:1');
      await store.ok(`push ${name}`);
      await withEmptyStore(async (other) => {
        const { code, err, out } = await other.run(`pull -q ${host}/app:2 ${host}/none:1 ${name}`);
        expect(code).toBe(1);
        expect(err.split('\n').slice(0, 2)).toEqual([
          expect.stringContaining('manifest unknown'),
          expect.stringContaining('unknown'),
        ]);
        expect(out).toBe(`${name}\n`);
      });
    }));

  test('shows what a hostile server says in one line, and no escape sequences', () =>
    withEmptyStore(async (store) => {
      const message = 'no\u001b[2J\nError: gone';
      const body = JSON.stringify({ errors: [{ code: 'DENIED', message }] });
      const headers = { warning: `299 - "old\u0085\u009b2J"` };
      registry = { ...registry, fetch: async () => new Response(body, { status: 403, headers }) };
      const { err } = await store.run(`pull ${host}/app:1`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(err.split('\n').filter((line) => line.startsWith('Error:'))).toHaveLength(1);
    }));
});

describe('an image that is not here', () => {
  test('is pulled by run, create and build, unless they must not', () =>
    withStore(async (store) => {
      const name = await named(store, 'app:1');
      await store.ok(`push ${name}`);
      await withEmptyStore(async (other) => {
        const { code, err } = await other.run(`create --pull never --name c0 ${name}`);
        expect([code, told(err)[0]]).toEqual([1, 'Error: no such image: HOST/app:1']);
        const first = await other.run(`create --name c1 ${name}`);
        expect([first.code, told(first.err)]).toEqual([
          0,
          ["Unable to find image 'HOST/app:1' locally: pulling HOST/app:1"],
        ]);
        expect((await other.run(`create --name c2 ${name}`)).err).toBe('');
        expect((await other.run(`create --pull always --name c3 ${name}`)).err).toMatch(/^pulling /);
      });
      await withEmptyStore(async (other) => {
        await writeFile(join(other.directory, 'Dockerfile'), `FROM ${name}\nCOPY Dockerfile /\n`);
        expect(await other.run('build --pull=never .')).toMatchObject({ code: 1 });
        expect(await other.run('build --pull=often .')).toMatchObject({ code: 125 });
        expect(told((await other.run('build --progress plain -t built .')).err)[0]).toBe('pulling HOST/app:1');
        expect(await other.ok('cat built /etc/motd')).toBe('hello\n');
      });
    }));

  test('has its build cache in a registry', () =>
    withStore(async (store) => {
      const name = await named(store, 'app:1');
      await store.ok(`push ${name}`);
      await writeFile(join(store.directory, 'Dockerfile'), `FROM ${name}\nWORKDIR /a\nCOPY Dockerfile /\n`);
      await store.ok(`build -q --cache-to type=registry,ref=${host}/app:cache,mode=max .`);
      await withEmptyStore(async (other) => {
        const { err } = await other.run(`build --progress plain --cache-from ${host}/app:cache ${store.directory}`);
        expect(err.match(/CACHED/g)).toHaveLength(2);
        const none = await other.run(`build --no-cache --cache-from ${host}/app:none ${store.directory}`);
        expect([none.code, told(none.err).find((line) => line.startsWith('WARNING'))]).toEqual([
          0,
          expect.stringContaining('no build cache from HOST/app:none: '),
        ]);
      });
    }));
});

describe('what a registry has', () => {
  test('is listed by search: tags, or repositories', () =>
    withStore(async (store) => {
      await store.ok(`push ${await named(store, 'team/app:1')}`);
      await store.ok(`push ${await named(store, 'team/app:2')}`);
      expect(told(await store.ok(`search ${host}/team/app`))[2]?.split(/\s+/)).toEqual(['HOST/team/app', '2']);
      expect(await store.ok(`search --limit 1 --format {{.Tag}} ${host}/team/app`)).toBe('1\n');
      expect(told(await store.ok(`search ${host}/`))).toEqual(['NAME', 'HOST/team/app']);
      expect(await store.run(`search ${host}/none`)).toMatchObject({ code: 1 });
      expect(await store.run(`search --limit x ${host}/none`)).toMatchObject({ code: 125 });
    }));

  test('is shown by inspect and manifest inspect, byte for byte where asked', () =>
    withStore(async (store) => {
      const name = await named(store, 'app:1');
      await store.ok(`push ${name}`);
      const raw = await store.ok(`inspect --raw docker://${name}`);
      expect(raw).toBe(await store.ok(`inspect --raw ${name}`));
      expect(await store.ok(`manifest inspect --raw ${name}`)).toBe(raw);
      expect(JSON.parse(await store.ok(`manifest inspect ${name}`))).toEqual(JSON.parse(raw));
      const format = '{{.Id}}';
      expect(await store.ok(['inspect', '-f', format, `docker://${name}`])).toBe(
        await store.ok(['inspect', '-f', format, name]),
      );
    }));
});

describe('copy', () => {
  test('goes between registries and layouts, past the store', () =>
    withStore(async (store) => {
      const name = await named(store, 'app:1');
      await store.ok(`push ${name}`);
      const digest = /DIGEST/.exec(told(await store.ok(`copy docker://${name} ${host}/copy:2`)).at(-1) ?? '')?.[0];
      expect(digest).toBe('DIGEST');
      const out = await store.ok(`copy -q ${host}/copy:2 oci:${store.directory}/layout:3`);
      expect(await store.ok(`copy -q oci:${store.directory}/layout:3 ${host}/again:4`)).toBe(out);
      expect(await store.ok(`load -q -i layout`)).toMatch(/^Loaded image: /);
      expect(await store.run(`copy ${host}/none:1 ${host}/x:1`)).toMatchObject({ code: 1 });
      expect(await store.run(`copy oci:nowhere ${host}/x:1`)).toMatchObject({ code: 1 });
    }));
});

test('a terminal gets a line for each layer when all is done', () =>
  withEmptyStore(async (store) => {
    await store.ok(`import - ${host}/app:1`, { stdin: tarOf({ a: 'a' }) });
    const lines = told(await store.ok(`push ${host}/app:1`, { isTTY: true }));
    expect(lines.filter((line) => line.startsWith('LAYER'))).toEqual(['LAYER: Pushed']);
  }));
