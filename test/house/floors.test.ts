/** The house: a file imports from its own folder or from lower floors, and nothing runs in a circle. */

import { describe, expect, test } from 'vitest';
import { type Source, sources } from './sources.js';

/** Ground floor first; folders of one floor do not import each other. Entry points stand on top. */
const FLOORS = [
  ['base'],
  ['digest', 'tar', 'dockerfile'],
  ['tree', 'blob'],
  ['union', 'layer'],
  ['fs', 'image'],
  ['build', 'registry', 'analysis'],
  ['engine'],
  ['node', 'browser', 'shell', 'lessons'],
  ['cli', 'playground'],
];
/** The entry points, which name what the library exports: the command line is their first user. */
const ENTRIES = ['index.browser.ts', 'index.ts', 'tar/index.ts'];
const NODE_FOLDERS = ['node', 'cli'];
const MOST_LINES = 500;

const floorOf = (folder: string): number => FLOORS.findIndex((floor) => floor.includes(folder));
const isEntry = ({ path }: Source): boolean => ENTRIES.includes(path);

describe('the house', () => {
  test('has a floor for every folder', () => {
    const homeless = sources.filter((source) => !isEntry(source) && floorOf(source.folder) < 0);
    expect(homeless.map(({ path }) => path)).toEqual([]);
  });

  test('imports run downhill', () => {
    expect(sources.filter((source) => !isEntry(source)).flatMap(climbs)).toEqual([]);
  });

  test('no imports run in a circle, of types or of values', () => {
    expect(findCircle()).toEqual([]);
  });

  test('every import of our own names a file that is there', () => {
    const paths = new Set(sources.map(({ path }) => path));
    const lost = sources.flatMap(({ path, imports }) =>
      imports.filter(({ own, target }) => own && !paths.has(target)).map(({ target }) => `${path} -> ${target}`),
    );
    expect(lost).toEqual([]);
  });

  test('node: is imported only by src/node and the command line', () => {
    const guests = sources.filter(
      ({ folder, imports }) =>
        !NODE_FOLDERS.includes(folder) && imports.some(({ target }) => target.startsWith('node:')),
    );
    expect(guests.map(({ path }) => path)).toEqual([]);
  });

  test(`no file is longer than ${MOST_LINES} lines`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length > MOST_LINES);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('every file opens with what it is', () => {
    const silent = sources.filter(({ text }) => !/^(#![^\n]*\n)?\/\*\*/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

function climbs(source: Source): string[] {
  const floor = floorOf(source.folder);
  return source.imports
    .filter(({ own }) => own)
    .filter(({ target }) => {
      if (target === 'index.ts' || target === 'index.browser.ts')
        return source.folder !== 'cli' && source.folder !== 'playground';
      const folder = target.slice(0, target.indexOf('/'));
      return folder !== source.folder && floorOf(folder) >= floor;
    })
    .map(({ target }) => `${source.path} -> ${target}`);
}

/**
 * The first circle met, as the paths along it; empty without one. A file that is loaded later closes no circle: the
 * table of verbs names the modules that take their types from it.
 */
function findCircle(): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const { own, lazy, target } of byPath.get(path)?.imports ?? []) {
      const circle = own && !lazy ? visit(target, [...trail, path]) : [];
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  };
  for (const { path } of sources) {
    const circle = visit(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
