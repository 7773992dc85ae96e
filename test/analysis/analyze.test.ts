import { describe, expect, test } from 'vitest';
import { analyzeStack, type ImageAnalysis } from '../../src/analysis/analyze.js';
import { nameContents } from '../../src/analysis/content-names.js';
import { checkLimits } from '../../src/analysis/rules.js';
import { member } from '../layer/layers.js';
import { type Lines, stackOf } from './kit.js';

const LETTERS = { add: '+', modify: '~', delete: '-' };

async function analyzed(...layers: Lines[]): Promise<ImageAnalysis> {
  const stack = await stackOf(layers);
  return analyzeStack(stack, { names: await nameContents([stack]) });
}

/** The changes of the top layer, each with the bytes that it writes and hides. */
function top({ layers }: ImageAnalysis): string[] {
  return (layers.at(-1)?.changes ?? []).map(
    ({ kind, path, writtenBytes, hiddenBytes }) => `${LETTERS[kind]} ${path} ${writtenBytes}/${hiddenBytes}`,
  );
}

function wasted({ wasted: paths }: ImageAnalysis): string[] {
  return paths.map(
    ({ path, copies }) =>
      `${path} ${copies.map(({ layer, by, reason, bytes }) => `${bytes} of ${layer} ${reason} by ${by}`).join(', ')}`,
  );
}

describe('the changes of a layer', () => {
  test('are all of its paths in the lowest layer', async () => {
    expect(top(await analyzed(['d a', 'f a/b four']))).toEqual(['+ /a 0/0', '+ /a/b 4/0']);
  });

  test('are a file that it writes, and the directory above only when that changes', async () => {
    expect(top(await analyzed(['d a', 'f a/b one', 'f c three'], ['f a/b seven']))).toEqual(['~ /a/b 5/3']);
    const other = member('d a', { mode: 0o700 });
    expect(top(await analyzed(['d a', 'f a/b one'], [other, 'f a/b seven']))).toEqual(['~ /a 0/0', '~ /a/b 5/3']);
  });

  test('tell every path below a directory that is deleted', async () => {
    const paths = ['- /a 0/0', '- /a/b 0/3', '- /a/c 0/0', '- /a/c/d 0/5'];
    expect(top(await analyzed(['d a', 'f a/b one', 'd a/c', 'f a/c/d seven'], ['f .wh.a']))).toEqual(paths);
  });

  test('tell what an opaque directory hides, and what is new in it', async () => {
    const changes = ['~ /a/b 5/3', '- /a/c 0/2'];
    expect(top(await analyzed(['d a', 'f a/b one', 'f a/c to'], ['d a', 'f a/.wh..wh..opq', 'f a/b seven']))).toEqual(
      changes,
    );
  });

  test('are told where they come to lie, through symlinks of lower layers', async () => {
    expect(top(await analyzed(['d usr', 'd usr/lib', 'l lib -> usr/lib'], ['f lib/x one']))).toEqual([
      '+ /usr/lib/x 3/0',
    ]);
  });

  test('count a file once, however many names it gets', async () => {
    const analysis = await analyzed(['f a four', 'h b = a']);
    expect(top(analysis)).toEqual(['+ /a 4/0', '+ /b 0/0']);
    expect(analysis.contentBytes).toBe(4);
  });

  test('hide a file when its last name goes', async () => {
    const analysis = await analyzed(['f a four', 'h b = a'], ['f .wh.a'], ['f .wh.b']);
    expect(analysis.layers.map(({ deleted }) => deleted)).toEqual([
      { paths: 0, bytes: 0 },
      { paths: 1, bytes: 0 },
      { paths: 1, bytes: 4 },
    ]);
    expect(wasted(analysis)).toEqual(['/b 4 of 0 deleted by 2']);
  });

  test('hide what a directory takes the place of, and what takes the place of a directory', async () => {
    expect(top(await analyzed(['f a four'], ['d a']))).toEqual(['~ /a 0/4']);
    expect(top(await analyzed(['d a', 'f a/b four'], ['f a one']))).toEqual(['~ /a 3/0', '- /a/b 0/4']);
  });
});

describe('what is wasted', () => {
  test('is what was overwritten, and by which layer', async () => {
    const analysis = await analyzed(['f a one'], ['f a three'], ['f a to']);
    expect(wasted(analysis)).toEqual(['/a 3 of 0 overwritten by 1, 5 of 1 overwritten by 2']);
    expect(analysis).toMatchObject({ contentBytes: 10, visibleBytes: 2, wastedBytes: 8, userBytes: 7 });
    expect(analysis.layers.map((layer) => layer.wastedBytes)).toEqual([3, 5, 0]);
  });

  test('is told to be the same content where only attributes changed', async () => {
    const same = await analyzed(['f a one'], [member('f a one', { uid: 1000 })]);
    expect(same.wasted[0]?.copies[0]?.sameContent).toBe(true);
    const other = await analyzed(['f a one'], ['f a two']);
    expect(other.wasted[0]?.copies[0]?.sameContent).toBe(false);
    const unread = analyzeStack(await stackOf([['f a one'], ['f a one']]));
    expect(unread.wasted[0]?.copies[0]?.sameContent).toBe(undefined);
    expect(unread.duplicates).toBe(undefined);
  });

  test('is the entry that a layer has twice', async () => {
    const analysis = await analyzed(['f a three', 'f a to']);
    expect(wasted(analysis)).toEqual(['/a 5 of 0 shadowed by 0']);
    expect(analysis).toMatchObject({ contentBytes: 7, visibleBytes: 2 });
  });

  test('is nothing in an image without layers', async () => {
    expect(await analyzed()).toMatchObject({
      contentBytes: 0,
      efficiency: 1,
      wastedBytes: 0,
      userWastedRatio: 0,
      layers: [],
    });
  });

  test('counts a layer that an image has twice as often as it is there', async () => {
    const analysis = await analyzed(['f a four'], ['f b to'], ['f a four']);
    expect(wasted(analysis)).toEqual(['/a 4 of 0 overwritten by 2']);
    expect(analysis).toMatchObject({ contentBytes: 10, visibleBytes: 6 });
  });
});

describe('content that is stored more than once', () => {
  test('is found across layers and paths', async () => {
    const analysis = await analyzed(['f a same', 'f b else'], ['d c', 'f c/d same', 'f e same']);
    expect(analysis.duplicates).toEqual([
      {
        sizeBytes: 4,
        wastedBytes: 8,
        places: [
          { path: '/a', layer: 0 },
          { path: '/c/d', layer: 1 },
          { path: '/e', layer: 1 },
        ],
      },
    ]);
  });

  test('is no further name of a file, no empty file, and nothing that does not show', async () => {
    expect((await analyzed(['f a same', 'h b = a', 'f c', 'f d'])).duplicates).toEqual([]);
    expect((await analyzed(['f a same', 'f b same'], ['f .wh.b'])).duplicates).toEqual([]);
  });

  test('is told apart from content that only begins alike', async () => {
    const long = 'x'.repeat(5000);
    expect((await analyzed([`f a ${long}1`, `f b ${long}2`, `f c ${long}1`])).duplicates?.[0]?.places).toHaveLength(2);
  });
});

describe('the efficiency', () => {
  test.each<[string, Lines[], number, number]>([
    ['of one layer is 1', [['f a four']], 1, 1],
    ['counts the smallest version as needed', [['f a eight888'], ['f a to']], 0.2, 0.2],
    ['counts a deleted file as not needed', [['f a four', 'f b 123456'], ['f .wh.a']], 0.6, 0.6],
    [
      'counts what is in a deleted directory, as dive does not',
      [['d a', 'f a/b four', 'f c 123456'], ['f .wh.a']],
      0.6,
      1,
    ],
    [
      'counts what an opaque directory hides, as dive does not',
      [
        ['d a', 'f a/b four', 'f c 123456'],
        ['d a', 'f a/.wh..wh..opq'],
      ],
      0.6,
      1,
    ],
  ])('%s', async (_what, layers, ours, dive) => {
    const analysis = await analyzed(...layers);
    expect(analysis.efficiency).toBeCloseTo(ours, 12);
    expect(analysis.dive.efficiency).toBeCloseTo(dive, 12);
  });

  test('of dive takes all versions of a path for wasted, ours those that do not show', async () => {
    const analysis = await analyzed(['f a four'], ['f a 123456']);
    expect(analysis.dive.wastedBytes).toBe(10);
    expect(analysis.wastedBytes).toBe(4);
  });
});

describe('limits', () => {
  test('are kept by a figure that equals them, and say what is not kept', async () => {
    const analysis = await analyzed(['f a 1234', 'f b 123456'], ['f .wh.a', 'f c 12345678']);
    expect(analysis).toMatchObject({ wastedBytes: 4, userWastedRatio: 0.5 });
    const exact = { lowestEfficiency: analysis.efficiency, highestWastedBytes: 4, highestUserWastedRatio: 0.5 };
    expect(checkLimits(analysis, exact).map(({ isKept }) => isKept)).toEqual([true, true, true]);
    const tight = { lowestEfficiency: 0.9, highestWastedBytes: 3, highestUserWastedRatio: 0.49 };
    expect(checkLimits(analysis, tight).map(({ isKept }) => isKept)).toEqual([false, false, false]);
    expect(checkLimits(analysis, {})).toEqual([]);
  });
});
