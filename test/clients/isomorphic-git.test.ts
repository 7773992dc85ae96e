/** isomorphic-git keeps a repository in a union: the same as on a disk, and one that git itself reads. */

import * as disk from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import git from 'isomorphic-git';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnionFs } from '../../src/index.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';
import { copyTree, type Files, layerOf, type NodeFs, plant } from './files.js';

const PROJECT: Files = {
  'README.md': '# Project\n',
  'src/main.c': 'int main() {}\n',
  'src/old.c': '/* old */\n',
  'tools/build.sh': '#!/bin/sh\n',
  '.gitignore': '*.o\n',
};

interface Repository {
  readonly fs: NodeFs;
  readonly dir: string;
}

/** A moment for every commit, so that the same commits have the same names. */
const AUTHOR = { name: 'A U Thor', email: 'author@example.com', timestamp: 1_700_000_000, timezoneOffset: 0 };

/** What was done to the project, and what git said at each step. */
async function history({ fs, dir }: Repository): Promise<Record<string, unknown>> {
  const repository = { fs, dir };
  const path = (name: string): string => join(dir, name);
  const status = async (): Promise<unknown> => git.statusMatrix(repository);
  await git.init({ ...repository, defaultBranch: 'main' });
  const untracked = await status();

  fs.chmodSync(path('tools/build.sh'), 0o755);
  fs.symlinkSync('src/main.c', path('start'));
  await git.add({ ...repository, filepath: '.' });
  const first = await git.commit({ ...repository, author: AUTHOR, message: 'the layer below' });

  await git.branch({ ...repository, ref: 'topic', checkout: true });
  fs.appendFileSync(path('src/main.c'), 'int other() {}\n');
  fs.rmSync(path('src/old.c'));
  fs.writeFileSync(path('src/main.o'), 'not kept');
  fs.writeFileSync(path('src/new.c'), 'int two();\n');
  const changed = await status();
  await git.remove({ ...repository, filepath: 'src/old.c' });
  await git.add({ ...repository, filepath: ['src/main.c', 'src/new.c'] });
  const second = await git.commit({ ...repository, author: AUTHOR, message: 'a topic' });
  const clean = await status();

  await git.checkout({ ...repository, ref: 'main' });
  const onMain = fs.readdirSync(path('src')).sort();
  await git.checkout({ ...repository, ref: 'topic' });
  const onTopic = fs.readdirSync(path('src')).sort();
  const log = await git.log({ ...repository, ref: 'topic' });
  return { untracked, changed, clean, onMain, onTopic, commits: [second, first], log };
}

const DIR = '/home/project';
let union = UnionFs.over([]);
let ours: Record<string, unknown> = {};
let scratch = '';

beforeAll(async () => {
  scratch = disk.mkdtempSync(join(tmpdir(), 'stratum-git-'));
  const files = Object.entries(PROJECT).map(([name, text]) => [join(DIR, name), text]);
  union = UnionFs.over([await layerOf(Object.fromEntries(files))]);
  ours = await history({ fs: union.fs, dir: DIR });
});
afterAll(() => disk.rmSync(scratch, { recursive: true, force: true }));

describe('isomorphic-git in a union', () => {
  test('says and makes the same as on a disk, to the names of the commits', async () => {
    const dir = join(scratch, 'disk');
    plant(disk, dir, PROJECT);
    expect(ours).toEqual(await history({ fs: disk, dir }));
  });

  test('sees what the layer below holds, and what was changed above it', () => {
    expect(ours['untracked']).toContainEqual(['src/main.c', 0, 2, 0]);
    expect(ours['changed']).toEqual([
      ['.gitignore', 1, 1, 1],
      ['README.md', 1, 1, 1],
      ['src/main.c', 1, 2, 1],
      ['src/new.c', 0, 2, 0],
      ['src/old.c', 1, 0, 1],
      ['start', 1, 1, 1],
      ['tools/build.sh', 1, 1, 1],
    ]);
    expect(ours['onMain']).toEqual(['main.c', 'main.o', 'old.c']);
    expect(ours['onTopic']).toEqual(['main.c', 'main.o', 'new.c']);
  });

  test('leaves the files below where they are until git writes them', () => {
    expect(union.origin(join(DIR, 'README.md')).id).not.toBe('upper');
    expect(union.origin(join(DIR, 'src/main.c')).id).toBe('upper');
    expect(union.changes()).toContainEqual({ kind: 'delete', path: join(DIR, 'src/old.c') });
  });

  test('commits in a fork without a trace in the original', async () => {
    const { fs } = union.fork();
    fs.writeFileSync(join(DIR, 'README.md'), '# Fork\n');
    await git.add({ fs, dir: DIR, filepath: 'README.md' });
    const tip = await git.commit({ fs, dir: DIR, author: AUTHOR, message: 'in the fork' });
    expect(await git.resolveRef({ fs, dir: DIR, ref: 'HEAD' })).toBe(tip);
    expect(await git.resolveRef({ fs: union.fs, dir: DIR, ref: 'HEAD' })).toBe((ours['commits'] as string[])[0]);
    await expect(git.readCommit({ fs: union.fs, dir: DIR, oid: tip })).rejects.toThrow(tip);
  });

  requires('git')('makes a repository that git itself finds sound', async () => {
    const dir = join(scratch, 'exported');
    copyTree({ fs: union.fs, path: DIR }, { fs: disk, path: dir });
    const real = (...args: string[]): Promise<string> => run('git', ['-C', dir, ...args], { env: ISOLATED });
    expect(await real('fsck', '--strict', '--full')).toBe('');
    expect((await real('log', '--format=%H %s', 'topic')).trim().split('\n')).toEqual([
      `${(ours['commits'] as string[])[0]} a topic`,
      `${(ours['commits'] as string[])[1]} the layer below`,
    ]);
    expect(await real('status', '--porcelain')).toBe('');
    expect(await real('ls-files', '--stage', 'tools', 'start')).toMatch(
      /^120000 .*\tstart\n100755 .*\ttools\/build.sh\n$/,
    );
  });

  requires('git')('reads what git packed', async () => {
    const dir = join(scratch, 'packed');
    plant(disk, dir, PROJECT);
    const real = (...args: string[]): Promise<string> => run('git', ['-C', dir, ...args], { env: ISOLATED });
    await real('init', '--quiet', '--initial-branch=main');
    await real('add', '.');
    await real('commit', '--quiet', '--message=by git');
    await real('gc', '--quiet');
    const { fs } = UnionFs.over([]);
    copyTree({ fs: disk, path: dir }, { fs, path: DIR });
    const [commit] = await git.log({ fs, dir: DIR });
    expect(commit?.oid).toBe((await real('rev-parse', 'HEAD')).trim());
    fs.rmSync(join(DIR, 'src'), { recursive: true });
    await git.checkout({ fs, dir: DIR, force: true });
    expect(fs.readFileSync(join(DIR, 'src/main.c'), 'utf8')).toBe(PROJECT['src/main.c']);
  });
});

/** The settings of whoever runs the tests say nothing here. */
const ISOLATED = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: AUTHOR.name,
  GIT_AUTHOR_EMAIL: AUTHOR.email,
  GIT_COMMITTER_NAME: AUTHOR.name,
  GIT_COMMITTER_EMAIL: AUTHOR.email,
};
