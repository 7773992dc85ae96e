/** Every call into Stratum that is not the fs API itself. */

import { finishDigest, hashing } from '../src/digest/hasher.js';
import { layerChanges } from '../src/fs/packing.js';
import { UnionFs } from '../src/fs/union-fs.js';
import { Engine, hostContext } from '../src/index.js';
import { decodeLayer } from '../src/layer/decode.js';
import { encodeChanges } from '../src/layer/encode.js';
import { Layer } from '../src/layer/layer.js';
import { Snapshots } from '../src/layer/snapshots.js';
import { shellRuntime } from '../src/shell/runtime.js';
import { diffTrees, treeReader } from '../src/tree/diff.js';
import type { Tree } from '../src/tree/node.js';
import { type CorpusFile, tarOf } from './corpus.js';

/** Layers, bottom first, from uncompressed tars. */
export async function layersOf(layers: readonly (readonly CorpusFile[])[]): Promise<Layer[]> {
  const made: Layer[] = [];
  for (const files of layers) made.push(await Layer.fromTar(tarOf(files)));
  return made;
}

/** A union whose merged tree nobody has used yet, whatever was merged of the same layers before. */
export async function unionOf(layers: readonly (readonly CorpusFile[])[]): Promise<UnionFs> {
  return UnionFs.over(await layersOf(layers), { snapshots: new Snapshots() });
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

/** Loads an OCI layout into a directory store. */
export async function loadInto(root: string, layout: string): Promise<void> {
  const engine = await Engine.open({ root });
  await engine.loadLayout(layout);
  await engine.close();
}

/** A store with the images of a layout, on a disk or in memory. */
export async function openWith(layout: string, root: string | undefined): Promise<Engine> {
  const engine = await Engine.open(root === undefined ? {} : { root });
  await engine.loadLayout(layout);
  return engine;
}

/** Builds a directory with its Dockerfile; answers how many steps were cached. */
export async function buildDirectory(engine: Engine, directory: string): Promise<number> {
  const { steps } = await engine.build({ context: hostContext(directory), runtime: shellRuntime(), tags: ['app'] });
  return steps.filter(({ isCached }) => isCached).length;
}

/** The upper as a tar stream that nobody keeps, and its digest. */
export function exportUpper(union: UnionFs): { size: number; digest: string } {
  const hasher = hashing.get()('sha256');
  let size = 0;
  for (const chunk of encodeChanges(layerChanges(union.view.changes()))) {
    hasher.update(chunk);
    size += chunk.length;
  }
  return { size, digest: finishDigest('sha256', hasher) };
}

/** Counts the differences of two stacks, whose trees are merged beforehand and share what they have in common. */
export function diffOfStacks(one: readonly Layer[], other: readonly Layer[]): () => number {
  const snapshots = new Snapshots();
  const [before, after] = [snapshots.merge(one), snapshots.merge(other)];
  return () => diffTrees(before, treeReader(before, after)).length;
}
