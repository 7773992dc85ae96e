/** What is in use, and removing what is not. */

import { isStratumError } from '../base/error.js';
import { collectBlobs } from '../blob/collect.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { DiffID, Digest } from '../digest/digest.js';
import { reachable } from '../image/copy.js';
import { type Image, readImage } from '../image/image.js';
import { removeContainerFiles } from './container-files.js';
import type { EngineContext } from './context.js';
import type { PruneOptions, PruneReport } from './records.js';
import { refreshStates } from './run/reach.js';
import { cachedLayers, dropSteps } from './step-cache.js';

/** Every blob that a name, a container or a cached step leads to. */
export async function blobsInUse(context: EngineContext): Promise<Map<Digest, Descriptor>> {
  const inUse = new Map<Digest, Descriptor>();
  for (const { descriptor } of await context.tags.read()) await reachable(context.own, descriptor, inUse);
  for (const layer of await cachedLayers(context)) inUse.set(layer.digest, layer);
  return inUse;
}

/** Removes the blobs that only this image needed; returns its ID and the DiffIDs of the layers that went with it. */
export async function dropUnreachable(context: EngineContext, image: Image): Promise<Digest[]> {
  const inUse = await blobsInUse(context);
  context.forgetImages();
  const gone = new Set((await collectBlobs(context.own, new Set(inUse.keys()))).map(({ digest }) => digest));
  await context.layers.retain(await diffIdsInUse(context));
  return [image.id, ...image.layers.filter(({ digest }) => gone.has(digest)).map(({ diffId }) => diffId)];
}

/** Takes back what came in and was refused: the blobs that nothing needs, and what was kept of their layers. */
export async function withdraw(context: EngineContext, digests: Iterable<Digest>): Promise<void> {
  const inUse = await blobsInUse(context);
  for (const digest of digests) if (!inUse.has(digest)) await context.own.delete(digest);
  context.forgetImages();
  await context.layers.retain(await diffIdsInUse(context));
}

/** Removes images without a name (all that no container uses, if asked), and every blob that nothing needs. */
export async function prune(context: EngineContext, options: PruneOptions): Promise<PruneReport> {
  const containers = options.containers === true ? await dropContainers(context) : [];
  const images = await dropImages(context, options.all ?? false);
  const freedSteps = options.caches === true ? await dropSteps(context) : 0;
  const inUse = await blobsInUse(context);
  context.forgetImages();
  const blobs = await collectBlobs(context.own, new Set(inUse.keys()));
  const freedCache = await context.layers.retain(options.caches === true ? new Set() : await diffIdsInUse(context));
  await context.sweep();
  const freedBytes = blobs.reduce((sum, { size }) => sum + size, freedCache + freedSteps);
  context.state.emit({ type: 'image', action: 'prune', id: '', patches: [], inverse: [] });
  return { images, containers, blobs: blobs.map(({ digest }) => digest), freedBytes };
}

async function dropContainers(context: EngineContext): Promise<string[]> {
  await refreshStates(context);
  const all = Object.values((await context.state.read()).containers);
  const ids = all.filter(({ state }) => state?.status !== 'running').map(({ id }) => id);
  for (const id of ids) await removeContainerFiles(context, id);
  return ids;
}

async function dropImages(context: EngineContext, all: boolean): Promise<Digest[]> {
  const { containers } = await context.state.read();
  const used = new Set(Object.values(containers).map((container) => container.manifest));
  const dropped: Digest[] = [];
  await context.tags.update((before) =>
    before.filter(({ reference, descriptor }) => {
      const stays = used.has(descriptor.digest) || (reference !== undefined && !all);
      if (!stays) dropped.push(descriptor.digest);
      return stays;
    }),
  );
  return [...new Set(dropped)];
}

async function diffIdsInUse(context: EngineContext): Promise<Set<DiffID>> {
  const diffIds = new Set<DiffID>();
  for (const { descriptor } of await context.tags.read()) {
    for (const { diffId } of await layersOf(context, descriptor)) diffIds.add(diffId);
  }
  for (const { diffId } of await cachedLayers(context)) diffIds.add(diffId);
  return diffIds;
}

/** The layers of an image; none for what is not one. */
async function layersOf(context: EngineContext, descriptor: Descriptor): Promise<Image['layers']> {
  try {
    return (await readImage(context.own, descriptor)).layers;
  } catch (error) {
    if (isStratumError(error)) return [];
    throw error;
  }
}
