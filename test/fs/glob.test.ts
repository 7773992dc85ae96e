/** glob: Node 20 has none, so what is found is written down here; where node:fs has one, it is asked too. */

import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreFs } from '../../src/fs/create-fs.js';
import type { GlobOptions } from '../../src/fs/glob.js';
import { UnionFs } from '../../src/fs/union-fs.js';

type Furnished = Pick<typeof nodeFs, 'mkdirSync' | 'writeFileSync' | 'symlinkSync'>;
type WithGlob = { globSync?(patterns: string | readonly string[], options: object): string[] };

const FILES = [
  'a.js',
  'b.ts',
  '.dot',
  'a/one.js',
  'a/b/two.js',
  'a/b/c/three.ts',
  'src/i.ts',
  'src/lib/l.js',
  'src/lib/deep/d.ts',
  '.hid/h.js',
  'modules/x/i.js',
  'br[x]/f.js',
];

const top = '/top';
const union = UnionFs.over([]);
const fs = union.fs as unknown as CoreFs;
let real = '';

function furnish(target: Furnished, root: string): void {
  for (const file of FILES) {
    target.mkdirSync(path.dirname(`${root}/${file}`), { recursive: true });
    target.writeFileSync(`${root}/${file}`, '');
  }
  target.mkdirSync(`${root}/empty`);
  target.symlinkSync('a', `${root}/link`);
  target.symlinkSync('nowhere', `${root}/dangling`);
  target.symlinkSync('a.js', `${root}/link.js`);
  target.symlinkSync('..', `${root}/a/up`);
}

beforeAll(() => {
  real = nodeFs.mkdtempSync(path.join(os.tmpdir(), 'glob-'));
  furnish(nodeFs, real);
  furnish(union.fs as unknown as typeof nodeFs, top);
});

afterAll(() => nodeFs.rmSync(real, { recursive: true, force: true }));

const ALL =
  'a a.js a/b a/b/c a/b/c/three.ts a/b/two.js a/one.js a/up b.ts br[x] br[x]/f.js dangling empty link link.js';
const REST = 'modules modules/x modules/x/i.js src src/i.ts src/lib src/lib/deep src/lib/deep/d.ts src/lib/l.js';
const BELOW_A = 'a a/b a/b/c a/b/c/three.ts a/b/two.js a/one.js a/up';
const SCRIPTS = 'a.js a/b/two.js a/one.js br[x]/f.js link.js modules/x/i.js src/lib/l.js';

/** Found paths, sorted, with spaces between. */
const FOUND: [patterns: string | string[], found: string, options?: GlobOptions][] = [
  ['*', 'a a.js b.ts br[x] dangling empty link link.js modules src'],
  ['**', `. ${ALL} ${REST}`],
  ['**/**', `. ${ALL} ${REST}`],
  ['**/', '. a a/b a/b/c br[x] empty modules modules/x src src/lib src/lib/deep'],
  ['*.js', 'a.js link.js'],
  ['**/*.js', SCRIPTS],
  ['a/**', BELOW_A],
  ['a/**/', 'a a/b a/b/c'],
  ['a/*', 'a/b a/one.js a/up'],
  ['a/*/', 'a/b'],
  ['*/*/', 'a/b modules/x src/lib'],
  ['src/**/*.ts', 'src/i.ts src/lib/deep/d.ts'],
  ['./*.js', 'a.js link.js'],
  ['a/../*.js', 'a.js link.js'],
  ['a/./*', 'a/b a/one.js a/up'],
  ['src//i.ts', 'src/i.ts'],
  ['.*', '.dot .hid'],
  ['.hid/*', '.hid/h.js'],
  ['**/.*', '.dot .hid'],
  ['{a,src}/**/*.{js,ts}', 'a/b/c/three.ts a/b/two.js a/one.js src/i.ts src/lib/deep/d.ts src/lib/l.js'],
  ['a.js', 'a.js'],
  ['a.js/', ''],
  ['nope', ''],
  ['a/b/', 'a/b'],
  ['A.JS', ''],
  ['link', 'link'],
  ['link/', 'link'],
  ['link/*', 'link/b link/one.js link/up'],
  ['dangling', 'dangling'],
  ['dang*', 'dangling'],
  ['br[[]x]/*', 'br[x]/f.js'],
  ['[ab].*', 'a.js b.ts'],
  ['?.js', 'a.js'],
  ['+(a|b).*', 'a.js b.ts'],
  ['!(a).js', 'link.js'],
  ['**/b/**', 'a/b a/b/c a/b/c/three.ts a/b/two.js'],
  ['a/**/b', 'a/b'],
  ['', ''],
  [[], ''],
  ['/', '/'],
  [['*.js', '*.ts', 'a.js'], 'a.js b.ts link.js'],
  ['**/*.js', 'a.js a/b/two.js a/one.js br[x]/f.js link.js src/lib/l.js', { exclude: ['modules/**'] }],
  ['**/*.js', 'a.js br[x]/f.js link.js modules/x/i.js src/lib/l.js', { exclude: ['a'] }],
  ['**/*.js', 'a.js a/one.js br[x]/f.js link.js modules/x/i.js src/lib/l.js', { exclude: ['**/b'] }],
  ['*.js', 'link.js', { exclude: ['./a.js'] }],
  ['**/*.js', 'a.js a/one.js br[x]/f.js link.js modules/x/i.js src/lib/l.js', { exclude: (name) => name === 'b' }],
];

/** What differs from Node 22 on purpose; its documentation says nothing about these. */
const DIFFERENT: readonly (readonly [patterns: string, found: string, why: string])[] = [
  ['.', '.', 'a path that is there is found'],
  ['a/..', '.', 'a path that is there is found'],
  ['br\\[x\\]/*', 'br[x]/f.js', 'a backslash quotes, as in a shell on Linux'],
  ['a/**/../*.js', 'a.js a/b/two.js a/one.js link.js', '** may stand for nothing before .. too'],
  ['link.js/', '', 'a slash at the end is for directories'],
  ['**/link/*', 'link/b link/one.js link/up', 'a symlink is followed where its name is spelled out'],
  ['./**/*.js', SCRIPTS, '** never follows a symlink, whatever stands before or behind it'],
  ['**/*', `${ALL} ${REST}`, '** never follows a symlink, whatever stands before or behind it'],
];

const sorted = (found: Iterable<string>): string => [...found].sort().join(' ');

describe('globSync finds', () => {
  const nodes = (nodeFs as WithGlob).globSync;

  it.each(FOUND)('%j: %s', (patterns, found, options) => {
    expect(sorted(fs.globSync(patterns, { ...options, cwd: top }))).toBe(found);
    if (nodes !== undefined) expect(sorted(nodes(patterns, { ...options, cwd: real }))).toBe(found);
  });

  it.each(DIFFERENT)('%j: %s (%s)', (patterns, found) => {
    expect(sorted(fs.globSync(patterns, { cwd: top }))).toBe(found);
  });

  it('above the working directory, and from the root', () => {
    expect(sorted(fs.globSync('../*.js', { cwd: `${top}/src` }))).toBe('../a.js ../link.js');
    expect(sorted(fs.globSync(`${top}/*.js`, { cwd: '/top/src', exclude: ['/top/a.js'] }))).toBe('/top/link.js');
    expect(sorted(fs.globSync(`${top}/a/*.js`, { cwd: top, exclude: ['a/*'] }))).toBe('');
    expect(sorted(fs.globSync('*'))).toBe('top');
    expect(sorted(fs.globSync('*', { cwd: '/nowhere' }))).toBe('');
    expect(sorted(fs.globSync('*.js', { cwd: pathToFileURL(`${top}/br[x]`) }))).toBe('f.js');
  });

  it('entries with their types', () => {
    const found = fs.globSync(['a/*', 'a/b/c/*.ts'], {
      cwd: top,
      withFileTypes: true,
      exclude: ({ name }) => name === 'one.js',
    });
    const rows = found.map(
      (entry) => `${entry.parentPath}/${entry.name} ${entry.isDirectory()} ${entry.isSymbolicLink()}`,
    );
    expect(rows.sort()).toEqual(['/top/a/b true false', '/top/a/b/c/three.ts false false', '/top/a/up false true']);
  });
});

describe('the other faces', () => {
  it('calls back with all of them, later', async () => {
    let isLater = false;
    const found = new Promise((resolve) => {
      fs.glob('*.js', { cwd: top }, (error, paths) => resolve([error, paths, isLater]));
    });
    isLater = true;
    expect(await found).toEqual([null, ['a.js', 'link.js'], true]);
    expect(await new Promise((resolve) => fs.glob('*', (error, paths) => resolve([error, paths])))).toEqual([
      null,
      ['top'],
    ]);
    expect(() => fs.glob(5 as never, () => undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });

  it('gives one after the other, and looks no further than it must', async () => {
    const listed: string[] = [];
    const fork = union.fork();
    const { kernel } = fork;
    const readdirEntries = kernel.readdirEntries.bind(kernel);
    Object.assign(kernel, { readdirEntries: (at: string) => listed.push(at) && readdirEntries(at) });
    const watched = fork.fs as unknown as CoreFs;
    for await (const found of watched.promises.glob('{a,src/lib}/*.js', { cwd: top })) {
      expect(['a/one.js', 'src/lib/l.js']).toContain(found);
    }
    expect(listed.sort()).toEqual(['/top/a', '/top/src/lib']);
    listed.length = 0;
    for await (const found of watched.promises.glob('**/*', { cwd: top })) if (found === 'a') break;
    expect(listed).toEqual(['/top/.']);
  });
});

describe('arguments', () => {
  const refused: [name: string, args: unknown[]][] = [
    ['a number', [5]],
    ['a list with a number', [['*', 5]]],
    ['no options', ['*', null]],
    ['a number for options', ['*', 5]],
    ['a number for cwd', ['*', { cwd: 5 }]],
    ['a number for exclude', ['*', { exclude: 5 }]],
    ['a list with a number for exclude', ['*', { exclude: [5] }]],
  ];

  it.each(refused)('%s is refused', (name, args) => {
    const errorOf = (call: unknown): unknown => {
      try {
        return (call as (...all: unknown[]) => unknown)(...args);
      } catch (error) {
        const { code, message } = error as Error & { code: string };
        return name.includes('cwd') ? code : `${code}: ${message}`;
      }
    };
    expect(errorOf(fs.globSync)).toContain('ERR_INVALID_ARG_TYPE');
    const nodes = (nodeFs as WithGlob).globSync;
    if (nodes !== undefined) expect(errorOf(fs.globSync)).toBe(errorOf(nodes));
  });
});
