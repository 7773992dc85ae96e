import { chmod, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { run, withDirectory } from './kit.js';
import { tarOf, withEmptyStore, withStore } from './store.js';

describe('system df', () => {
  test('says what is stored, and for each image what it shares, to the byte', () =>
    withStore(async ({ ok }) => {
      await ok('create --name c1 demo/base:1');
      await ok('cp - c1:/srv', { stdin: tarOf({ new: 'new' }) });
      await ok('commit c1 demo/two');
      const text = await ok('system df');
      expect(text).toMatch(/^TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE\nImages +2 +1 /);
      expect(text).toMatch(/^IMAGE +IMAGE ID +SIZE +SHARED SIZE +UNIQUE SIZE +CONTAINERS$/m);
      const usage = JSON.parse(await ok('df -v --format json'));
      const [shared] = usage.layers.filter((layer: { images: string[] }) => layer.images.length === 2);
      for (const image of usage.images) expect(image.sharedSize).toBe(shared.size);
      expect(usage.bytesWithoutSharing - usage.blobBytes).toBe(shared.size);
      expect(await ok('system df -v --no-human')).toContain(String(usage.blobBytes));
    }));

  test('says what equal files cost, when asked', () =>
    withStore(async ({ ok }) => {
      await ok('create --name c1 demo/base:1');
      await ok('cp c1:/etc/motd c1:/srv/copy');
      await ok('commit c1 demo/two');
      expect(await ok('system df --files')).toMatch(
        /^Files: 3 in all layers, 21B uncompressed; 2 differ, 15B\..* 6B /m,
      );
    }));

  test('prints JSON and templates', () =>
    withStore(async ({ ok }) => {
      const rows = (await ok('system df --format json'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows.map(({ Type }) => Type)).toEqual(['Images', 'Containers', 'Caches']);
      expect(await ok('df --format {{.TotalCount}}')).toMatch(/^1\n0\n/);
    }));
});

describe('system prune', () => {
  test('asks, and takes nothing but yes for a yes', () =>
    withStore(async ({ ok }) => {
      for (const stdin of ['', 'n\n', 'yes please\n']) {
        expect(await ok('system prune -a', { stdin })).toBe('');
        expect(await ok('images -q')).not.toBe('');
      }
      expect(await ok('system prune -a', { stdin: 'y\n' })).toMatch(
        /^Deleted Images:\nsha256:.*Total reclaimed space: /s,
      );
      expect(await ok('images -q')).toBe('');
    }));

  test('does not ask with -f, and keeps what containers stand on', () =>
    withStore(async ({ ok }) => {
      await ok('create --name c1 demo/base:1');
      await ok('prune -a -f');
      expect(await ok('images -q')).not.toBe('');
      const pruned = JSON.parse(await ok('prune -a -f --containers --format json'));
      expect([pruned.Containers.length, pruned.Images.length]).toEqual([1, 1]);
      expect(await ok('ps -q')).toBe('');
    }));
});

describe('fsck', () => {
  test('finds nothing in a sound store', () =>
    withStore(async ({ ok }) => {
      expect(await ok('system fsck')).toBe('0 errors, 0 warnings\n');
    }));

  test('fails when a blob is not what its name says', () =>
    withStore(async ({ directory, run }) => {
      const blobs = `${directory}/store/blobs/sha256`;
      for (const name of await readdir(blobs)) {
        await chmod(`${blobs}/${name}`, 0o644);
        await writeFile(`${blobs}/${name}`, 'x');
      }
      const { code, out } = await run('fsck');
      expect(code).toBe(1);
      expect(out).toMatch(/^SEVERITY +CODE +MESSAGE\nerror /);
      expect(out).toMatch(/\d+ errors?, \d+ warnings?\n$/);
    }));
});

describe('the store', () => {
  test('lies where --root, STRATUM_ROOT or the data directory say', () =>
    withDirectory(async (directory) => {
      const stdin = tarOf({ file: 'x' });
      const import_ = async (argv: readonly string[], env: Record<string, string>): Promise<number> =>
        (await run([...argv, 'import', '-', 'a'], { stdin, cwd: directory, env })).code;
      expect(await import_(['--root', 'one'], { STRATUM_ROOT: 'two' })).toBe(0);
      expect(await import_([], { STRATUM_ROOT: 'two', XDG_DATA_HOME: `${directory}/data` })).toBe(0);
      expect(await import_([], { XDG_DATA_HOME: `${directory}/data` })).toBe(0);
      expect(await import_([], { HOME: `${directory}/home` })).toBe(0);
      for (const root of ['one', 'two', 'data/stratum', 'home/.local/share/stratum']) {
        expect(await readdir(`${directory}/${root}`)).toContain('oci-layout');
        expect((await run(['images', '-q', '--root', `${directory}/${root}`])).out).toMatch(/^[0-9a-f]{12}\n$/);
      }
    }));

  test('that is a file is an error', () =>
    withEmptyStore(async ({ directory, run: runLine }) => {
      await writeFile(`${directory}/store`, '');
      expect((await runLine('images')).code).toBe(1);
    }));
});
