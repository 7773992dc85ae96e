import { describe, expect, it } from 'vitest';
import { StratumError } from '../../src/base/error.js';
import { isDirectory } from '../../src/tree/node.js';
import { at, layerOf, lines, member, stack } from './layers.js';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof StratumError ? error.code : error),
  );

describe('applying a changeset', () => {
  it.each([
    ['adds entries', [['f a 1'], ['f b 2']], ['f a 1', 'f b 2']],
    ['replaces a file', [['f a 1'], ['f a 2']], ['f a 2']],
    ['keeps the children of a directory over a directory', [['d d', 'f d/x 1'], ['d d']], ['d d', 'f d/x 1']],
    ['replaces a directory by a file', [['d d', 'f d/x 1'], ['f d 2']], ['f d 2']],
    ['replaces a file by a directory', [['f d 2'], ['d d', 'f d/x 1']], ['d d', 'f d/x 1']],
    ['replaces a symlink by a directory', [['l d -> e', 'd e', 'f e/x 1'], ['d d']], ['d d', 'd e', 'f e/x 1']],
    [
      'replaces a symlink to itself by an opaque directory',
      [['l d -> d'], ['d d', 'f d/.wh..wh..opq', 'f d/x 1']],
      ['d d', 'f d/x 1'],
    ],
    ['replaces a symlink by a file, not its target', [['f a 1', 'l b -> a'], ['f b 2']], ['f a 1', 'f b 2']],
    ['makes missing parents', [['f a/b/c 1']], ['d a', 'd a/b', 'f a/b/c 1']],
    ['removes by whiteout', [['f a 1', 'f b 2'], ['f .wh.a']], ['f b 2']],
    ['removes a whole directory by whiteout', [['d d', 'f d/x 1'], ['f .wh.d']], []],
    ['ignores a whiteout of what is not there', [['f a 1'], ['f .wh.z', 'f q/.wh.z']], ['f a 1']],
    ['keeps an entry beside its own whiteout, entry first', [['f a 1'], ['f a 2', 'f .wh.a']], ['f a 2']],
    ['keeps an entry beside its own whiteout, whiteout first', [['f a 1'], ['f .wh.a', 'f a 2']], ['f a 2']],
    [
      'replaces a directory whose whiteout comes with it',
      [
        ['d d', 'f d/x 1'],
        ['d d', 'f .wh.d', 'f d/y 2'],
      ],
      ['d d', 'f d/y 2'],
    ],
    [
      'empties an opaque directory of lower entries',
      [
        ['d d', 'f d/x 1'],
        ['d d', 'f d/.wh..wh..opq', 'f d/y 2'],
      ],
      ['d d', 'f d/y 2'],
    ],
    [
      'does so wherever the marker stands',
      [
        ['d d', 'f d/x 1'],
        ['d d', 'f d/y 2', 'f d/.wh..wh..opq'],
      ],
      ['d d', 'f d/y 2'],
    ],
    [
      'empties an opaque root',
      [
        ['f a 1', 'd d'],
        ['f .wh..wh..opq', 'f b 2'],
      ],
      ['f b 2'],
    ],
    [
      'reads names like whiteouts of dot files',
      [
        ['f .a 1', 'f ..a 2', 'f b'],
        ['f .wh..a', 'f .wh...a'],
      ],
      ['f b'],
    ],
    [
      'drops what aufs keeps for itself',
      [['f a 1'], ['d .wh..wh.plnk', 'f .wh..wh.plnk/1.2 x', 'f .wh..wh.aufs']],
      ['f a 1'],
    ],
    ['lets the last duplicate win', [['f a 1', 'f a 2']], ['f a 2']],
    [
      'strips leading slashes and dots',
      [['f /a 1', 'f ./b 2', 'f .//c 3', 'f d/./e 4']],
      ['d d', 'f a 1', 'f b 2', 'f c 3', 'f d/e 4'],
    ],
    [
      'writes through a symlinked directory of a lower layer',
      [['d usr/bin', 'l bin -> usr/bin'], ['f bin/tool 1']],
      ['d usr', 'd usr/bin', 'f usr/bin/tool 1', 'l bin -> usr/bin'],
    ],
    [
      'resolves an absolute symlink inside the root',
      [['d usr/bin', 'l bin -> /usr/bin'], ['f bin/tool 1']],
      ['d usr', 'd usr/bin', 'f usr/bin/tool 1', 'l bin -> /usr/bin'],
    ],
    [
      'never follows a symlink outside the root',
      [['l up -> ../../..', 'd etc'], ['f up/etc/x 1']],
      ['d etc', 'f etc/x 1', 'l up -> ../../..'],
    ],
    [
      'removes through a symlinked directory',
      [['d usr/bin', 'f usr/bin/a', 'l bin -> usr/bin'], ['f bin/.wh.a']],
      ['d usr', 'd usr/bin', 'l bin -> usr/bin'],
    ],
    [
      'hides nothing behind a symlink that the layer replaces',
      [
        ['d e', 'f e/x 1', 'l d -> e'],
        ['d d', 'f d/.wh.x'],
      ],
      ['d d', 'd e', 'f e/x 1'],
    ],
    ['links to a name of its own layer', [['f a 1', 'h b = a']], ['f a 1', 'f b 1']],
    ['links to a name of a lower layer', [['f a 1'], ['h b = a']], ['f a 1', 'f b 1']],
    ['links by an absolute name inside the root', [['f a 1', 'h b = /a']], ['f a 1', 'f b 1']],
  ])('%s', async (_, layers, expected) => {
    expect(lines(await stack(layers))).toEqual([...expected].sort());
  });

  it('replaces the symlink when it is told to isolate', async () => {
    const tree = await stack([['d usr/bin', 'l bin -> usr/bin'], ['f bin/tool 1']], true);
    expect(lines(tree)).toEqual(['d bin', 'd usr', 'd usr/bin', 'f bin/tool 1']);
  });

  it('gives the root the attributes of its entry', async () => {
    const tree = await stack([[member('d .', { mode: 0o700, uid: 5 })]]);
    expect([tree.root.mode & 0o7777, tree.root.uid, isDirectory(tree.root)]).toEqual([0o700, 5, true]);
  });

  it('gives a directory over a directory the new attributes', async () => {
    const tree = await stack([[member('d d', { mode: 0o700 })], [member('d d', { mode: 0o711 })]]);
    expect(at(tree, '/d').mode & 0o7777).toBe(0o711);
  });

  it('leaves the tree below as it was, and shares what it does not touch', async () => {
    const base = await layerOf('f a/x 1', 'f b/y 2');
    const { applyChanges } = await import('../../src/layer/apply.js');
    const lower = applyChanges(undefined, base.changes, base.origin);
    const top = await layerOf('f a/x 3');
    const upper = applyChanges(lower, top.changes, top.origin);
    expect(lines(lower)).toContain('f a/x 1');
    expect(at(upper, '/b')).toBe(at(lower, '/b'));
    expect(at(upper, '/a/x').origin).toBe(top.origin);
  });

  it('counts hard links, and unlinks a name that is replaced', async () => {
    const linked = await stack([['f a 1', 'h b = a', 'h c = a']]);
    expect(linked.links.get(at(linked, '/a').ino)?.size).toBe(3);
    const replaced = await stack([['f a 1', 'h b = a', 'h c = a'], ['f a 2']]);
    expect(replaced.links.get(at(replaced, '/b').ino)?.size).toBe(2);
    expect(replaced.links.has(at(replaced, '/a').ino)).toBe(false);
  });

  it('keeps a negative time and its fraction', async () => {
    const tree = await stack([[member('f old', { mtimeSec: -86_401, mtimeNsec: 5 })]]);
    expect([at(tree, '/old').mtimeSec, at(tree, '/old').mtimeNsec]).toEqual([-86_401, 5]);
  });
});

describe('entries that no layer may have', () => {
  it.each([
    ['a path with ..', ['f a/../../etc/passwd x'], 'PATH_INVALID'],
    ['a hard link with ..', ['f a', 'h b = ../a'], 'PATH_INVALID'],
    ['a whiteout without a name', ['f .wh.'], 'LAYER_INVALID'],
    ['a whiteout of .', ['f d/.wh..'], 'LAYER_INVALID'],
    ['a whiteout of ..', ['f d/.wh...'], 'LAYER_INVALID'],
    ['an entry below a whiteout', ['f .wh.a/b'], 'LAYER_INVALID'],
    ['a hard link to what is not there', ['h b = nothing'], 'LAYER_INVALID'],
    ['a hard link to a directory', ['d d', 'h b = d'], 'LAYER_INVALID'],
    ['a root that is a file', ['f . x'], 'LAYER_INVALID'],
    ['a name of 300 bytes', [`f ${'n'.repeat(300)}`], 'PATH_INVALID'],
    ['a name of 256 bytes in 128 letters', [`f d/${'é'.repeat(128)}`], 'PATH_INVALID'],
    ['symlinks in a circle', ['l a -> b', 'l b -> a', 'f a/x 1'], 'LAYER_INVALID'],
  ])('%s', async (_, entries, expected) => {
    expect(await code(stack([entries]))).toBe(expected);
  });

  it('are named in the error, with the offset', async () => {
    const error = await stack([['f ok', 'f a/../b x']]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ entry: 'a/../b', offset: 512 });
  });

  it('name the hard link and its target', async () => {
    await expect(stack([['h b = nothing']])).rejects.toThrow(/nothing.*b/);
  });

  it('accepts a name of 255 bytes', async () => {
    expect(lines(await stack([[`f ${'n'.repeat(255)}`]]))).toHaveLength(1);
  });
});
