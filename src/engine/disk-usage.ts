/** `system df`: what each image shares and what is its own, to the byte. */

import type { Digest } from '../digest/digest.js';
import { hashing } from '../digest/hasher.js';
import { familiarReference, parseReference } from '../image/reference.js';
import { openCompressed } from '../layer/compression.js';
import { TarReader } from '../tar/reader.js';
import type { EngineContext } from './context.js';
import { blobsOf, listImages } from './images.js';
import type { DiskUsage, FileUsage, ProgressOptions } from './records.js';
import { type ImageBlobs, imageUsage, layerUsage, sharingTotals } from './usage.js';

export interface UsageOptions extends ProgressOptions {
  /** Also what storing each file once would save: reads every file of every layer. */
  readonly files?: boolean;
}

export async function diskUsage(context: EngineContext, options: UsageOptions): Promise<DiskUsage> {
  const images = await imageBlobs(context);
  const totals = sharingTotals(images);
  const layers = layerUsage(images);
  let blobBytes = 0;
  for await (const { size } of context.blobs.list()) blobBytes += size;
  const { containers } = await context.state.read();
  return {
    images: imageUsage(images),
    layers,
    blobBytes,
    bytesWithoutSharing: totals.unshared,
    reclaimableBytes: blobBytes - totals.stored,
    containers: Object.values(containers).map(({ id, name, upperBytes }) => ({ id, name, upperBytes })),
    cacheBytes: await context.layers.cacheBytes(),
    files:
      options.files === true
        ? await fileUsage(
            context,
            layers.map(({ digest }) => digest),
          )
        : undefined,
  };
}

/** One line an image, whatever the number of its names. */
async function imageBlobs(context: EngineContext): Promise<ImageBlobs[]> {
  const { containers } = await context.state.read();
  const users = Object.values(containers);
  const found = new Map<Digest, ImageBlobs & { references: string[] }>();
  for (const { tagged, image } of await listImages(context)) {
    const references = tagged.reference === undefined ? [] : [familiarReference(parseReference(tagged.reference))];
    const known = found.get(tagged.descriptor.digest);
    if (known !== undefined) {
      known.references.push(...references);
      continue;
    }
    const blobs = await blobsOf(context, tagged.descriptor);
    found.set(tagged.descriptor.digest, {
      id: image.id,
      references,
      blobs: new Map([...blobs].map(([digest, { size }]) => [digest, size])),
      layers: image.layers.map(({ digest }) => digest),
      containers: users.filter(({ imageId }) => imageId === image.id).length,
    });
  }
  return [...found.values()];
}

/** Hashes every regular file of some layers; equal files are counted once among the distinct. */
async function fileUsage(context: EngineContext, layers: readonly Digest[]): Promise<FileUsage> {
  const sizes = new Map<string, number>();
  let [files, bytes] = [0, 0];
  for (const digest of layers) {
    for await (const { hash, size } of fileHashes(context, digest)) {
      files++;
      bytes += size;
      sizes.set(hash, size);
    }
  }
  const distinctBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { files, bytes, distinctFiles: sizes.size, distinctBytes };
}

async function* fileHashes(context: EngineContext, layer: Digest): AsyncIterable<{ hash: string; size: number }> {
  const done: { hash: string; size: number }[] = [];
  let current: { size: number; left: number; hasher: ReturnType<ReturnType<typeof hashing.get>> } | undefined;
  const reader = new TarReader({
    entry: ({ type, size }) => {
      current = type === 'file' && size > 0 ? { size, left: size, hasher: hashing.get()('sha256') } : undefined;
    },
    body: (slice) => {
      if (current === undefined) return;
      current.hasher.update(slice);
      current.left -= slice.length;
      if (current.left === 0) done.push({ hash: current.hasher.hex(), size: current.size });
    },
  });
  for await (const chunk of (await openCompressed(context.blobs.get(layer))).content) {
    reader.push(chunk);
    yield* done.splice(0);
  }
  reader.end();
  yield* done.splice(0);
}
