/** The figures of an analysis, counted again by the plainest code there is, over random small stacks. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeStack } from '../../src/analysis/analyze.js';
import { nameContents } from '../../src/analysis/content-names.js';
import { sizesByDirectory } from '../../src/analysis/sizes.js';
import { stackOf } from './kit.js';

/** Few names, so that layers meet. */
const PATHS = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'd/e/b', 'f/a'];
const DIRECTORIES = ['d', 'd/e', 'f'];

type Line = { put: string; text: string } | { remove: string } | { clear: string };

const line: fc.Arbitrary<Line> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ put: fc.constantFrom(...PATHS), text: fc.constantFrom('1', 'to', 'two', '12345') }),
  },
  { weight: 2, arbitrary: fc.record({ remove: fc.constantFrom(...PATHS, ...DIRECTORIES) }) },
  { weight: 1, arbitrary: fc.record({ clear: fc.constantFrom(...DIRECTORIES) }) },
);
const layers: fc.Arbitrary<Line[][]> = fc.array(fc.array(line, { maxLength: 6 }), { minLength: 1, maxLength: 5 });

/** One entry of a path a layer; a layer deletes only what lies below it, and puts nothing where it deletes. */
function tidy(stack: readonly (readonly Line[])[]): Line[][] {
  const there = new Map<string, number>();
  return stack.map((lines, index) => {
    const taken = new Set<string>();
    const kept: Line[] = [];
    for (const each of lines) {
      const path = 'put' in each ? each.put : 'remove' in each ? each.remove : each.clear;
      if ([...taken].some((other) => isAt(other, path) || isAt(path, other))) continue;
      if (!('put' in each) && ![...there.keys()].some((other) => isAt(other, path))) continue;
      taken.add(path);
      kept.push(each);
    }
    for (const each of kept) {
      if ('put' in each) there.set(each.put, index);
      else
        for (const other of [...there.keys()])
          if (isAt(other, 'remove' in each ? each.remove : each.clear)) there.delete(other);
    }
    return kept;
  });
}

function isAt(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

function spelled(each: Line): string[] {
  if ('put' in each) return [`f ${each.put} ${each.text}`];
  if ('clear' in each) return [`f ${each.clear}/.wh..wh..opq`];
  return [`f ${each.remove.replace(/([^/]+)$/, '.wh.$1')}`];
}

interface Naive {
  readonly written: number;
  readonly visible: number;
  readonly counts: readonly { add: number; modify: number; delete: number }[];
  readonly efficiency: number;
  readonly wasted: Readonly<Record<string, number>>;
  readonly duplicated: number;
}

/** Files as a map from path to text; every version of every path is remembered. */
function naive(stack: readonly (readonly Line[])[]): Naive {
  const files = new Map<string, string>();
  const versions = new Map<string, number[]>();
  const wasted: Record<string, number> = {};
  let written = 0;
  const note = (path: string, bytes: number): unknown => versions.set(path, [...(versions.get(path) ?? []), bytes]);
  const waste = (path: string): void => {
    const bytes = files.get(path)?.length ?? 0;
    if (bytes > 0) wasted[`/${path}`] = (wasted[`/${path}`] ?? 0) + bytes;
  };
  const counts = stack.map((lines) => {
    const count = { add: 0, modify: 0, delete: 0 };
    for (const each of lines) {
      if ('put' in each) continue;
      for (const path of [...files.keys()].filter((other) =>
        isAt(other, 'remove' in each ? each.remove : each.clear),
      )) {
        waste(path);
        note(path, 0);
        files.delete(path);
        count.delete += 1;
      }
    }
    for (const each of lines) {
      if (!('put' in each)) continue;
      waste(each.put);
      if (files.has(each.put)) count.modify += 1;
      else count.add += 1;
      files.set(each.put, each.text);
      note(each.put, each.text.length);
      written += each.text.length;
    }
    return count;
  });
  const all = [...versions.values()];
  const stored = all.flat().reduce((sum, bytes) => sum + bytes, 0);
  const needed = all.reduce((sum, sizes) => sum + Math.min(...sizes), 0);
  const texts = [...files.values()];
  return {
    written,
    visible: texts.join('').length,
    counts,
    efficiency: stored === 0 ? 1 : needed / stored,
    wasted,
    duplicated: texts.join('').length - [...new Set(texts)].join('').length,
  };
}

test('every figure is that of a plain recount, whatever the layers', async () => {
  await fc.assert(
    fc.asyncProperty(layers, async (random) => {
      const lines = tidy(random);
      const stack = await stackOf(lines.map((each) => each.flatMap(spelled)));
      const analysis = analyzeStack(stack, { names: await nameContents([stack]) });
      const expected = naive(lines);
      expect(analysis.contentBytes).toBe(expected.written);
      expect(analysis.visibleBytes).toBe(expected.visible);
      expect(analysis.efficiency).toBeCloseTo(expected.efficiency, 12);
      const ofFiles = (kind: string, at: number): number =>
        (analysis.layers[at]?.changes ?? []).filter(
          (change) => change.kind === kind && 'size' in (change.after ?? change.before ?? {}),
        ).length;
      for (const [at, count] of expected.counts.entries()) {
        expect({ add: ofFiles('add', at), modify: ofFiles('modify', at), delete: ofFiles('delete', at) }).toEqual(
          count,
        );
      }
      expect(Object.fromEntries(analysis.wasted.map(({ path, bytes }) => [path, bytes]))).toEqual(expected.wasted);
      expect((analysis.duplicates ?? []).reduce((sum, group) => sum + group.wastedBytes, 0)).toBe(expected.duplicated);
      // And the figures fit each other.
      expect(analysis.layers.reduce((sum, layer) => sum + layer.wastedBytes, 0)).toBe(analysis.wastedBytes);
      const map = sizesByDirectory(analysis);
      expect([map.bytes, map.wastedBytes]).toEqual([analysis.contentBytes, analysis.wastedBytes]);
      expect(map.byLayer).toEqual(analysis.layers.map((layer) => layer.contentBytes));
    }),
    { numRuns: 300 },
  );
});

test('the efficiency is that of dive where no directory is deleted and none is opaque', async () => {
  const isPlain = (each: Line): boolean => 'put' in each || ('remove' in each && !DIRECTORIES.includes(each.remove));
  await fc.assert(
    fc.asyncProperty(layers, async (random) => {
      const lines = tidy(random.map((each) => each.filter(isPlain)));
      const analysis = analyzeStack(await stackOf(lines.map((each) => each.flatMap(spelled))));
      expect(analysis.efficiency).toBeCloseTo(analysis.dive.efficiency, 12);
      expect(analysis.wastedBytes).toBeLessThanOrEqual(analysis.dive.wastedBytes);
    }),
    { numRuns: 200 },
  );
});
