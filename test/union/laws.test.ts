/** What holds for every view and every stack of layers, whatever is in them. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinBytes } from '../../src/base/bytes.js';
import { layerChanges } from '../../src/fs/packing.js';
import { Layer, UnionFs } from '../../src/index.js';
import { applyChanges } from '../../src/layer/apply.js';
import { treeChanges } from '../../src/layer/changes.js';
import { Snapshots } from '../../src/layer/snapshots.js';
import { isDirectory } from '../../src/tree/node.js';
import { isMet, requires } from '../kit/requires.js';
import { Canonical } from './differential/canonical.js';
import { faceOf } from './differential/faces.js';
import { KernelSide } from './differential/kernel-side.js';
import { layersOf } from './differential/layers.js';
import { listing } from './differential/listing.js';
import { type Operation, operations } from './differential/operations.js';
import { runOurs, xattrCall, xattrsOf } from './differential/our-side.js';
import { perform } from './differential/perform.js';
import { randomStack } from './differential/random-stack.js';
import { type Entry, MOUNT, STACK, type Stack } from './differential/stack.js';

const NEEDS = ['root', 'overlay', 'unshare', 'setfattr', 'getfattr'] as const;
const stacks = fc.oneof(fc.constant(STACK), randomStack({ links: true }));

/** Makes the calls; what they answer is for others to judge. */
async function change(union: UnionFs, calls: readonly Operation[]): Promise<void> {
  const face = faceOf(union.fs, 'sync');
  for (const call of calls) await perform(face, call, xattrCall(union.kernel));
  await face.closeAll();
}

/** All that a view shows, as text: inodes by the order in which they are met. */
function shown(union: UnionFs): string[] {
  const canonical = new Canonical({ exactTimes: true });
  return [...listing(union.fs, MOUNT).map((each) => canonical.sighting(each)), xattrsOf(union)];
}

/** The same layers after a way through bytes. */
async function reread(layer: Layer): Promise<Layer> {
  return Layer.fromTar([joinBytes([layer.bytes.read(0, layer.size)])]);
}

describe('the laws of a view', () => {
  test('its changes, applied to what lies below, give what it shows; also after a way through a tar', async () => {
    const law = fc.asyncProperty(stacks, operations, async (stack, calls) => {
      const layers = layersOf(stack);
      const union = UnionFs.over(layers);
      await change(union, calls);
      const committed = await union.toLayer();
      expect(shown(UnionFs.over([...layers, await reread(committed)]))).toEqual(shown(union));
      const packed = Layer.fromChanges(layerChanges(union.view.changes()));
      const tree = applyChanges(union.view.lower, packed.changes, packed.origin);
      expect(shown(UnionFs.overTree(tree))).toEqual(shown(union));
    });
    await fc.assert(law, { numRuns: 75 });
  });

  test('all that it shows makes the same of nothing', async () => {
    const law = fc.asyncProperty(stacks, operations, async (stack, calls) => {
      const union = UnionFs.over(layersOf(stack));
      await change(union, calls);
      const whole = Layer.fromChanges(layerChanges(union.view.everything()));
      expect(shown(UnionFs.over([whole]))).toEqual(shown(union));
    });
    await fc.assert(law, { numRuns: 40 });
  });

  test('a layer committed in two steps shows what one shows', async () => {
    const law = fc.asyncProperty(stacks, operations, operations, async (stack, first, second) => {
      const layers = layersOf(stack);
      const union = UnionFs.over(layers);
      await change(union, first);
      const between = await union.toLayer();
      const next = UnionFs.over([...layers, between]);
      for (const each of [union, next]) await change(each, second);
      expect(withoutClock(shown(next))).toEqual(withoutClock(shown(union)));
    });
    await fc.assert(law, { numRuns: 30 });
  });

  test('forks never see what the other writes, however the writes are mixed', async () => {
    const mixed = operations.chain((calls) => fc.tuple(...calls.map((call) => fc.tuple(fc.nat(2), fc.constant(call)))));
    const law = fc.asyncProperty(stacks, operations, mixed, async (stack, before, moves) => {
      const layers = layersOf(stack);
      const first = UnionFs.over(layers);
      await change(first, before);
      const forks = [first, first.fork(), first.fork()];
      for (const [fork, call] of moves) await change(forks[fork] as UnionFs, [call]);
      for (const [index, fork] of forks.entries()) {
        const alone = UnionFs.over(layers);
        await change(alone, before);
        for (const [who, call] of moves) if (who === index) await change(alone, [call]);
        expect(withoutClock(shown(fork))).toEqual(withoutClock(shown(alone)));
      }
    });
    await fc.assert(law, { numRuns: 30 });
  });

  test('the layers below are never changed', async () => {
    const law = fc.asyncProperty(stacks, operations, async (stack, calls) => {
      const layers = layersOf(stack);
      const before = shown(UnionFs.over(layers));
      await change(UnionFs.over(layers), calls);
      expect(shown(UnionFs.over(layers))).toEqual(before);
    });
    await fc.assert(law, { numRuns: 25 });
  });
});

describe('the laws of layers', () => {
  test('the difference of two trees, applied to the first, gives the second', () => {
    const law = fc.property(stacks, stacks, (one, other) => {
      const [before, after] = [one, other].map((stack) => new Snapshots().merge(layersOf(stack)));
      if (before === undefined || after === undefined) throw new Error('two trees');
      const packed = Layer.fromChanges(treeChanges(before, after));
      const again = applyChanges(before, packed.changes, packed.origin);
      expect(shown(UnionFs.overTree(again))).toEqual(shown(UnionFs.overTree(after)));
    });
    fc.assert(law, { numRuns: 75 });
  });

  test('are told alike by what is packed and what is read again', async () => {
    const law = fc.asyncProperty(stacks, async (stack) => {
      for (const layer of layersOf(stack)) {
        const again = await reread(layer);
        expect([again.diffId, again.changes.length]).toEqual([layer.diffId, layer.changes.length]);
      }
      const again = await Promise.all(layersOf(stack).map(reread));
      expect(shown(UnionFs.over(again))).toEqual(shown(UnionFs.over(layersOf(stack))));
    });
    await fc.assert(law, { numRuns: 40 });
  });

  test('an opaque directory hides what whiteouts of all its lower names hide', () => {
    const law = fc.property(stacks, (stack) => {
      const spelled: (readonly Entry[])[] = [];
      for (const entries of stack) spelled.push(entries.flatMap((entry) => whiteoutsFor(entry, entries, spelled)));
      expect(shown(UnionFs.over(layersOf(spelled)))).toEqual(shown(UnionFs.over(layersOf(stack))));
    });
    fc.assert(law, { numRuns: 40 });
  });
});

/** The same without opaque marks: a whiteout for each name that the layers below show in the directory. */
function whiteoutsFor(entry: Entry, entries: readonly Entry[], below: Stack): Entry[] {
  if (entry.kind !== 'opaque') return [entry];
  const { fs, kernel } = UnionFs.over(layersOf(below));
  const hiding = kernel.find(MOUNT + entry.path, false);
  if (hiding === undefined || !isDirectory(hiding)) return [];
  const hidden = fs.readdirSync(MOUNT + entry.path).map((name) => `${entry.path}/${name}`);
  const spelled = new Set(entries.filter(({ kind }) => kind === 'whiteout').map(({ path }) => path));
  return hidden.filter((path) => !spelled.has(path)).map((path) => ({ ...entry, kind: 'whiteout', path }));
}

/** Two views that do the same do it at different times. */
function withoutClock(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/ time 1[5-9]\d{17}/, ' time of the clock'));
}

describe('merged layers show what the kernel shows of them', () => {
  let kernel: KernelSide;
  beforeAll(async () => {
    if (NEEDS.every(isMet)) kernel = await KernelSide.start();
  });
  afterAll(() => kernel?.stop());

  requires(...NEEDS)('as directories of overlayfs', async () => {
    const law = fc.asyncProperty(randomStack({ links: true }), async (stack) => {
      const request = { stack, judge: 'overlay', who: 'root', face: 'sync', operations: [] } as const;
      const sides = [await runOurs(request), await kernel.run(request)].map(({ listing: seen, xattrs }) => {
        const canonical = new Canonical({ exactTimes: true });
        // The kernel counts the names that a layer above hides.
        return [...seen.map((each) => canonical.sighting({ ...each, nlink: 0 })), xattrs.split('\n\n').sort()];
      });
      expect(sides[0]).toEqual(sides[1]);
    });
    await fc.assert(law, { numRuns: 50 });
  });
});
