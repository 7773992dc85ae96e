/** Stacks of layers written as lines (see test/layer/layers.ts), without an image around them. */

import type { ImageStack, StackLayer } from '../../src/analysis/stack.js';
import type { DiffID, Digest } from '../../src/digest/digest.js';
import { chainIds } from '../../src/layer/chain.js';
import { Snapshots } from '../../src/layer/snapshots.js';
import type { TarMember } from '../../src/tar/writer.js';
import { layerOf } from '../layer/layers.js';

export type Lines = readonly (string | TarMember)[];

/** An image of layers given as lists of lines, bottom first. */
export async function stackOf(layers: readonly Lines[], name = 'test:1'): Promise<ImageStack> {
  const snapshots = new Snapshots();
  const read = await Promise.all(layers.map((lines) => layerOf(...lines)));
  const stacked = read.map((layer, index): StackLayer => {
    return {
      index,
      diffId: layer.diffId,
      digest: layer.diffId as string as Digest,
      storedBytes: layer.size,
      createdBy: `step ${index + 1}`,
      layer,
      tree: snapshots.merge(read.slice(0, index + 1)),
      tar: () => layer.tar(),
    };
  });
  const ids: readonly DiffID[] = read.map((layer) => layer.diffId);
  return { id: (chainIds(ids).at(-1) ?? 'sha256:none') as string as Digest, name, layers: stacked };
}
