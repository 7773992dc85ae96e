import fc from 'fast-check';
import { createFsFromVolume, Volume } from 'memfs';
import { describe, expect, test } from 'vitest';
import { type ReadableFs, UnionFs, type WritableFs } from '../../src/index.js';
import { answerOf, fewCalls } from '../union/differential/few-calls.js';
import { listed } from '../union/differential/listing.js';
import type { Operation } from '../union/differential/operations.js';

const name = fc.constantFrom('a', 'b', 'c', 'd e', 'é');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);
/** Paths of which none lies below another that is a file. */
const json = fc.dictionary(path, fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null))).map((tree) => {
  const paths = Object.keys(tree).sort();
  return Object.fromEntries(
    paths
      .filter((each) => !paths.some((other) => other.startsWith(`${each}/`)))
      .map((each) => [each, tree[each] ?? null]),
  );
});

const fsOf = (volume: Volume): ReadableFs & WritableFs =>
  createFsFromVolume(volume) as unknown as ReadableFs & WritableFs;

/** memfs refuses root what a mode forbids: a directory of mode 0600 could not be read back, nor a file of mode 0222. */
function isReadable([call, , ...rest]: Operation): boolean {
  if (call === 'truncate') return true;
  const modes = rest.map((each) => (typeof each === 'object' ? (each as { mode?: unknown } | null)?.mode : each));
  return modes.every((mode) => typeof mode !== 'number' || (mode & 0o700) === 0o700);
}

describe('memfs', () => {
  test('a union made of JSON shows as JSON what memfs shows', () => {
    fc.assert(
      fc.property(json, (tree) => {
        expect(UnionFs.fromJSON(tree).toJSON()).toEqual(Volume.fromJSON(tree).toJSON());
      }),
    );
  });

  test('a volume goes into a union and out into another volume', () => {
    fc.assert(
      fc.property(json, (tree) => {
        const volume = Volume.fromJSON(tree);
        const union = UnionFs.fromFs(fsOf(volume));
        expect(union.changes()).toEqual([]);
        const out = new Volume();
        expect(union.copyTo(fsOf(out))).toEqual([]);
        expect(out.toJSON()).toEqual(volume.toJSON());
      }),
    );
  });

  test('types, contents and links of a union come back from a volume', () => {
    fc.assert(
      fc.property(fc.array(fewCalls, { maxLength: 40 }), (operations) => {
        const union = UnionFs.over([]);
        for (const each of operations.filter(isReadable)) answerOf(union.fs, '', each);
        const volume = new Volume();
        union.copyTo(fsOf(volume));
        const back = UnionFs.fromFs(fsOf(volume));
        // memfs gives every symlink the mode of a file.
        const lines = (of: UnionFs): string[] =>
          listed(of.fs, '').map((line) => line.replace(/ 12\d{4} /, ' symlink '));
        expect(lines(back)).toEqual(lines(union));
      }),
      { numRuns: 50 },
    );
  });

  test('modes, owners and times come along', () => {
    const volume = Volume.fromJSON({ '/dir/file': 'text' });
    volume.chmodSync('/dir/file', 0o655);
    volume.chownSync('/dir/file', 3, 4);
    volume.utimesSync('/dir/file', 5, 6.5);
    const stats = UnionFs.fromFs(fsOf(volume), '/dir').fs.statSync('/file');
    expect([stats.mode, stats.uid, stats.gid, stats.mtimeMs]).toEqual([0o100655, 3, 4, 6500]);
  });
});
