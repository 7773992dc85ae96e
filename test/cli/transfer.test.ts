import { readdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TarReader } from '../../src/tar/reader.js';
import { tarOf, withEmptyStore, withStore } from './store.js';

describe('save and load', () => {
  test.each(['docker-archive', 'oci-archive', 'oci-dir'])('%s brings back the same image', (format) =>
    withStore(async (from) => {
      const id = await from.ok('images -q --no-trunc');
      await from.ok(`save --format ${format} -o out demo/base:1`);
      await withEmptyStore(async (to) => {
        expect(await to.ok(`load -i ${from.directory}/out`)).toBe('Loaded image: demo/base:1\n');
        expect(await to.ok('images -q --no-trunc')).toBe(id);
      });
    }),
  );

  test('work through pipes, compressed or not', () =>
    withStore(async (from) => {
      const { bytes } = await from.run('save demo/base:1');
      for (const stdin of [bytes, gzipSync(bytes)]) {
        await withEmptyStore(async (to) => {
          expect(await to.ok('load -q', { stdin })).toBe('Loaded image: demo/base:1\n');
        });
      }
    }));

  test('what is written appears whole or not at all', () =>
    withStore(async ({ run, directory }) => {
      const { code, err } = await run('save -o out nothing');
      expect([code, err.startsWith('Error: ')]).toEqual([1, true]);
      expect(await readdir(directory)).toEqual(['store']);
    }));

  test('a layout needs a directory', () =>
    withStore(async ({ run }) => {
      expect(await run('save --format oci-dir demo/base:1')).toMatchObject({ code: 125 });
    }));

  test.each([
    ['empty input', Buffer.alloc(0)],
    ['noise', Buffer.from('this is no archive, whatever else it may be'.repeat(100))],
    ['a tar that is no image', tarOf({ file: 'x' })],
  ])('%s is one error and changes nothing', (_name, stdin) =>
    withStore(async ({ run, ok }) => {
      const before = await ok('images --format json');
      const { code, out, err } = await run('load', { stdin });
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^Error: .*\n/);
      expect(await ok('images --format json')).toBe(before);
      expect(await ok('fsck')).toBe('0 errors, 0 warnings\n');
    }),
  );

  test('a file that is not there is an error', () =>
    withEmptyStore(async ({ run }) => {
      expect(await run('load -i nothing')).toMatchObject({ code: 1, err: expect.stringContaining('ENOENT') });
    }));
});

describe('import and export', () => {
  test('import keeps message, config and name', () =>
    withEmptyStore(async ({ ok, directory }) => {
      await writeFile(`${directory}/root.tar.gz`, gzipSync(tarOf({ 'etc/': '', 'etc/motd': 'hi' })));
      const id = await ok([
        'import',
        '-m',
        'why',
        '-c',
        'CMD ["sh"]',
        '--platform',
        'linux/arm64',
        'root.tar.gz',
        'a:1',
      ]);
      const [image] = JSON.parse(await ok('inspect a:1'));
      expect(image).toMatchObject({ Id: id.trim(), Architecture: 'arm64', Config: { Cmd: ['sh'] } });
      expect(await ok(['history', '--format', '{{.Comment}}', 'a:1'])).toBe('why\n');
    }));

  test('export writes what a process in the container would see', () =>
    withStore(async ({ ok, run, directory }) => {
      await ok('create --name c1 demo/base:1');
      await ok('cp - c1:/srv', { stdin: tarOf({ new: 'new' }) });
      await ok('export -o out.tar c1');
      const names: string[] = [];
      const reader = new TarReader({ entry: ({ path }) => names.push(path.replace(/^\.?\/?/, '')) });
      reader.push(await readFile(`${directory}/out.tar`));
      reader.end();
      expect(names.filter((name) => name !== '').sort()).toEqual([
        'etc',
        'etc/motd',
        'srv',
        'srv/index.html',
        'srv/new',
      ]);
      expect((await run('export c1')).bytes.equals(await readFile(`${directory}/out.tar`))).toBe(true);
    }));
});
