import { chmod, link, lstat, mkdir, readdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HostSide } from '../../src/cli/copy/host-side.js';
import { findSubject, parsePlace, placeSubject } from '../../src/cli/copy/places.js';
import { copyTree } from '../../src/cli/copy/tree-copy.js';
import { withDirectory } from './kit.js';

const host = new HostSide();

/** Copies as `cp` does, between two places of the host, in a directory with some files. */
async function copy(from: string, to: string, options: { follow?: boolean } = {}): Promise<void> {
  const subject = await findSubject(host, from, options.follow === true);
  const target = await placeSubject(host, subject, to);
  await copyTree(host, host, { source: subject.path, target }, { keepOwner: false });
}

async function sample(root: string): Promise<void> {
  await mkdir(join(root, 'dir/sub'), { recursive: true });
  await writeFile(join(root, 'file'), 'content');
  await writeFile(join(root, 'dir/inner'), 'inner');
  await symlink('inner', join(root, 'dir/link'));
  await symlink('dir', join(root, 'to-dir'));
  await symlink('file', join(root, 'to-file'));
}

async function inSample(work: (root: string) => Promise<void>): Promise<void> {
  await withDirectory(async (root) => {
    await sample(root);
    await work(root);
  });
}

describe('parsePlace', () => {
  test.each([
    ['-', { kind: 'stream' }],
    ['web:/etc', { kind: 'container', container: 'web', path: '/etc' }],
    ['web:etc/.', { kind: 'container', container: 'web', path: '/etc/.' }],
    ['web:/a:b', { kind: 'container', container: 'web', path: '/a:b' }],
    ['./a:b', { kind: 'host', path: './a:b' }],
    ['/a:b', { kind: 'host', path: '/a:b' }],
    ['a', { kind: 'host', path: 'a' }],
    [':a', { kind: 'host', path: ':a' }],
  ])('%s', (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });

  test('a container without a path is refused', () => {
    expect(() => parsePlace('web:')).toThrow("'web:' names no path");
  });
});

describe('a file is copied', () => {
  test('under the name that is given', () =>
    inSample(async (root) => {
      await copy(join(root, 'file'), join(root, 'new'));
      expect(await readFile(join(root, 'new'), 'utf8')).toBe('content');
    }));

  test('into a directory that exists', () =>
    inSample(async (root) => {
      await copy(join(root, 'file'), join(root, 'dir'));
      expect(await readFile(join(root, 'dir/file'), 'utf8')).toBe('content');
    }));

  test('over a file that exists, which loses its other names', () =>
    inSample(async (root) => {
      await writeFile(join(root, 'old'), 'old');
      await link(join(root, 'old'), join(root, 'other'));
      await copy(join(root, 'file'), join(root, 'old'));
      expect(await readFile(join(root, 'old'), 'utf8')).toBe('content');
      expect(await readFile(join(root, 'other'), 'utf8')).toBe('old');
    }));

  test('with mode and time, without setuid', () =>
    inSample(async (root) => {
      await utimes(join(root, 'file'), 1000.25, 1000.25);
      await chmod(join(root, 'file'), 0o4751);
      await copy(join(root, 'file'), join(root, 'new'));
      const { mode, mtimeMs } = await lstat(join(root, 'new'));
      expect([(mode & 0o7777).toString(8), mtimeMs]).toEqual(['751', 1_000_250]);
    }));

  test('not into a directory that is not there, and not through a file', () =>
    inSample(async (root) => {
      await expect(copy(join(root, 'file'), join(root, 'none/'))).rejects.toThrow('no such directory');
      await expect(copy(join(root, 'file'), join(root, 'none/new'))).rejects.toThrow('no such directory');
      await expect(copy(join(root, 'file'), join(root, 'to-file/new'))).rejects.toThrow('not a directory');
      await expect(copy(join(root, 'none'), join(root, 'new'))).rejects.toThrow('no such file or directory');
      await expect(copy(join(root, 'file/'), join(root, 'new'))).rejects.toThrow('no such file or directory');
    }));
});

describe('a directory is copied', () => {
  test('under a new name, with what is in it', () =>
    inSample(async (root) => {
      await copy(join(root, 'dir'), join(root, 'new'));
      expect(await readdir(join(root, 'new'))).toEqual(['inner', 'link', 'sub']);
      expect(await readlink(join(root, 'new/link'))).toBe('inner');
    }));

  test('into a directory that exists, as a whole', () =>
    inSample(async (root) => {
      await mkdir(join(root, 'new'));
      await copy(join(root, 'dir'), join(root, 'new'));
      expect(await readdir(join(root, 'new'))).toEqual(['dir']);
    }));

  test('into a directory that exists, only what is in it when /. is behind it', () =>
    inSample(async (root) => {
      await mkdir(join(root, 'new'));
      await copy(`${root}/dir/.`, join(root, 'new'));
      expect(await readdir(join(root, 'new'))).toEqual(['inner', 'link', 'sub']);
    }));

  test('never onto a file', () =>
    inSample(async (root) => {
      await expect(copy(join(root, 'dir'), join(root, 'file'))).rejects.toThrow('cannot copy a directory onto a file');
    }));

  test('with its hard links', () =>
    inSample(async (root) => {
      await link(join(root, 'dir/inner'), join(root, 'dir/sub/again'));
      await copy(join(root, 'dir'), join(root, 'new'));
      const [a, b] = [await lstat(join(root, 'new/inner')), await lstat(join(root, 'new/sub/again'))];
      expect([a.ino === b.ino, a.nlink]).toEqual([true, 2]);
    }));
});

describe('symlinks', () => {
  test('are copied as such, unless followed', () =>
    inSample(async (root) => {
      await copy(join(root, 'to-file'), join(root, 'dir/a'));
      expect(await readlink(join(root, 'dir/a'))).toBe('file');
      await copy(join(root, 'to-file'), join(root, 'dir'), { follow: true });
      expect(await readFile(join(root, 'dir/to-file'), 'utf8')).toBe('content');
    }));

  test('to a directory are followed when a slash is behind them', () =>
    inSample(async (root) => {
      await copy(join(root, 'to-dir/'), join(root, 'new'));
      expect(await readdir(join(root, 'new'))).toEqual(['inner', 'link', 'sub']);
    }));

  test('that lie in the way are replaced, never written through', () =>
    inSample(async (root) => {
      await mkdir(join(root, 'new/dir'), { recursive: true });
      await writeFile(join(root, 'outside'), 'untouched');
      await symlink('../../outside', join(root, 'new/dir/inner'));
      await copy(join(root, 'dir'), join(root, 'new'));
      expect(await readFile(join(root, 'outside'), 'utf8')).toBe('untouched');
      expect(await readFile(join(root, 'new/dir/inner'), 'utf8')).toBe('inner');
    }));

  test('that lie where a directory is to go are refused, never descended', () =>
    inSample(async (root) => {
      await mkdir(join(root, 'elsewhere'));
      await mkdir(join(root, 'new/dir'), { recursive: true });
      await symlink('../../elsewhere', join(root, 'new/dir/sub'));
      await writeFile(join(root, 'dir/sub/evil'), 'evil');
      await expect(copy(join(root, 'dir'), join(root, 'new'))).rejects.toThrow('cannot replace a file by a directory');
      expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
    }));
});

test('names that are not UTF-8 keep their bytes', () =>
  inSample(async (root) => {
    const name = Buffer.concat([Buffer.from(`${root}/dir/`), Buffer.from([0xff, 0x61])]);
    await writeFile(name, 'x');
    await copy(join(root, 'dir'), join(root, 'new'));
    const names = await readdir(join(root, 'new'), { encoding: 'buffer' });
    expect(names.map((each) => each.toString('hex'))).toContain('ff61');
  }));
