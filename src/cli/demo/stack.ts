/** Draws the layers of several images to scale, each layer once however many images stand on it. */

import { type DiffID, shortId } from '../../digest/digest.js';
import type { Engine } from '../../engine/engine.js';
import { ellipsis, humanSize } from '../human.js';
import { scaledBar } from '../picture.js';
import type { Narrator } from './narrator.js';

const BAR_WIDTH = 32;
const MADE_BY_WIDTH = 48;
/** The comment of every line that a build adds to the history, and the end of some: the instruction says more. */
const BY_BUILD = 'buildkit.dockerfile.v0';
const BUILD_MARK = / # buildkit$/;

/** A layer and who has it. */
export interface StackedLayer {
  readonly diffId: DiffID;
  /** Stored bytes. */
  readonly size: number;
  readonly madeBy: string;
  readonly images: readonly string[];
}

/** The layers of images, tops first: what one image has alone comes above what more of them share. */
export async function stackLayers(engine: Engine, images: readonly string[]): Promise<StackedLayer[]> {
  const layers = new Map<DiffID, { size: number; madeBy: string; images: string[] }>();
  for (const image of images) {
    for (const { layer, size, createdBy, comment } of await engine.history(image)) {
      if (layer === undefined) continue;
      const known = layers.get(layer.diffId) ?? { size, madeBy: madeBy(createdBy, comment), images: [] };
      if (!known.images.includes(image)) known.images.push(image);
      layers.set(layer.diffId, known);
    }
  }
  const all = [...layers].map(([diffId, layer]) => ({ diffId, ...layer }));
  return all.sort((a, b) => a.images.length - b.images.length);
}

function madeBy(createdBy: string, comment: string): string {
  const text = comment === '' || comment === BY_BUILD ? createdBy : comment;
  return ellipsis(text.replace(BUILD_MARK, ''), MADE_BY_WIDTH);
}

/** One line a layer; shaded bars are shared. */
export async function drawStack(narrator: Narrator, layers: readonly StackedLayer[]): Promise<void> {
  const { green, cyan } = narrator.colors;
  const most = Math.max(0, ...layers.map((layer) => layer.size));
  const rows = layers.map((layer) => [
    layer.images.join(' + '),
    scaledBar(layer.size, most, BAR_WIDTH, layer.images.length > 1 ? 'shared' : 'own'),
    humanSize(layer.size),
    shortId(layer.diffId),
    layer.madeBy,
  ]);
  await narrator.table(rows, (line, at) =>
    line.replace(/[█▉▊▋▌▍▎▏▒]+/, (layers[at]?.images.length ?? 0) > 1 ? cyan : green),
  );
}
