import { execFileSync } from 'node:child_process';
import nodeFs, { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { UnionFs } from '../../src/index.js';
import { requires } from '../kit/requires.js';

type MovingFs = Pick<
  typeof nodeFs,
  'mkdirSync' | 'writeFileSync' | 'renameSync' | 'rmSync' | 'readdirSync' | 'appendFileSync'
>;

/** What each rename answers, with the names at the end. */
function renames(fs: MovingFs, root: string): unknown[] {
  const at = (path: string): string => root + path;
  const answers: unknown[] = [];
  const rename = (from: string, to: string): void => {
    try {
      fs.renameSync(at(from), at(to));
      answers.push([from, to, 'moved']);
    } catch (error) {
      answers.push([from, to, (error as { code?: string }).code]);
    }
  };
  fs.mkdirSync(at('/new'));
  fs.writeFileSync(at('/new/f'), 'x');
  rename('/lower', '/moved');
  rename('/lower', '/full');
  rename('/lower', '/nowhere/moved');
  rename('/lower', '/lower/inside');
  rename('/lower', '/file');
  fs.appendFileSync(at('/merged/f'), 'y');
  rename('/merged', '/moved');
  rename('/new', '/moved');
  rename('/file', '/renamed');
  rename('/moved', '/empty');
  fs.rmSync(at('/lower'), { recursive: true });
  fs.mkdirSync(at('/lower'));
  rename('/lower', '/again');
  answers.push(fs.readdirSync(at('/')).sort(), fs.readdirSync(at('/empty')).sort());
  return answers;
}

function fill(fs: MovingFs, root: string): void {
  for (const directory of ['lower', 'merged', 'full', 'empty']) {
    fs.mkdirSync(`${root}/${directory}`);
    if (directory !== 'empty') fs.writeFileSync(`${root}/${directory}/f`, 'below');
  }
  fs.writeFileSync(`${root}/file`, 'below');
}

requires('root', 'overlay')('renameAcrossLayers: exdev is what overlayfs does without redirect_dir', async () => {
  const base = UnionFs.over([]);
  fill(base.fs, '');
  const union = UnionFs.over([await base.toLayer()], { renameAcrossLayers: 'exdev' });

  const scratch = mkdtempSync(join(tmpdir(), 'stratum-exdev-'));
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', scratch]);
  const folders = ['lower', 'upper', 'work', 'merged'].map((name) => join(scratch, name));
  for (const folder of folders) mkdirSync(folder);
  const [lower, upper, work, merged] = folders as [string, string, string, string];
  try {
    fill(nodeFs, lower);
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work},redirect_dir=off,index=on`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged]);
    try {
      expect(renames(union.fs, '')).toEqual(renames(nodeFs, merged));
    } finally {
      execFileSync('umount', [merged]);
    }
  } finally {
    execFileSync('umount', [scratch]);
    rmSync(scratch, { recursive: true });
  }
});
