import { describe, expect, it } from 'vitest';
import { dealt, directoriesOf, fileCorpus, inRuns, layerLikeBytes, shuffled, tarOf } from '../../bench/corpus.js';

describe('corpus', () => {
  it('is the same for the same seed', () => expect(tarOf(fileCorpus(200))).toEqual(tarOf(fileCorpus(200))));
  it('differs for another seed', () => expect(fileCorpus(20, { seed: 2 })).not.toEqual(fileCorpus(20)));
  it('has as many paths as were asked for', () => {
    expect(new Set(fileCorpus(5_000).map(({ path }) => path)).size).toBe(5_000);
  });
  it('lies five directories deep', () => {
    expect(fileCorpus(500).every(({ path }) => path.split('/').length === 7)).toBe(true);
  });
  it.each([inRuns, dealt])('puts each file into one layer (%o)', (spread) => {
    const files = fileCorpus(1_000);
    const layers = spread(files, 7);
    expect(layers).toHaveLength(7);
    expect(
      layers
        .flat()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(files.map(({ path }) => path).sort());
  });
  it('lists directories before what is in them', () => {
    expect(directoriesOf([{ path: '/a/b/c', content: new Uint8Array(0) }])).toEqual(['/a', '/a/b']);
  });
  it('shuffles without losing any', () => expect(shuffled([1, 2, 3, 4], 3).sort()).toEqual([1, 2, 3, 4]));
  it('makes bytes that compress like those of a layer', async () => {
    const { gzipSync } = await import('node:zlib');
    const bytes = layerLikeBytes(500_000, 1);
    const ratio = bytes.length / gzipSync(bytes).length;
    expect(ratio).toBeGreaterThan(2);
    expect(ratio).toBeLessThan(4);
  });
});
