/** Every call into Stratum that is not the fs API itself. */

import '../src/node/platform.js';
import { UnionFs } from '../src/fs/union-fs.js';
import { decodeLayer } from '../src/layer/decode.js';
import { Layer } from '../src/layer/layer.js';
import { Snapshots } from '../src/layer/snapshots.js';
import type { Tree } from '../src/tree/node.js';
import { type CorpusFile, tarOf } from './corpus.js';

/** Layers, bottom first, from uncompressed tars. */
export async function layersOf(layers: readonly (readonly CorpusFile[])[]): Promise<Layer[]> {
  const made: Layer[] = [];
  for (const files of layers) made.push(await Layer.fromTar(tarOf(files)));
  return made;
}

export async function unionOf(layers: readonly (readonly CorpusFile[])[]): Promise<UnionFs> {
  return UnionFs.over(await layersOf(layers));
}

/** Merges layers without any tree that was merged before. */
export function applyAll(layers: readonly Layer[]): Tree {
  return new Snapshots().merge(layers);
}

/** What an import does besides storing: inflates, hashes twice, reads and keeps the headers. */
export async function importLayer(blob: readonly Uint8Array[]): Promise<{ diffId: string; entries: number }> {
  const { diffId, entryCount } = await decodeLayer(blob, { skeleton: true });
  return { diffId, entries: entryCount };
}

/** The same into a Layer that holds its tar in memory. */
export async function holdLayer(blob: readonly Uint8Array[]): Promise<{ diffId: string; entries: number }> {
  const { diffId, changes } = await Layer.fromTar(blob);
  return { diffId, entries: changes.length };
}
