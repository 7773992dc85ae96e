/** What images share and what is their own: arithmetic on the blobs that each image needs. */

import type { Digest } from '../digest/digest.js';
import type { ImageUsage, LayerUsage } from './records.js';

/** An image and the stored blobs it needs: layers, config and manifest, each once. */
export interface ImageBlobs {
  readonly id: Digest;
  readonly references: readonly string[];
  readonly blobs: ReadonlyMap<Digest, number>;
  /** The blobs that are layers. */
  readonly layers: readonly Digest[];
  readonly containers: number;
}

/** Bytes of each image that others use too, and bytes that would go with it. */
export function imageUsage(images: readonly ImageBlobs[]): ImageUsage[] {
  const users = countUsers(images);
  return images.map((image) => {
    let shared = 0;
    let unique = 0;
    for (const [digest, size] of image.blobs) {
      if ((users.get(digest) ?? 0) > 1) shared += size;
      else unique += size;
    }
    const { id, references, containers } = image;
    return { id, references, containers, size: shared + unique, sharedSize: shared, uniqueSize: unique };
  });
}

/** Each layer once, with the images that use it, the widest shared first. */
export function layerUsage(images: readonly ImageBlobs[]): LayerUsage[] {
  const layers = new Map<Digest, { size: number; images: Digest[] }>();
  for (const image of images) {
    for (const digest of new Set(image.layers)) {
      const layer = layers.get(digest) ?? { size: image.blobs.get(digest) ?? 0, images: [] };
      layer.images.push(image.id);
      layers.set(digest, layer);
    }
  }
  return [...layers]
    .map(([digest, layer]) => ({ digest, ...layer }))
    .sort((a, b) => b.images.length - a.images.length || b.size - a.size || (a.digest < b.digest ? -1 : 1));
}

/** Bytes of all blobs that images need, each once; and what they come to when every image keeps its own. */
export function sharingTotals(images: readonly ImageBlobs[]): { readonly stored: number; readonly unshared: number } {
  const blobs = new Map<Digest, number>();
  let unshared = 0;
  for (const image of images) {
    for (const [digest, size] of image.blobs) {
      blobs.set(digest, size);
      unshared += size;
    }
  }
  return { stored: [...blobs.values()].reduce((sum, size) => sum + size, 0), unshared };
}

function countUsers(images: readonly ImageBlobs[]): Map<Digest, number> {
  const users = new Map<Digest, number>();
  for (const image of images) for (const digest of image.blobs.keys()) users.set(digest, (users.get(digest) ?? 0) + 1);
  return users;
}
