/** An image as what its layers come to one after another: what every analysis looks at. */

import type { ByteStream } from '../base/stream.js';
import type { DiffID, Digest } from '../digest/digest.js';
import { pairHistory } from '../image/config.js';
import type { Image, ImageLayer } from '../image/image.js';
import type { Layer } from '../layer/layer.js';
import type { Snapshots } from '../layer/snapshots.js';
import type { Tree } from '../tree/node.js';

/** A layer at its place in an image. */
export interface StackLayer {
  /** 0 is the lowest. */
  readonly index: number;
  readonly diffId: DiffID;
  /** Of the blob as it is stored. */
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly storedBytes: number;
  /** The step that made it, as the history has it; empty where it says nothing. */
  readonly createdBy: string;
  /** What the layer says. */
  readonly layer: Layer;
  /** All that is there with this layer on top of those below it. */
  readonly tree: Tree;
  /** The layer's uncompressed tar as a stream, from its beginning, whenever it is asked for. */
  tar(): ByteStream;
}

export interface ImageStack {
  /** Digest of the config: Docker's image ID. */
  readonly id: Digest;
  /** What the image is called where it is shown. */
  readonly name: string;
  /** Bottom first. */
  readonly layers: readonly StackLayer[];
}

export interface StackingOptions {
  readonly name: string;
  readonly snapshots: Snapshots;
  /** The uncompressed tar of a layer. */
  readonly tar: (stored: ImageLayer, layer: Layer) => ByteStream;
}

/** Stacks the layers of an image, bottom first; trees of prefixes that are known are taken from the snapshots. */
export function stackImage(image: Image, layers: readonly Layer[], options: StackingOptions): ImageStack {
  const steps = new Map(pairHistory(image.config).map(({ entry, layer }) => [layer, entry.created_by ?? '']));
  const stacked: StackLayer[] = [];
  for (const [index, layer] of layers.entries()) {
    const stored = image.layers[index];
    if (stored === undefined) break;
    stacked.push({
      index,
      diffId: stored.diffId,
      digest: stored.digest,
      storedBytes: stored.size,
      createdBy: steps.get(index) ?? '',
      layer,
      tree: options.snapshots.merge(layers.slice(0, index + 1)),
      tar: () => options.tar(stored, layer),
    });
  }
  return { id: image.id, name: options.name, layers: stacked };
}
