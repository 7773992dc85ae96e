import { execFileSync } from 'node:child_process';
import nodeFs, { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerChanges } from '../../src/fs/packing.js';
import { Layer, UnionFs } from '../../src/index.js';
import { applyChanges } from '../../src/layer/apply.js';
import { requires } from '../kit/requires.js';
import { LOWER, listing, type Operation, operation, perform, type SomeFs } from './operations.js';

/** Where the calls are made: deep enough that no `..` in a symlink climbs out of the directory that stands for a root. */
const PLACE = '/p/p/p/p';

const sequences = fc.array(operation, { minLength: 1, maxLength: 40 });

async function lowerLayer(): Promise<Layer> {
  const union = UnionFs.over([]);
  union.fs.mkdirSync(PLACE, { recursive: true });
  for (const each of LOWER) perform(union.fs as SomeFs, PLACE, each);
  return union.toLayer();
}

/** Runs a sequence on both, and holds every answer and the tree at the end against each other. */
function compare(ours: UnionFs, root: string, operations: readonly Operation[]): void {
  const fs = ours.fs as SomeFs;
  for (const each of operations)
    expect([each, perform(fs, PLACE, each)]).toEqual([each, perform(nodeFs, root + PLACE, each)]);
  expect(listing(fs, '')).toEqual(listing(nodeFs, root));
}

const asRoot = requires('root');
const onOverlay = requires('root', 'overlay');

describe('random calls', () => {
  asRoot('answer as they do in a plain directory, errors included', async () => {
    const layer = await lowerLayer();
    const check = fc.property(sequences, (operations) => {
      const root = mkdtempSync(join(tmpdir(), 'stratum-plain-'));
      try {
        mkdirSync(root + PLACE, { recursive: true });
        for (const each of LOWER) perform(nodeFs, root + PLACE, each);
        compare(UnionFs.over([layer]), root, operations);
      } finally {
        rmSync(root, { recursive: true });
      }
    });
    fc.assert(check, { numRuns: 150 });
  });

  onOverlay('answer as they do on a mount of overlayfs over the same layer', async () => {
    const layer = await lowerLayer();
    const scratch = mkdtempSync(join(tmpdir(), 'stratum-overlay-'));
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', scratch]);
    let count = 0;
    const check = fc.property(sequences, (operations) => {
      const base = join(scratch, String(count++));
      for (const folder of [`lower${PLACE}`, 'upper', 'work', 'merged'])
        mkdirSync(join(base, folder), { recursive: true });
      for (const each of LOWER) perform(nodeFs, `${base}/lower${PLACE}`, each);
      const folders = `lowerdir=${base}/lower,upperdir=${base}/upper,workdir=${base}/work`;
      execFileSync('mount', [
        '-t',
        'overlay',
        'overlay',
        '-o',
        `${folders},redirect_dir=on,index=on`,
        join(base, 'merged'),
      ]);
      try {
        compare(UnionFs.over([layer]), join(base, 'merged'), operations);
      } finally {
        execFileSync('umount', [join(base, 'merged')]);
      }
    });
    try {
      fc.assert(check, { numRuns: 60 });
    } finally {
      execFileSync('umount', [scratch]);
      rmSync(scratch, { recursive: true });
    }
  });
});

describe('the laws of a view', () => {
  test('its changes, applied to what lies below, give what it shows', async () => {
    const layer = await lowerLayer();
    fc.assert(
      fc.property(sequences, (operations) => {
        const union = UnionFs.over([layer]);
        for (const each of operations) perform(union.fs as SomeFs, PLACE, each);
        const packed = Layer.fromChanges(layerChanges(union.view.changes()));
        const again = UnionFs.overTree(applyChanges(union.view.lower, packed.changes, packed.origin));
        expect(listing(again.fs as SomeFs, '')).toEqual(listing(union.fs as SomeFs, ''));
      }),
      { numRuns: 200 },
    );
  });

  test('forks never see what the other writes, however the writes are mixed', async () => {
    const layer = await lowerLayer();
    const moves = fc.array(fc.tuple(fc.nat(2), operation), { maxLength: 40 });
    fc.assert(
      fc.property(sequences, moves, (before, mixed) => {
        const first = UnionFs.over([layer]);
        for (const each of before) perform(first.fs as SomeFs, PLACE, each);
        const forks = [first, first.fork(), first.fork()];
        for (const [fork, each] of mixed) perform(forks[fork]?.fs as SomeFs, PLACE, each);
        for (const [index, fork] of forks.entries()) {
          const alone = UnionFs.over([layer]);
          for (const each of before) perform(alone.fs as SomeFs, PLACE, each);
          for (const [who, each] of mixed) if (who === index) perform(alone.fs as SomeFs, PLACE, each);
          expect(listing(fork.fs as SomeFs, '')).toEqual(listing(alone.fs as SomeFs, ''));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the layers below are never changed', async () => {
    const layer = await lowerLayer();
    const before = listing(UnionFs.over([layer]).fs as SomeFs, '');
    fc.assert(
      fc.property(sequences, (operations) => {
        const union = UnionFs.over([layer]);
        for (const each of operations) perform(union.fs as SomeFs, PLACE, each);
        expect(listing(UnionFs.over([layer]).fs as SomeFs, '')).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});
