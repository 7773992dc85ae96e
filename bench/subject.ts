/** Stratum as its users meet it: layers from tar bytes, a union over them. */

import { UnionFs } from '../src/fs/union-fs.js';
import '../src/node/platform.js';
import { Layer } from '../src/layer/layer.js';
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
