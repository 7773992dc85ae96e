import { describe, expect, it } from 'vitest';
import { UnionFs } from '../../src/fs/union-fs.js';
import type { Layer } from '../../src/layer/layer.js';

const CLOCK = { now: () => ({ sec: 1000, nsec: 0 }) };

/** A layer with these files; `null` deletes. */
async function layerOf(files: Readonly<Record<string, string | null>>, below: readonly Layer[] = []): Promise<Layer> {
  const { fs, ...union } = parts(UnionFs.over(below, { clock: CLOCK }));
  for (const [path, text] of Object.entries(files)) {
    if (text === null) fs.rmSync(path, { recursive: true });
    else {
      fs.mkdirSync(path.replace(/\/[^/]*$/, '') || '/', { recursive: true });
      fs.writeFileSync(path, text);
    }
  }
  return union.toLayer();
}

function parts(union: UnionFs): Pick<UnionFs, 'fs' | 'toLayer'> {
  return { fs: union.fs, toLayer: () => union.toLayer() };
}

async function twoLayers(): Promise<[Layer, Layer]> {
  const base = await layerOf({ '/etc/passwd': 'root', '/etc/group': 'wheel', '/bin/sh': '#!' });
  return [base, await layerOf({ '/etc/passwd': 'root2', '/bin/sh': null, '/new': 'n' }, [base])];
}

function notation(union: UnionFs): string[] {
  const marks = { add: '+', modify: '~', delete: '-' };
  return union.changes().map(({ kind, path }) => `${marks[kind]} ${path}`);
}

describe('a union of layers', () => {
  it('shows the merged tree', async () => {
    const { fs } = UnionFs.over(await twoLayers());
    expect(fs.readdirSync('/', { recursive: true })).toEqual(['bin', 'etc', 'new', 'etc/group', 'etc/passwd']);
    expect(fs.readFileSync('/etc/passwd', 'utf8')).toBe('root2');
  });

  it('says which layer a path comes from', async () => {
    const [base, top] = await twoLayers();
    const union = UnionFs.over([base, top]);
    expect(union.origin('/etc/group').id).toBe(base.diffId);
    expect(union.origin('/etc/passwd').id).toBe(top.diffId);
    union.fs.appendFileSync('/etc/group', '!');
    expect(union.origin('/etc/group').id).toBe('upper');
    expect(() => union.origin('/missing')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('tells what was changed, and nothing for what was only read', async () => {
    const union = UnionFs.over(await twoLayers(), { clock: CLOCK });
    union.fs.readFileSync('/etc/group');
    union.fs.readdirSync('/', { recursive: true });
    expect(union.changes()).toEqual([]);
    union.fs.writeFileSync('/etc/hosts', '::1');
    union.fs.rmSync('/bin', { recursive: true });
    union.fs.chmodSync('/new', 0o600);
    expect(notation(union)).toEqual(expect.arrayContaining(['- /bin', '+ /etc/hosts', '~ /new']));
  });

  it('gives a fork the same content, and keeps the writes of the two apart', async () => {
    const one = UnionFs.over(await twoLayers());
    one.fs.writeFileSync('/a', 'shared');
    const other = one.fork();
    other.fs.writeFileSync('/a', 'other');
    one.fs.appendFileSync('/a', '!');
    one.fs.unlinkSync('/new');
    expect([one.fs.readFileSync('/a', 'utf8'), other.fs.readFileSync('/a', 'utf8')]).toEqual(['shared!', 'other']);
    expect([one.fs.existsSync('/new'), other.fs.existsSync('/new')]).toEqual([false, true]);
  });

  it('shares one merged tree between views on the same layers', async () => {
    const layers = await twoLayers();
    const tree = UnionFs.over(layers).view.lower;
    expect(UnionFs.over(layers).view.lower).toBe(tree);
    expect(UnionFs.over([...layers]).view.lower).toBe(tree);
    expect(UnionFs.over(layers.slice(0, 1)).view.lower).not.toBe(tree);
  });

  it('is empty over no layers', () => {
    expect(UnionFs.over([]).fs.readdirSync('/')).toEqual([]);
  });

  it('has the rights that it is given', async () => {
    const layers = await twoLayers();
    const { fs } = UnionFs.over(layers, { credentials: { uid: 1000, gid: 1000 } });
    expect(() => fs.writeFileSync('/etc/passwd', 'x')).toThrow(expect.objectContaining({ code: 'EACCES' }));
    expect(fs.readFileSync('/etc/passwd', 'utf8')).toBe('root2');
  });

  it('cuts the modes of new files by the umask', () => {
    const { fs } = UnionFs.over([], { credentials: { umask: 0o077 } });
    fs.writeFileSync('/f', '');
    expect(fs.statSync('/f').mode & 0o777).toBe(0o600);
  });

  it('names temporary directories by the random numbers that it is given', () => {
    const { fs } = UnionFs.over([], { random: () => 0 });
    expect(fs.mkdtempSync('/t-')).toBe('/t-aaaaaa');
    expect(() => fs.mkdtempSync('/t-')).toThrow(expect.objectContaining({ code: 'EEXIST', path: '/t-XXXXXX' }));
  });
});

describe('a packed upper', () => {
  it('brings the same tree again on top of the same layers', async () => {
    const layers = await twoLayers();
    const union = UnionFs.over(layers, { clock: CLOCK });
    const { fs } = union;
    fs.mkdirSync('/d/e', { recursive: true });
    fs.writeFileSync('/d/e/f', 'text', { mode: 0o640 });
    fs.linkSync('/d/e/f', '/d/twin');
    fs.symlinkSync('e/f', '/d/link');
    fs.appendFileSync('/etc/group', ':x');
    fs.rmSync('/new');
    fs.utimesSync('/d/e/f', 5, 1.25);
    const again = UnionFs.over([...layers, await union.toLayer()]);
    for (const path of fs.readdirSync('/', { recursive: true }) as string[]) {
      const [ours, theirs] = [fs.lstatSync(`/${path}`), again.fs.lstatSync(`/${path}`)];
      expect([path, theirs.mode, theirs.mtimeMs, theirs.size, theirs.nlink]).toEqual([
        path,
        ours.mode,
        ours.mtimeMs,
        ours.size,
        ours.nlink,
      ]);
    }
    expect(again.fs.readdirSync('/', { recursive: true })).toEqual(fs.readdirSync('/', { recursive: true }));
    expect(again.fs.readFileSync('/etc/group', 'utf8')).toBe('wheel:x');
    expect(again.fs.statSync('/d/twin').ino).toBe(again.fs.statSync('/d/e/f').ino);
  });

  it('has the same DiffID when the same was changed in another order', async () => {
    const layers = await twoLayers();
    const names = ['/x', '/y', '/z'];
    const ids = [names, [...names].reverse()].map(async (order) => {
      const union = UnionFs.over(layers, { clock: CLOCK });
      for (const name of order) union.fs.writeFileSync(name, name);
      return (await union.toLayer()).diffId;
    });
    expect(await ids[0]).toBe(await ids[1]);
  });

  it('leaves sockets out', async () => {
    const union = UnionFs.over([], { clock: CLOCK });
    union.kernel.mknod('/socket', 0o140644, 0);
    union.kernel.mknod('/pipe', 0o010644, 0);
    const layer = await union.toLayer();
    expect(layer.changes.map((change) => change.path)).toEqual(['/', '/pipe']);
  });

  it('holds a file as it was when it was packed', async () => {
    const union = UnionFs.over([]);
    union.fs.writeFileSync('/f', 'before');
    const layer = await union.toLayer();
    union.fs.writeFileSync('/f', 'after');
    expect(UnionFs.over([layer]).fs.readFileSync('/f', 'utf8')).toBe('before');
  });
});
