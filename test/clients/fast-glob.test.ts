/** fast-glob on a union finds what it finds on a disk with the same tree. */

import * as disk from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import glob, { type Entry, type Options } from 'fast-glob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnionFs } from '../../src/index.js';
import { type NodeFs, plant } from './files.js';

/** What the layer below holds. */
function plantBelow(fs: NodeFs, root: string): void {
  plant(fs, root, {
    'src/index.ts': 'export {};',
    'src/deep/er/leaf.ts': 'leaf',
    'src/deep/notes.md': '# notes',
    '.hidden/key.ts': 'secret',
    'gone/away.ts': 'deleted by the upper',
    'README.md': 'read me',
  });
}

/** What is done above it: deleted, hidden by an opaque directory, linked, modified, added. */
function plantAbove(fs: NodeFs, root: string): void {
  fs.rmSync(join(root, 'gone'), { recursive: true });
  plant(fs, root, { 'gone/again.ts': 'new', 'lib/a(b).ts': '', 'lib/[c].ts': '', 'lib/ü.ts': '', '.env': '' });
  fs.symlinkSync('../src/deep', join(root, 'lib/deep'));
  fs.symlinkSync('index.ts', join(root, 'src/main.ts'));
  fs.symlinkSync('nowhere', join(root, 'src/broken.ts'));
  fs.appendFileSync(join(root, 'src/index.ts'), '\n// longer');
  fs.chmodSync(join(root, 'src/deep/er/leaf.ts'), 0o600);
}

const union = UnionFs.over([]);
let below = union;
let folder = '';

beforeAll(async () => {
  folder = disk.mkdtempSync(join(tmpdir(), 'stratum-glob-'));
  for (const fill of [plantBelow, plantAbove]) fill(disk, folder);
  union.fs.mkdirSync(folder, { recursive: true });
  plantBelow(union.fs, folder);
  below = UnionFs.over([await union.toLayer()]);
  plantAbove(below.fs, folder);
});
afterAll(() => disk.rmSync(folder, { recursive: true, force: true }));

describe('fast-glob on a union', () => {
  const cases: [patterns: string | string[], options: Options, found: number][] = [
    ['**/*.ts', {}, 8],
    ['**/*.ts', { dot: true }, 9],
    ['**', { dot: true, onlyFiles: false }, 22],
    ['**/*', { onlyDirectories: true, markDirectories: true }, 7],
    ['**/*.ts', { followSymbolicLinks: false }, 6],
    ['**', { followSymbolicLinks: false, onlyFiles: false }, 16],
    [['**/*.{ts,md}', '!lib/**'], { ignore: ['**/er/**'] }, 5],
    ['**/*.ts', { deep: 2 }, 6],
    ['lib/a\\(b\\).ts', {}, 1],
    ['lib/\\[c\\].ts', {}, 1],
    ['*/INDEX.ts', { caseSensitiveMatch: false }, 1],
    ['src/@(index|main).ts', {}, 2],
    ['missing/**', {}, 0],
    ['gone/*', { absolute: true }, 1],
  ];

  for (const [patterns, options, found] of cases) {
    test(`finds ${JSON.stringify(patterns)} with ${JSON.stringify(options)}`, async () => {
      const expected = glob.sync(patterns, { ...options, cwd: folder }).sort();
      expect(expected).toHaveLength(found);
      const ours = { ...options, cwd: folder, fs: below.fs };
      expect(glob.sync(patterns, ours).sort()).toEqual(expected);
      expect((await glob(patterns, ours)).sort()).toEqual(expected);
    });
  }

  test('streams the same', async () => {
    const found: string[] = [];
    for await (const path of glob.stream('**/*.ts', { cwd: folder, fs: below.fs })) found.push(String(path));
    expect(found.sort()).toEqual(glob.sync('**/*.ts', { cwd: folder }).sort());
  });

  test('tells the same stats', async () => {
    const options = { dot: true, onlyFiles: false, stats: true, cwd: folder } as const;
    const expected = glob.sync('**', options).map(described).sort();
    expect((await glob('**', { ...options, fs: below.fs })).map(described).sort()).toEqual(expected);
    expect(expected).toContain('src/deep/er/leaf.ts file 100600 4');
  });
});

function described({ path, dirent, stats }: Entry): string {
  const kind = dirent.isDirectory() ? 'directory' : dirent.isFile() ? 'file' : 'other';
  const size = stats?.isDirectory() ? '' : stats?.size;
  return `${path} ${kind} ${stats?.mode.toString(8)} ${size}`;
}
