import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseRatio, parseSize, ratioText } from '../../src/cli/explore/limits.js';
import { type Store, tarOf, withStore } from './store.js';

/** A second image that overwrites, deletes and repeats what the first has. */
async function withWaste(work: (store: Store) => Promise<void>): Promise<void> {
  await withStore(async (store) => {
    const { ok } = store;
    await ok('create --name c1 demo/base:1');
    await ok('cp - c1:/', { stdin: tarOf({ 'etc/motd': 'another text\n', copy: 'one page\n', big: 'x'.repeat(900) }) });
    await ok('commit c1 demo/app:1');
    await ok('create --name c2 demo/app:1');
    await ok('cp - c2:/', { stdin: tarOf({ big: 'y'.repeat(800) }) });
    await ok('commit c2 demo/app:2');
    await work(store);
  });
}

describe('analyze', () => {
  test('prints the layers, the figures and what is wasted', () =>
    withWaste(async ({ ok }) => {
      const text = await ok('analyze demo/app:2');
      expect(text).toMatch(/^demo\/app:2 {2}[0-9a-f]{12}\n\n# +DIFF ID +CONTENT +WASTED +PATHS +CREATED BY\n3 /);
      expect(text).toMatch(/^efficiency {2}0\.\d{4} \(dive: 0\.\d{4}\)$/m);
      expect(text).toMatch(/^6B +\/etc\/motd +layer 1, overwritten by 2$/m);
      expect(text).toMatch(/^900B +\/big +layer 2, overwritten by 3$/m);
      expect(text).toMatch(/^9B +2 +\/copy \(2\), \/srv\/index\.html \(1\)$/m);
    }));

  test('prints an object a line for programs, with every path when asked', () =>
    withWaste(async ({ ok }) => {
      const [first, second] = (await ok('analyze --format json demo/base:1 demo/app:2'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(first).toMatchObject({
        name: 'demo/base:1',
        wastedBytes: 0,
        efficiency: 1,
        userWastedRatio: 0,
        wasted: [],
      });
      expect(second.wastedBytes).toBe(906);
      expect(second.layers.map(({ position }: { position: number }) => position)).toEqual([1, 2, 3]);
      expect(second.layers[0].changes).toBe(undefined);
      const listed = JSON.parse(await ok('analyze --format json --changes --no-duplicates demo/app:2'));
      expect(listed.duplicates).toBe(undefined);
      expect(
        listed.layers[1].changes.map(({ kind, path, type }: Record<string, string>) => `${kind} ${type} ${path}`),
      ).toEqual(expect.arrayContaining(['add file /big', 'add file /copy', 'modify file /etc/motd']));
    }));

  test('fails with 1 when a limit is not kept, and says which file wastes what', () =>
    withWaste(async ({ run }) => {
      const { code, err, out } = await run('analyze --fail-under 0.95 demo/app:2');
      expect(code).toBe(1);
      expect(err).toMatch(
        /^Error: demo\/app:2: efficiency 0\.\d{4} is under 0\.95: \/big wastes 900B \(layer 2, overwritten by 3\); \/etc\/motd wastes 6B/,
      );
      expect(out).toContain('efficiency');
      expect((await run('analyze --fail-under 10% --highest-wasted-bytes 1kB demo/app:2')).code).toBe(0);
      const others = await run(
        'analyze --highest-wasted-bytes 905 --highest-user-wasted-percent 1% demo/base:1 demo/app:2',
      );
      expect(others.code).toBe(1);
      expect(others.err).toMatch(/906B wasted \(906 bytes\), more than 905B/);
      expect(others.err).toMatch(/\d\d\.\d\d% wasted of what lies above the lowest layer, more than 1\.00%/);
      expect(others.err).not.toContain('demo/base:1');
    }));

  test.each([
    ['--fail-under 1.5', '--fail-under must be from 0 to 1'],
    ['--fail-under -1', '--fail-under must be from 0 to 1'],
    ['--highest-wasted-bytes 3x', '--highest-wasted-bytes must be a size'],
    ['--highest-user-wasted-percent 101%', '--highest-user-wasted-percent must be'],
    ['--top many', '--top must be a whole number'],
    ['--format yaml', "argument 'yaml' is invalid"],
  ])('refuses %s', (flags, message) =>
    withStore(async ({ run }) => {
      const { code, err } = await run(`analyze ${flags} demo/base:1`);
      expect(code).toBe(125);
      expect(err).toContain(message);
    }),
  );

  test('looks into archives and layouts, and leaves the store as it was', () =>
    withWaste(async ({ ok, run, directory }) => {
      await ok('save -o images.tar --format oci-archive demo/base:1 demo/app:2');
      await ok('save -o layout --format oci-dir demo/app:2');
      const fromStore = await ok('analyze --format json demo/app:2');
      const guests = async (): Promise<string[]> =>
        (await readdir(tmpdir())).filter((name) => name.startsWith('stratum-look-'));
      const before = await guests();
      const empty = { env: { STRATUM_ROOT: join(directory, 'other') } };
      const [base, app] = (await ok('analyze --format json ./images.tar', empty)).split('\n');
      expect([base, `${app}\n`]).toEqual([expect.stringContaining('demo/base:1'), fromStore]);
      expect(await ok('analyze --format json layout', empty)).toBe(fromStore);
      expect(await ok('images -q', empty)).toBe('');
      expect(await guests()).toEqual(before);
      const missing = await run('analyze ./nothing.tar', empty);
      expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('nothing.tar') });
      await writeFile(join(directory, 'no-archive'), 'this is no archive at all');
      expect(await run('analyze no-archive', empty)).toMatchObject({
        code: 1,
        err: expect.stringContaining('no-archive'),
      });
    }));

  test('says of an image that is not there that it is not', () =>
    withStore(async ({ run }) => {
      expect(await run('analyze nothing')).toMatchObject({
        code: 1,
        err: expect.stringContaining('no such image: nothing'),
      });
    }));
});

describe('what limits are written as', () => {
  test.each<[string, number]>([
    ['0.95', 0.95],
    ['.5', 0.5],
    ['1', 1],
    ['95%', 0.95],
    ['0%', 0],
  ])('%s is the ratio %d', (text, value) => expect(parseRatio(text, '--x')).toBeCloseTo(value, 12));

  test.each<[string, number]>([
    ['0', 0],
    ['500000', 500_000],
    ['20MB', 20_000_000],
    ['20 mb', 20_000_000],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['2k', 2000],
  ])('%s is the size %d', (text, value) => expect(parseSize(text, '--x')).toBe(value));

  test.each(['', '-1', '1.1', '1e3', '5%%', 'NaN', 'x'])('%j is no ratio', (text) => {
    expect(() => parseRatio(text, '--x')).toThrow('--x must be');
  });

  test.each(['', '-1', '1e3', 'MB', '5 bananas'])('%j is no size', (text) => {
    expect(() => parseSize(text, '--x')).toThrow('--x must be');
  });

  test('a figure never reads as one that it does not reach', () => {
    expect([0.94999999, 0.95, 1, 0.99999].map(ratioText)).toEqual(['0.9499', '0.9500', '1.0000', '0.9999']);
  });
});

describe('tree', () => {
  test('draws what images stand on, and where they part', () =>
    withWaste(async ({ ok }) => {
      await ok('tag demo/app:1 demo/same:1');
      const text = await ok('tree --shared demo/base:1 demo/app:2 demo/app:1');
      const [base, ...rest] = text.split('\n');
      expect(base).toMatch(/^■ +[0-9a-f]{12} +[\d.]+k?B +▒+ +in 3$/);
      expect(rest[0]).toMatch(/^├─● demo\/base:1 {2}[0-9a-f]{12} {2}[\d.]+k?B, 0B of it its own$/);
      expect(rest[1]).toMatch(/^└─■ .* in 2$/);
      expect(rest[2]).toMatch(/^ {2}├─● demo\/app:1 /);
      expect(rest[3]).toMatch(/^ {2}└─■ +[0-9a-f]{12}/);
      expect(rest[4]).toMatch(/^ {4}└─● demo\/app:2 /);
      expect(text).toContain('3 images, 3 layers');
      expect(text).toMatch(/^demo\/base:1 and demo\/app:2: part above layer 1$/m);
      expect(text).toMatch(/^ +800B +A \/big$/m);
    }));

  test('draws each image alone without --shared, and prints JSON', () =>
    withWaste(async ({ ok }) => {
      const text = await ok('tree demo/base:1 demo/app:1');
      expect(text.match(/^■/gm)).toHaveLength(3);
      const object = JSON.parse(await ok('tree --format json demo/base:1 demo/app:1'));
      expect(object.root.branches[0].ends).toEqual([1]);
    }));

  test('keeps to the width of a terminal, and colours only there', () =>
    withWaste(async ({ ok }) => {
      const plain = await ok('tree --shared demo/base:1 demo/app:2');
      expect(plain).not.toContain('\u001b');
      const painted = await ok('tree --shared demo/base:1 demo/app:2', { isTTY: true });
      const widths = stripVTControlCharacters(painted)
        .split('\n')
        .slice(0, 4)
        .map((line) => [...line].length);
      expect(painted).toContain('\u001b[36m');
      expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    }));
});

describe('hostile names', () => {
  const NAMES = [
    '<img src=x onerror=alert(1)>',
    '</script><script>alert(2)</script>',
    '\u001b[31mred',
    'a\nb',
    '\u202egnp.exe',
    '"\'&',
  ];

  test('reach neither a terminal nor a page raw', () =>
    withStore(async ({ ok, directory }) => {
      const files = Object.fromEntries(NAMES.map((name) => [name, 'hostile content']));
      await ok('create --name c1 demo/base:1');
      await ok('cp - c1:/', { stdin: tarOf(files) });
      await ok(['commit', '-m', '\u001b]0;owned\u0007<b>', 'c1', 'demo/h:1']);
      await ok('create --name c2 demo/h:1');
      await ok('cp - c2:/', { stdin: tarOf(files) });
      await ok('commit c2 demo/h:2');
      const texts = [
        await ok('analyze --html report.html demo/h:2'),
        await ok('tree --shared demo/h:2 demo/base:1'),
        await ok('analyze --format json --changes demo/h:2'),
        await readFile(join(directory, 'report.html'), 'utf8'),
      ];
      for (const text of texts) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      }
      expect(texts[0]).toContain('\\u001b[31mred');
      const page = texts[3] ?? '';
      expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
      expect(page).not.toMatch(/<img|<script>alert|<b>/);
      expect(page.match(/<script>/g)).toHaveLength(1);
    }));
});
