/** tar-fs packs a union and extracts into it, byte for byte as with a directory of the machine. */

import { createHash } from 'node:crypto';
import * as disk from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ExtractOptions, extract, type PackOptions, pack } from 'tar-fs';
import { pack as tarPack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Layer, UnionFs } from '../../src/index.js';
import { type Files, type NodeFs, plant } from './files.js';

/** What tar-fs takes, and its types do not tell of. */
interface Untyped {
  readonly fs?: NodeFs;
  readonly sort?: boolean;
  readonly umask?: number;
  readonly utimes?: boolean;
}

/** More than a stream reads at once, and not a multiple of tar's blocks. */
const LARGE = 'stratum '.repeat(25_001);
const BELOW: Files = { 'bin/run': '#!/bin/sh\n', 'data/large': LARGE, 'data/empty': '', 'gone/file': 'gone' };
const ABOVE: Files = { [`long/${'name'.repeat(30)}/file`]: 'behind a long name', 'ü/ñ': 'not ASCII' };

/** Whoever runs the tests, who may give a file to nobody else. */
const OWNER = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** A union of theirs, where they may write as in the machine's folder for temporary files. */
function unionOfOwner(layers: readonly Layer[]): UnionFs {
  const union = UnionFs.over(layers, { credentials: OWNER });
  union.view.kernelAs({ ...union.view.credentials, uid: 0 }).chmod('/', 0o777);
  return union;
}

function change(fs: NodeFs, root: string): void {
  plant(fs, root, ABOVE);
  fs.rmSync(join(root, 'gone'), { recursive: true });
  fs.appendFileSync(join(root, 'data/empty'), 'no more');
  fs.writeFileSync(join(root, 'data/none'), '');
  fs.symlinkSync('../bin/run', join(root, 'data/link'));
  fs.symlinkSync('nowhere', join(root, 'broken'));
  fs.linkSync(join(root, 'data/large'), join(root, 'twin'));
  fs.chmodSync(join(root, 'bin/run'), 0o751);
  fs.chmodSync(join(root, 'data'), 0o700);
  fs.chownSync(join(root, 'bin/run'), OWNER.uid, OWNER.gid);
}

/** Gives every path a time of its own, so that the machine's clock is in no tar. */
function setTimes(fs: NodeFs, root: string): void {
  const paths = (fs.readdirSync(root, { recursive: true, encoding: 'utf8' }) as string[]).sort().reverse();
  for (const [index, path] of [...paths, '.'].entries()) fs.lutimesSync(join(root, path), 1, 1_600_000_000 + index);
}

let folder = '';
let union = UnionFs.over([]);

beforeAll(async () => {
  folder = disk.mkdtempSync(join(tmpdir(), 'stratum-tar-'));
  const root = join(folder, 'tree');
  const below = unionOfOwner([]);
  for (const fs of [below.fs, disk]) plant(fs, root, BELOW);
  union = unionOfOwner([await below.toLayer()]);
  for (const fs of [union.fs, disk]) {
    change(fs, root);
    setTimes(fs, root);
  }
});
afterAll(() => disk.rmSync(folder, { recursive: true, force: true }));

describe('tar-fs packs a union', () => {
  const cases: readonly PackOptions[] = [
    {},
    { dereference: true, ignore: (name) => name.endsWith('broken') },
    { entries: ['bin', 'data'], readable: true },
    { map: (header) => ({ ...header, name: `prefix/${header.name}`, uid: 7 }) },
  ];
  for (const options of cases) {
    test(`into the bytes that it packs of a directory, with ${Object.keys(options).join(' and ') || 'no options'}`, async () => {
      const [expected, ours] = [await packed(disk, options), await packed(union.fs, options)];
      expect(ours.length).toBe(expected.length);
      expect(ours.equals(expected)).toBe(true);
      expect(ours.length).toBeGreaterThan(LARGE.length);
    });
  }
});

describe('tar-fs extracts into a union', () => {
  const cases: readonly (ExtractOptions & Untyped)[] = [
    {},
    { map: (header) => ({ ...header, name: `into/${header.name}` }) },
    { umask: 0o77, utimes: false },
    { writable: true },
  ];
  for (const options of cases) {
    test(`what it extracts into a directory, with ${Object.keys(options).join(' and ') || 'no options'}`, async () => {
      const tar = await packed(disk, {});
      const target = disk.mkdtempSync(join(folder, 'to-'));
      const { fs } = unionOfOwner([]);
      fs.mkdirSync(target, { recursive: true });
      for (const each of [disk, fs]) await unpacked(each, target, tar, options);
      const expected = listing(disk, target);
      expect(listing(fs, target)).toEqual(expected);
      expect(expected.length).toBeGreaterThan(6);
    });
  }

  test('hard links as links of one file', async () => {
    const { fs } = UnionFs.over([]);
    fs.mkdirSync('/to');
    await unpacked(fs, '/to', await linkedTar(), {});
    expect(fs.statSync('/to/second').ino).toBe(fs.statSync('/to/first').ino);
    expect(fs.statSync('/to/first').nlink).toBe(2);
    fs.appendFileSync('/to/second', '!');
    expect(fs.readFileSync('/to/first', 'utf8')).toBe('one!');
  });

  test('over a layer, which stays as it was', async () => {
    const { fs } = union.fork();
    const root = join(folder, 'tree');
    await unpacked(fs, root, await linkedTar(), {});
    expect(fs.readdirSync(root)).toEqual(expect.arrayContaining(['bin', 'first', 'second']));
    expect(union.fs.existsSync(join(root, 'first'))).toBe(false);
  });
});

async function packed(fs: NodeFs, options: PackOptions): Promise<Buffer> {
  const given: PackOptions & Untyped = { sort: true, ...options, fs };
  const chunks: Buffer[] = [];
  for await (const chunk of pack(join(folder, 'tree'), given)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function unpacked(fs: NodeFs, target: string, tar: Buffer, options: ExtractOptions): Promise<void> {
  const given: ExtractOptions & Untyped = { ...options, fs };
  await pipeline([tar], extract(target, given));
}

/** tar-fs packs no hard links of its own. */
async function linkedTar(): Promise<Buffer> {
  const tar = tarPack();
  tar.entry({ name: 'first', mtime: new Date(5_000) }, 'one');
  tar.entry({ name: 'second', type: 'link', linkname: 'first', mtime: new Date(5_000) });
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Path, mode, owner, time and content of everything below a directory. Times that nobody set are the clock's. */
function listing(fs: NodeFs, root: string): string[] {
  const paths = (fs.readdirSync(root, { recursive: true, encoding: 'utf8' }) as string[]).sort();
  return paths.map((path) => {
    const stat = fs.lstatSync(join(root, path));
    const time = stat.mtimeMs < SET_BEFORE_MS ? stat.mtimeMs : 'now';
    return `${path} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${time} ${content(fs, join(root, path))}`;
  });
}

const SET_BEFORE_MS = 1_600_001_000_000;

function content(fs: NodeFs, path: string): string {
  const stat = fs.lstatSync(path);
  if (stat.isSymbolicLink()) return `-> ${fs.readlinkSync(path)}`;
  if (stat.isDirectory()) return '';
  return `${stat.size} ${createHash('sha256').update(fs.readFileSync(path)).digest('hex')}`;
}
