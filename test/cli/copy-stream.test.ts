import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { byteStream, collectBytes } from '../../src/base/stream.js';
import { ContainerSide } from '../../src/cli/copy/container-side.js';
import { findSubject } from '../../src/cli/copy/places.js';
import { unpackTar } from '../../src/cli/copy/tar-in.js';
import { tarOfSubject } from '../../src/cli/copy/tar-out.js';
import { copyTree } from '../../src/cli/copy/tree-copy.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import type { TarEntry, TarHeader } from '../../src/tar/entry.js';
import { TarReader } from '../../src/tar/reader.js';
import { writeTar } from '../../src/tar/writer.js';
import { makeDevice, splitDevice } from '../../src/tree/device.js';
import { withDirectory } from './kit.js';

const HEADER: TarHeader = {
  path: 'f',
  type: 'file',
  mode: 0o644,
  uid: 7,
  gid: 8,
  size: 0,
  mtimeSec: 1000,
  mtimeNsec: 5,
  linkname: '',
  devMajor: 0,
  devMinor: 0,
  xattrs: undefined,
};

function entries(tar: Uint8Array): TarEntry[] {
  const found: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => found.push(entry) });
  reader.push(tar);
  reader.end();
  return found;
}

/** A container with an example of everything below /d. */
function filled(): UnionFs {
  const union = UnionFs.over([]);
  const { kernel, fs } = union;
  fs.mkdirSync('/d/sub', { recursive: true });
  fs.writeFileSync('/d/file', 'content');
  fs.linkSync('/d/file', '/d/sub/again');
  fs.symlinkSync('../file', '/d/sub/link');
  kernel.mknod('/d/null', 0o020666, makeDevice(1, 3));
  kernel.mknod('/d/pipe', 0o010600, 0);
  kernel.setxattr('/d/file', 'user.a', Uint8Array.of(1, 0, 2));
  kernel.lchown('/d/file', 12, 34);
  kernel.chmod('/d/file', 0o4755);
  kernel.lutimes('/d/file', { sec: 99, nsec: 7 }, { sec: 99, nsec: 7 });
  kernel.lutimes('/d/sub', { sec: 55, nsec: 0 }, { sec: 55, nsec: 0 });
  return union;
}

async function tarOf(union: UnionFs, path: string): Promise<Buffer> {
  const subject = await findSubject(new ContainerSide(union.kernel), path, false);
  return Buffer.concat([...tarOfSubject(union.kernel, subject)]);
}

async function unpacked(tar: Uint8Array, union: UnionFs = UnionFs.over([])): Promise<UnionFs> {
  union.fs.mkdirSync('/to', { recursive: true });
  await unpackTar(union.kernel, byteStream(tar), { directory: '/to', keepOwner: true, file: 'test' });
  return union;
}

describe('a tar out of a container', () => {
  test('names the subject and what is below it, links as links', async () => {
    const found = entries(await tarOf(filled(), '/d')).map(({ type, path, linkname }) => `${type} ${path} ${linkname}`);
    expect(found).toEqual([
      'directory d ',
      'file d/file ',
      'character d/null ',
      'fifo d/pipe ',
      'directory d/sub ',
      'link d/sub/again d/file',
      'symlink d/sub/link ../file',
    ]);
  });

  test('begins with a dot when only what is in the directory is meant', async () => {
    expect(entries(await tarOf(filled(), '/d/.')).map(({ path }) => path)).toContain('./file');
    expect(entries(await tarOf(filled(), '/')).map(({ path }) => path)).toContain('./d/file');
  });

  test('unpacked again is the same in everything', async () => {
    const tar = await tarOf(filled(), '/d/.');
    const again = await tarOf(await unpacked(tar), '/to/.');
    const described = (bytes: Uint8Array): unknown[] =>
      entries(bytes)
        .filter(({ path }) => path !== '.')
        .map(({ headerOffset: _header, bodyOffset: _body, ...entry }) => entry);
    expect(described(again)).toEqual(described(tar));
  });
});

describe('a tar into a container', () => {
  test('may be compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const union = await unpacked(gzipSync(await tarOf(filled(), '/d')));
    expect(union.fs.readFileSync('/to/d/sub/again', 'utf8')).toBe('content');
  });

  test('replaces files and links in the way, and leaves what they pointed at alone', async () => {
    const union = UnionFs.over([]);
    union.fs.mkdirSync('/to');
    union.fs.writeFileSync('/secret', 'untouched');
    union.fs.symlinkSync('/secret', '/to/f');
    await unpacked(
      Buffer.concat([...writeTar([{ header: { ...HEADER, size: 3 }, body: [Buffer.from('new')] }])]),
      union,
    );
    expect([union.fs.readFileSync('/to/f', 'utf8'), union.fs.readFileSync('/secret', 'utf8')]).toEqual([
      'new',
      'untouched',
    ]);
  });

  test('gives files to root unless owners are kept', async () => {
    const union = UnionFs.over([]);
    const tar = Buffer.concat([...writeTar([{ header: HEADER }])]);
    await unpackTar(union.kernel, byteStream(tar), { directory: '/', keepOwner: false, file: 'test' });
    expect(union.kernel.lstat('/f')).toMatchObject({ uid: 0, gid: 0, mtimeSec: 1000, mtimeNsec: 5 });
    await unpacked(tar, union);
    expect(union.kernel.lstat('/to/f')).toMatchObject({ uid: 7, gid: 8 });
  });

  test.each(['../out', 'a/../../out', '/../out'])('refuses the path %s', async (path) => {
    await expect(unpacked(Buffer.concat([...writeTar([{ header: { ...HEADER, path } }])]))).rejects.toThrow(
      'path with ".."',
    );
  });

  test('takes an absolute path as one below the directory', async () => {
    const union = await unpacked(Buffer.concat([...writeTar([{ header: { ...HEADER, path: '/etc/f' } }])]));
    expect(union.fs.existsSync('/to/etc/f')).toBe(true);
    expect(union.fs.existsSync('/etc')).toBe(false);
  });

  test('never replaces a directory by a file, nor a file by a directory', async () => {
    const union = UnionFs.over([]);
    union.fs.mkdirSync('/to/f', { recursive: true });
    await expect(unpacked(Buffer.concat([...writeTar([{ header: HEADER }])]), union)).rejects.toMatchObject({
      code: 'CONFLICT',
      entry: 'f',
    });
    const directory = { ...HEADER, path: 'g', type: 'directory' as const };
    union.fs.writeFileSync('/to/g', '');
    await expect(unpacked(Buffer.concat([...writeTar([{ header: directory }])]), union)).rejects.toThrow(
      'cannot replace a file by a directory',
    );
  });

  test('that is cut off is an error', async () => {
    const tar = Buffer.concat([...writeTar([{ header: { ...HEADER, size: 4 }, body: [Buffer.from('1234')] }])]);
    await expect(unpacked(tar.subarray(0, 514))).rejects.toMatchObject({ code: 'TAR_INVALID' });
  });

  test('with holes becomes a file with zeros', async () => {
    await withDirectory(async (directory) => {
      await writeFile(`${directory}/s`, 'head');
      await truncate(`${directory}/s`, 1 << 20);
      for (const format of ['posix', 'gnu']) {
        const tar = execFileSync('tar', ['--sparse', `--format=${format}`, '-C', directory, '-cf', '-', 's']);
        const bytes = (await unpacked(tar)).fs.readFileSync('/to/s') as Uint8Array;
        expect([bytes.length, Buffer.from(bytes.subarray(0, 5)).toString()]).toEqual([1 << 20, 'head\0']);
      }
    });
  });
});

test('between two containers everything is kept but owners', async () => {
  const from = new ContainerSide(filled().kernel);
  const union = UnionFs.over([]);
  await copyTree(from, new ContainerSide(union.kernel), { source: '/d', target: '/e' }, { keepOwner: false });
  const { kernel } = union;
  expect(kernel.lstat('/e/file')).toMatchObject({ uid: 0, gid: 0, mode: 0o104755, mtimeSec: 99, mtimeNsec: 7 });
  expect(kernel.linksOf(kernel.lstat('/e/sub/again'))).toBe(2);
  expect([...kernel.getxattr('/e/file', 'user.a')]).toEqual([1, 0, 2]);
  expect(kernel.lstat('/e/sub').mtimeSec).toBe(55);
  expect(await collectBytes(from.read('/d/file'))).toHaveLength(7);
});

test('device numbers go to major and minor and back as Linux has them', () => {
  for (const [major, minor] of [
    [1, 3],
    [8, 255],
    [8, 256],
    [259, 1_048_575],
    [4095, 0],
  ] as const) {
    const device = makeDevice(major, minor);
    expect(splitDevice(device)).toEqual({ major, minor });
  }
  expect(makeDevice(8, 1)).toBe(0x801);
});
