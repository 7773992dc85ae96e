/** Trees copied between a union, memfs and a directory on disk. */

import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memfs } from 'memfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyTree, UnionFs } from '../../src/index.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';
import { treeListing } from '../kit/tree-listing.js';

function folder(): string {
  const path = fs.mkdtempSync(join(tmpdir(), 'stratum-copy-'));
  onTestFinished(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Something of every kind that Node's calls can make. */
function sample(): UnionFs {
  const union = UnionFs.over([]);
  const { fs: own } = union;
  own.mkdirSync('/srv/empty', { recursive: true });
  own.writeFileSync('/srv/text', 'text\n', { mode: 0o600 });
  own.writeFileSync('/srv/bytes', Uint8Array.of(0, 255, 128));
  own.linkSync('/srv/text', '/srv/again');
  own.symlinkSync('../srv/text', '/srv/link');
  own.symlinkSync('nowhere', '/dangling');
  own.chownSync('/srv/bytes', 12, 34);
  own.chmodSync('/srv/bytes', 0o4711);
  own.chmodSync('/srv/empty', 0o1555);
  own.utimesSync('/srv/text', 1, 1_700_000_000.123456);
  own.lutimesSync('/dangling', 5, 5);
  own.utimesSync('/srv', new Date(0), new Date(-1500));
  return union;
}

describe('a copied tree', () => {
  requires(
    'root',
    'getfattr',
    'mknod',
    'mkfifo',
  )('is the same in a directory on disk, to the microsecond', async () => {
    const [from, to] = [folder(), folder()];
    expect(sample().copyTo(fs, from)).toEqual([]);
    expect(fs.lstatSync(join(from, 'srv')).mtimeMs).toBe(-1500);
    expect(fs.lstatSync(join(from, 'srv/text'), { bigint: true }).mtimeNs).toBe(1_700_000_000_123_456_000n);
    await run('mknod', [join(from, 'null'), 'c', '1', '3']);
    await run('mkfifo', [join(from, 'pipe')]);
    const union = UnionFs.over([]);
    expect(copyTree(fs, from, union.fs, '/').sort()).toEqual([join(from, 'null'), join(from, 'pipe')]);
    expect(union.copyTo(fs, to)).toEqual([]);
    for (const name of ['null', 'pipe']) fs.unlinkSync(join(from, name));
    for (const root of [from, to]) fs.utimesSync(root, 9, 9);
    expect(await treeListing(to)).toEqual(await treeListing(from));
  });

  it('keeps names and targets that are not UTF-8', () => {
    const [from, to] = [folder(), folder()];
    const odd = (root: string, name: string): Buffer =>
      Buffer.concat([Buffer.from(`${root}/${name}`), Buffer.of(0xff)]);
    fs.writeFileSync(odd(from, 'f'), 'not UTF-8');
    fs.symlinkSync(Buffer.of(0x66, 0xff), odd(from, 'l'));
    UnionFs.fromFs(fs, from).copyTo(fs, to);
    expect(fs.readFileSync(odd(to, 'l'), 'utf8')).toBe('not UTF-8');
  });

  it('writes through no symlink that is in its way', () => {
    const root = folder();
    const out = join(root, 'out');
    fs.mkdirSync(join(out, 'kept'), { recursive: true });
    fs.writeFileSync(join(root, 'secret'), 'untouched');
    fs.symlinkSync('../secret', join(out, 'a'));
    fs.symlinkSync('..', join(out, 'd'));
    UnionFs.fromJSON({ '/a': 'new', '/kept/b': 'b' }).copyTo(fs, out);
    expect([fs.readFileSync(join(root, 'secret'), 'utf8'), fs.readFileSync(join(out, 'a'), 'utf8')]).toEqual([
      'untouched',
      'new',
    ]);
    expect(fs.readdirSync(join(out, 'kept'))).toEqual(['b']);
    const below = UnionFs.fromJSON({ '/d/secret': 'overwritten' });
    expect(() => below.copyTo(fs, out)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(fs.readFileSync(join(root, 'secret'), 'utf8')).toBe('untouched');
  });

  it('replaces files, fills directories, and takes neither for the other', () => {
    const { fs: volume, vol } = memfs({ '/out/kept': 'k', '/out/a': 'old', '/out/d/c': 'c' });
    UnionFs.fromJSON({ '/a': 'new', '/d/b': 'b' }).copyTo(volume, '/out');
    expect(vol.toJSON()).toEqual({ '/out/kept': 'k', '/out/a': 'new', '/out/d/b': 'b', '/out/d/c': 'c' });
    const target = UnionFs.fromJSON({ '/d/b': '', '/f': '' });
    const onto = (json: Record<string, string>) => (): unknown => UnionFs.fromJSON(json).copyTo(target.fs);
    expect(onto({ '/d': '' })).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(onto({ '/f/b': '' })).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  it('may start where a symlink leads, and takes the mode of what it leads to', () => {
    const { fs: volume } = memfs({ '/deep/file': 'x' });
    volume.chmodSync('/deep', 0o750);
    volume.symlinkSync('/deep', '/short');
    const union = UnionFs.fromFs(volume, '/short');
    expect([union.toJSON(), union.fs.statSync('/').mode]).toEqual([{ '/file': 'x' }, 0o040750]);
  });

  it('shares no memory with where it came from or went', () => {
    const overwrite = ({ fs: volume }: ReturnType<typeof memfs>): void => {
      const fd = volume.openSync('/a', 'r+');
      volume.writeSync(fd, 'AFTER!', 0);
      volume.closeSync(fd);
    };
    const [source, target] = [memfs({ '/a': 'before' }), memfs()];
    const union = UnionFs.fromFs(source.fs);
    union.copyTo(target.fs);
    overwrite(source);
    overwrite(target);
    expect(union.toJSON()).toEqual({ '/a': 'before' });
  });

  requires('root')('belongs to the user who copied it, where only root may give files away', () => {
    const root = folder();
    fs.chownSync(root, 1000, 1000);
    process.setegid?.(1000);
    process.seteuid?.(1000);
    try {
      expect(sample().copyTo(fs, root)).toEqual([]);
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
    expect(fs.statSync(join(root, 'srv/text'))).toMatchObject({ uid: 1000, mode: 0o100600, nlink: 2 });
  });
});

describe('files as data', () => {
  it('must not name a file as a directory', () => {
    const collide = (): unknown => UnionFs.fromJSON({ '/a': 'file', '/a/b': 'below' });
    expect(collide).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  it('may be bytes, and may be told as JSON', () => {
    const union = UnionFs.fromJSON({ '/raw': Uint8Array.of(137), 'relative/text': 'é', '/empty': null });
    expect(union.fs.readFileSync('/raw')).toEqual(Buffer.of(137));
    expect(JSON.parse(JSON.stringify(union))).toEqual({ '/raw': '\ufffd', '/relative/text': 'é', '/empty': null });
  });

  it('is nothing where there is nothing', () => {
    expect(UnionFs.over([]).toJSON()).toEqual({});
    expect(UnionFs.fromJSON({}).toJSON()).toEqual({});
  });

  it('lies below, and in no layer', async () => {
    const union = UnionFs.fromJSON({ '/d/f': 'text' });
    expect(union.origin('/d/f').id).toBe('json');
    union.fs.appendFileSync('/d/f', ', more');
    expect(union.changes()).toEqual([{ kind: 'modify', path: '/d/f' }]);
    expect((await union.toLayer()).changes.map(({ path }) => path)).toEqual(['/d/f']);
  });
});
