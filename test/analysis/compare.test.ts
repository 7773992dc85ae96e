import { describe, expect, test } from 'vitest';
import { type Branch, compareStacks, type ImageComparison } from '../../src/analysis/compare.js';
import { nameContents } from '../../src/analysis/content-names.js';
import { type Lines, stackOf } from './kit.js';

const BASE: Lines = ['d etc', 'f etc/os base'];

async function compared(...images: (readonly Lines[])[]): Promise<ImageComparison> {
  const stacks = await Promise.all(images.map((layers, at) => stackOf(layers, `image${at}`)));
  return compareStacks(stacks, { names: await nameContents(stacks) });
}

/** Counts of layers, images that end in braces, branches in brackets: `2 {0} [1 {1}]`. */
function shape({ layers, ends, branches }: Branch): string {
  return [String(layers.length), ...ends.map((end) => `{${end}}`), ...branches.map((next) => `[${shape(next)}]`)].join(
    ' ',
  );
}

describe('the layers of several images', () => {
  test('are one tree that parts where the images part', async () => {
    const a = [BASE, ['f a 1']];
    expect(shape((await compared([BASE], a, [...a, ['f b 1']], [BASE, ['f c 1']])).root)).toBe(
      '1 {0} [1 {1} [1 {2}]] [1 {3}]',
    );
  });

  test('have an empty root when nothing is common, and one end for each of equal images', async () => {
    expect(shape((await compared([['f a 1']], [['f b 1']])).root)).toBe('0 [1 {0}] [1 {1}]');
    expect(shape((await compared([BASE], [BASE])).root)).toBe('1 {0} {1}');
    expect(shape((await compared([])).root)).toBe('0 {0}');
  });

  test('are counted once, with what that saves', async () => {
    const result = await compared([BASE, ['f a 1']], [BASE, ['f b 1']]);
    const [base] = result.layers;
    expect(result.layers.map(({ images }) => images)).toEqual([[0, 1], [0], [1]]);
    expect(result.savedBytes).toBe(base?.storedBytes);
    expect(result.images.map(({ sharedStoredBytes }) => sharedStoredBytes)).toEqual([
      result.savedBytes,
      result.savedBytes,
    ]);
    expect(result.pairs[0]?.commonLayers).toBe(1);
  });

  test('are shared wherever they stand, though images part below them', async () => {
    const result = await compared([['f x 1'], BASE], [['f y 1'], BASE]);
    expect(result.pairs[0]?.commonLayers).toBe(0);
    expect(result.layers.find(({ images }) => images.length === 2)?.contentBytes).toBe(4);
  });
});

describe('the files of two images', () => {
  test('are the same, different, or in one of them', async () => {
    const [pair] = (await compared([BASE, ['f a 1', 'f b 12', 'f d 1234']], [BASE, ['f a 1', 'f b 345', 'f c 5']]))
      .pairs;
    expect(pair).toMatchObject({
      same: { files: 2, bytes: 5 },
      differing: { files: 1, bytes: 5 },
      onlyFirst: { files: 1, bytes: 4 },
      onlySecond: { files: 1, bytes: 1 },
      partings: [
        { path: '/b', kind: 'differs', bytes: 5 },
        { path: '/d', kind: 'first', bytes: 4 },
        { path: '/c', kind: 'second', bytes: 1 },
      ],
    });
  });

  test('part at a directory that only one has, and at a path that is something else', async () => {
    const [pair] = (await compared([['d a', 'f a/b 12', 'f c 1'], ['l e -> x']], [['d c', 'f c/d 123'], ['l e -> x']]))
      .pairs;
    expect(pair?.partings).toEqual([
      { path: '/c', kind: 'differs', bytes: 4 },
      { path: '/a', kind: 'first', bytes: 2 },
    ]);
  });
});

test('content that both store in layers of their own is told, once a layer', async () => {
  const own: Lines = ['f mine content', 'f again content'];
  const result = await compared([BASE, own], [BASE, ['f yours content']], [BASE, own]);
  // The images show base three times and content five times; two layers hold three copies of content.
  expect(result.content).toEqual({ shownBytes: 3 * 4 + 5 * 7, distinctBytes: 4 + 7, files: 3, bytes: 2 * 7 });
  expect(compareStacks([]).content).toBe(undefined);
});
