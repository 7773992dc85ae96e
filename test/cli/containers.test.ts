import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { TarReader } from '../../src/tar/reader.js';
import { tarOf, withStore } from './store.js';

function namesIn(tar: Uint8Array): string[] {
  const names: string[] = [];
  const reader = new TarReader({ entry: ({ path }) => names.push(path) });
  reader.push(tar);
  reader.end();
  return names;
}

describe('create, ps, rm', () => {
  test('create prints an id, ps lists it with the columns that Docker has', () =>
    withStore(async ({ ok }) => {
      const id = (await ok(['create', '--name', 'web', 'demo/base:1', 'sh', '-c', 'echo a long command'])).trim();
      expect(id).toMatch(/^[0-9a-f]{64}$/);
      const [heading, line] = (await ok('ps -a', { now: new Date() })).split('\n');
      expect(heading).toMatch(/^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$/);
      expect(line).toMatch(/ ago +Created +web$|Less than a second ago +Created +web$/);
      expect(line?.startsWith(`${id.slice(0, 12)}   demo/base:1   "sh -c echo a long c…"`)).toBe(true);
      expect(await ok('ps -aq --no-trunc')).toBe(`${id}\n`);
      expect(await ok('ps -a --format {{.Names}}')).toBe('web\n');
    }));

  test('create keeps what is set in the config', () =>
    withStore(async ({ ok }) => {
      const flags = ['-e', 'A=1', '-e', 'FROM_OUTSIDE', '-e', 'NOT_THERE', '-w', '/srv', '-u', '7', '-l', 'k=v'];
      await ok(['create', '--name', 'c1', ...flags, '--entrypoint', 'tini', 'demo/base:1', 'ls', '-l', '--name', 'x'], {
        env: { FROM_OUTSIDE: 'yes' },
      });
      const [{ Config }] = JSON.parse(await ok('inspect c1'));
      expect(Config).toMatchObject({
        Cmd: ['ls', '-l', '--name', 'x'],
        Entrypoint: ['tini'],
        Env: expect.arrayContaining(['A=1', 'FROM_OUTSIDE=yes']),
        WorkingDir: '/srv',
        User: '7',
        Labels: { k: 'v' },
      });
      expect(JSON.stringify(Config)).not.toContain('NOT_THERE');
    }));

  test('rm prints what it removed, and forgives with -f', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name c1 demo/base:1');
      expect(await ok('rm c1')).toBe('c1\n');
      expect(await run('rm c1')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^Error: .*\n'stratum ps -a' lists the containers\.\n$/),
      });
      expect(await run('rm -f c1')).toMatchObject({ code: 0, out: '', err: '' });
      expect(await ok('ps -aq')).toBe('');
    }));
});

describe('cp and diff', () => {
  test('a file goes in, is seen by diff, and comes out again', () =>
    withStore(async ({ ok, directory }) => {
      await ok('create --name c1 demo/base:1');
      await writeFile(`${directory}/page`, 'another page');
      await ok('cp page c1:/srv/');
      expect(await ok('diff c1')).toBe('C /srv\nA /srv/page\n');
      await ok('cp c1:/srv out');
      expect((await readdir(`${directory}/out`)).sort()).toEqual(['index.html', 'page']);
      expect(await readFile(`${directory}/out/page`, 'utf8')).toBe('another page');
      expect(await ok('cat c1 /srv/page srv/index.html')).toBe('another pageone page\n');
    }));

  test('a tar goes in and out', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name c1 demo/base:1');
      await ok('cp - c1:/srv', { stdin: tarOf({ 'd/': '', 'd/f': 'x' }) });
      expect(await ok('diff c1 --format json')).toBe(
        '{"Kind":"C","Path":"/srv"}\n{"Kind":"A","Path":"/srv/d"}\n{"Kind":"A","Path":"/srv/d/f"}\n',
      );
      const { bytes } = await run('cp c1:/srv/d -');
      expect(namesIn(bytes)).toEqual(['d', 'd/f']);
    }));

  test('a tar goes to no terminal, and comes from none', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name c1 demo/base:1');
      expect(await run('cp c1:/srv -', { isTTY: true })).toMatchObject({ code: 125, out: '' });
      expect(await run('cp - c1:/srv', { isTTY: true })).toMatchObject({ code: 125 });
      expect(await run('save demo/base:1', { isTTY: true })).toMatchObject({ code: 125, out: '' });
      expect(await run('load', { isTTY: true })).toMatchObject({ code: 125, out: '' });
    }));

  test('links inside a container never lead to the host', () =>
    withStore(async ({ ok, run, directory }) => {
      await ok('create --name c1 demo/base:1');
      await mkdir(`${directory}/tree`);
      await symlink('/', `${directory}/tree/root`);
      await symlink('../../../../..', `${directory}/tree/up`);
      await ok('cp tree c1:/srv');
      expect(await ok('ls c1 /srv/tree/root/etc')).toBe('motd\n');
      expect(await ok('cat c1 /srv/tree/up/etc/motd')).toBe('hello\n');
      await writeFile(`${directory}/f`, 'inside');
      await ok(`cp f c1:/srv/tree/root/placed`);
      expect(await ok('cat c1 /placed')).toBe('inside');
      expect((await run(`cp c1:${directory}/f out`)).code).toBe(1);
    }));

  test('between two containers, and not into itself', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name a1 demo/base:1');
      await ok('create --name b1 demo/base:1');
      await ok('cp a1:/etc b1:/srv');
      expect(await ok('cat b1 /srv/etc/motd')).toBe('hello\n');
      expect(await ok('diff a1')).toBe('');
      expect(await run('cp b1:/srv b1:/srv/etc')).toMatchObject({
        code: 1,
        err: 'Error: cannot copy into itself: /srv\n',
      });
    }));

  test('errors name the path', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name c1 demo/base:1');
      expect((await run('cp c1:/none .')).err).toBe('Error: no such file or directory: /none\n');
      expect((await run('cp nobody:/x .')).err).toContain('nobody');
      expect((await run('cat c1 /etc')).err).toBe('Error: is a directory: /etc\n');
      expect((await run('ls c1 /none')).code).toBe(1);
    }));
});

describe('ls', () => {
  test('shows modes, owners, times and origins', () =>
    withStore(async ({ ok, directory }) => {
      await ok('create --name c1 demo/base:1');
      await writeFile(`${directory}/new`, 'new');
      await ok('cp new c1:/etc/');
      const text = await ok('ls -l --origin c1 /etc');
      expect(text).toMatch(/^-rw-r--r-- +1 +0 +0 +6 +1970-01-01T00:08:20Z +[0-9a-f]{12} +motd$/m);
      expect(text).toMatch(/^-rw-.* +upper +new$/m);
      expect(await ok('ls -R demo/base:1')).toBe('etc\netc/motd\nsrv\nsrv/index.html\n');
      expect(await ok('ls -d demo/base:1 /etc')).toBe('/etc\n');
    }));
});

describe('commit', () => {
  test('makes an image whose ID depends on nothing but its content', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 2; round++) {
      await withStore(async ({ ok }) => {
        await ok('create --name c1 demo/base:1');
        await ok('cp - c1:/srv', { stdin: tarOf({ new: 'new' }) });
        ids.push(await ok(['commit', '-a', 'me', '-m', 'why', '-c', 'CMD ["sh"]', '-c', 'ENV A=1', 'c1', 'demo/two']));
        const [image] = JSON.parse(await ok('inspect demo/two'));
        expect(image).toMatchObject({ Author: 'me', Config: { Cmd: ['sh'], Env: expect.arrayContaining(['A=1']) } });
        expect(await ok('diff demo/base:1 demo/two')).toBe('C /srv\nA /srv/new\n');
      });
    }
    expect(ids[0]).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(ids[0]).toBe(ids[1]);
  });

  test('takes no time but seconds, and no instruction that sets nothing', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name c1 demo/base:1');
      expect(await run('commit --timestamp now c1')).toMatchObject({ code: 125 });
      expect(await run('commit c1', { env: { SOURCE_DATE_EPOCH: 'x' } })).toMatchObject({ code: 125 });
      expect(await run(['commit', '-c', 'RUN x', 'c1'])).toMatchObject({ code: 125 });
    }));
});
