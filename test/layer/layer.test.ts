import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { joinBytes, utf8 } from '../../src/base/bytes.js';
import { collectBytes } from '../../src/base/stream.js';
import type { ChainID, DiffID } from '../../src/digest/digest.js';
import { digestOf } from '../../src/digest/hasher.js';
import { chainId, chainIds } from '../../src/layer/chain.js';
import type { Change } from '../../src/layer/change.js';
import { decodeLayer } from '../../src/layer/decode.js';
import { encodeChanges } from '../../src/layer/encode.js';
import { HeldBytes } from '../../src/layer/held-bytes.js';
import { Layer } from '../../src/layer/layer.js';
import { Snapshots } from '../../src/layer/snapshots.js';
import { SparseBytes } from '../../src/layer/sparse-bytes.js';
import { type FileNode, S_IFSOCK } from '../../src/tree/node.js';
import { readTar } from '../tar/entries.js';
import { at, layerOf, lines, member, stack, tarOf, text } from './layers.js';

describe('a layer', () => {
  it.each([
    ['plain', (tar: Uint8Array) => tar],
    ['gzip', (tar: Uint8Array) => gzipSync(tar)],
  ])('is read from %s', async (_, pack) => {
    const tar = tarOf('f a 1');
    const layer = await Layer.fromTar(pack(tar));
    expect([layer.diffId, layer.size]).toEqual([digestOf(tar), tar.length]);
    expect(await collectBytes(layer.tar())).toEqual(tar);
  });

  it('is read from zstd, as it is written', async () => {
    const layer = await layerOf('f a 1');
    const blob = layer.blob({ codec: 'zstd', level: 5 });
    expect((await Layer.fromTar(blob.stream)).diffId).toBe(layer.diffId);
  });

  it('is read again from its skeleton', async () => {
    const tar = tarOf('d d', 'f d/a content', 'h b = d/a', 'f .wh.gone');
    const whole = await Layer.fromTar(tar);
    const { skeleton, diffId } = await decodeLayer(tar, { skeleton: true });
    for (const stored of [skeleton, gzipSync(skeleton)]) {
      const again = await Layer.fromSkeleton(stored, whole.bytes, diffId);
      expect(again.changes).toEqual(whole.changes);
    }
  });

  it('knows digest and size of its blob once that has been read', async () => {
    const blob = (await layerOf('f a 1')).blob({ codec: 'gzip' });
    expect(() => blob.descriptor()).toThrow(RangeError);
    const bytes = await collectBytes(blob.stream);
    expect(blob.descriptor()).toEqual({ digest: digestOf(bytes), size: bytes.length });
  });

  it.each([
    ['duplicate-entry', ['f a 1', 'f a 2']],
    ['own-whiteout', ['f .wh.a', 'f a']],
    ['aufs-metadata', ['f .wh..wh.aufs']],
    ['link-to-lower-layer', ['h b = a']],
  ])('notes %s', async (kind, entries) => {
    expect((await layerOf(...entries)).notes.map((note) => note.kind)).toEqual([kind]);
  });

  it('notes nothing about an ordinary changeset', async () => {
    expect((await layerOf('d d', 'f d/a', 'h b = d/a', 'f .wh.c')).notes).toEqual([]);
  });
});

describe('packing', () => {
  const names = (changes: Iterable<Change>) =>
    readTar(joinBytes([...encodeChanges(changes)])).map(({ entry }) => entry.path);

  it('puts parents before children and deletions before their siblings', async () => {
    const { changes } = await layerOf(
      'f z',
      'f d/b',
      'f d/.wh.x',
      'd d',
      'f d-e',
      'f d/.wh..wh..opq',
      'd .',
      'f .wh.q',
    );
    expect(names(changes)).toEqual(['.', '.wh.q', 'd', 'd/.wh..wh..opq', 'd/.wh.x', 'd/b', 'd-e', 'z']);
  });

  it('gives the same bytes whatever the order of the changes', async () => {
    const { changes } = await layerOf('f b 2', 'd d', 'f a 1', 'h c = b', 'f .wh.z');
    expect(Layer.fromChanges([...changes].reverse()).diffId).toBe(Layer.fromChanges(changes).diffId);
  });

  it('writes a hard-linked file once, under its first name', async () => {
    const { changes } = await layerOf('f z content', 'h a = z', 'h m = a');
    const packed = readTar(joinBytes([...encodeChanges(changes)])).map(({ entry }) => [
      entry.path,
      entry.type,
      entry.linkname,
    ]);
    expect(packed).toEqual([
      ['a', 'file', ''],
      ['m', 'link', 'a'],
      ['z', 'link', 'a'],
    ]);
  });

  it('refuses a hard link to what is not among the changes', async () => {
    const { changes } = await layerOf('h b = below');
    expect(() => Layer.fromChanges(changes)).toThrow(/below/);
  });

  it('refuses a socket', () => {
    const attributes = { mode: S_IFSOCK | 0o755, uid: 0, gid: 0, mtimeSec: 0, mtimeNsec: 0, xattrs: undefined };
    expect(() => Layer.fromChanges([{ kind: 'special', path: '/s', attributes, major: 0, minor: 0 }])).toThrow(
      /socket/,
    );
  });

  it('clamps later times and leaves earlier ones', async () => {
    const { changes } = await layerOf(member('f a', { mtimeSec: 50 }), member('f b', { mtimeSec: 150, mtimeNsec: 7 }));
    const { changes: packed } = Layer.fromChanges(changes, { clampMtimeSec: 100 });
    expect(
      packed.map((change) => 'attributes' in change && [change.attributes.mtimeSec, change.attributes.mtimeNsec]),
    ).toEqual([
      [50, 0],
      [100, 0],
    ]);
  });

  it('packs the same tree from what it packed', async () => {
    const lower = ['f a 1', 'd d', 'f d/b 2', 'h c = a', 'l s -> d'];
    const layer = await layerOf(...lower);
    const packed = Layer.fromChanges(layer.changes);
    expect(lines(new Snapshots().merge([packed]))).toEqual(lines(await stack([lower])));
    expect(Layer.fromChanges(packed.changes).diffId).toBe(packed.diffId);
  });
});

describe('sparse files', () => {
  const stored = new HeldBytes();
  stored.add(utf8('..abcdefgh'));
  stored.finish();
  const map = {
    size: 20,
    regions: [
      { offset: 2, size: 5 },
      { offset: 15, size: 3 },
    ],
  };
  const whole = utf8('\0\0abcde\0\0\0\0\0\0\0\0fgh\0\0');

  it('read with zeros in their holes, from anywhere', () => {
    const bytes = new SparseBytes(map, stored, 2);
    for (let from = 0; from <= 20; from++) {
      for (let to = from; to <= 20; to++) expect(bytes.read(from, to - from)).toEqual(whole.subarray(from, to));
    }
  });
});

describe('chains', () => {
  const a = digestOf(utf8('a')) as DiffID;
  const b = digestOf(utf8('b')) as DiffID;

  it('start with the DiffID of the bottom layer', () => expect(chainId(undefined, a)).toBe(a));

  it('go on with the digest of both names', () => {
    expect(chainIds([a, b])).toEqual([a, digestOf(utf8(`${a} ${b}`)) as string as ChainID]);
  });
});

describe('snapshots', () => {
  it('are shared by every chain with the same prefix', async () => {
    const [base, one, two] = await Promise.all([layerOf('d d', 'f d/a 1'), layerOf('f b 2'), layerOf('f c 3')]);
    const snapshots = new Snapshots();
    const first = snapshots.merge([base, one]);
    const second = snapshots.merge([base, two]);
    expect(at(first, '/d')).toBe(at(second, '/d'));
    expect(snapshots.merge([base, one])).toBe(first);
    expect(text(at(second, '/c') as FileNode)).toBe('3');
  });

  it('ask only for the layers that are not merged yet', async () => {
    const [base, top] = await Promise.all([layerOf('f a 1'), layerOf('f b 2')]);
    const snapshots = new Snapshots();
    const lower = snapshots.merge([base]);
    const asked: number[] = [];
    await snapshots.resolve([base.diffId, top.diffId], async (_, index) => {
      asked.push(index);
      return top;
    });
    expect([asked, lines(lower)]).toEqual([[1], ['f a 1']]);
  });

  it('of no layers are empty', () => expect(lines(new Snapshots().merge([]))).toEqual([]));
});
