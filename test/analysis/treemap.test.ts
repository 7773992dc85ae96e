import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeStack } from '../../src/analysis/analyze.js';
import { sizesByDirectory } from '../../src/analysis/sizes.js';
import { squarify } from '../../src/analysis/treemap.js';
import { stackOf } from './kit.js';

describe('rectangles', () => {
  const values = fc
    .array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 40 })
    .map((list) => list.sort((a, b) => b - a));

  test('have areas in proportion, lie within, and do not overlap', () => {
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 900 }),
        (sizes, width, height) => {
          const within = { x: 3, y: 7, width, height };
          const placed = squarify(sizes, within);
          const sum = sizes.reduce((total, size) => total + size, 0);
          expect(placed).toHaveLength(sizes.length);
          const slack = 1e-6 * (width * height + 1);
          for (const [at, { x, y, width: w, height: h }] of placed.entries()) {
            expect(Math.abs(w * h - (sum === 0 ? 0 : ((sizes[at] ?? 0) / sum) * width * height))).toBeLessThan(slack);
            expect(x >= 3 - slack && y >= 7 - slack && x + w <= 3 + width + slack && y + h <= 7 + height + slack).toBe(
              true,
            );
            for (const other of placed.slice(at + 1)) {
              const across = Math.min(x + w, other.x + other.width) - Math.max(x, other.x);
              const down = Math.min(y + h, other.y + other.height) - Math.max(y, other.y);
              if (across > 0 && down > 0) expect(across * down).toBeLessThan(slack);
            }
          }
        },
      ),
    );
  });

  test('are near to squares', () => {
    const placed = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    const ratios = placed.map(({ width, height }) => Math.max(width / height, height / width));
    expect(Math.max(...ratios)).toBeLessThan(3);
  });
});

describe('sizes by directory', () => {
  test('are summed by layer, the largest first, with what is wasted', async () => {
    const stack = await stackOf([['d a', 'f a/x 12345', 'f a/y 1', 'f b 12'], ['f a/x 123']]);
    const analysis = analyzeStack(stack);
    const map = sizesByDirectory(analysis);
    expect(map).toMatchObject({ path: '/', bytes: 11, wastedBytes: 5, byLayer: [8, 3] });
    expect(map.children.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['/a', 9],
      ['/b', 2],
    ]);
    expect(map.children[0]?.children[0]).toMatchObject({
      path: '/a/x',
      bytes: 8,
      wastedBytes: 5,
      byLayer: [5, 3],
      children: [],
    });
  });

  test('end at a depth, and tell one layer alone', async () => {
    const analysis = analyzeStack(await stackOf([['d a', 'd a/b', 'f a/b/c 12'], ['f a/b/d 123']]));
    expect(sizesByDirectory(analysis, { depth: 1 }).children).toMatchObject([{ path: '/a', bytes: 5, children: [] }]);
    expect(sizesByDirectory(analysis, { layer: 1 })).toMatchObject({ bytes: 3, byLayer: [0, 3] });
  });
});
