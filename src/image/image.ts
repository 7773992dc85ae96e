/** An image as a value: manifest and config as they are stored, and what follows from them. */

import { type ErrorPlace, StratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobReader } from '../blob/store.js';
import { verified } from '../blob/verify.js';
import type { DiffID, Digest } from '../digest/digest.js';
import { type ImageConfig, parseConfig } from './config.js';
import { type ImageIndex, MANIFEST_LIMIT_BYTES, type Manifest, parseManifest } from './manifest.js';
import { isConfigType, isIndexType } from './media-type.js';
import { formatPlatform, matchesPlatform, type Platform, platformOf, variantRank } from './platform.js';

/** A layer as a manifest and its config name it. */
export interface ImageLayer {
  /** Of the blob as it is stored. */
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  readonly mediaType: string;
  readonly diffId: DiffID;
}

export interface Image {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** Digest of the config: Docker's image ID. */
  readonly id: Digest;
  /** Bottom first. */
  readonly layers: readonly ImageLayer[];
}

export interface ReadImageOptions {
  /** Which image of an index to take. */
  readonly platform?: Platform | undefined;
}

/** Configs are small; the same limit serves. */
const CONFIG_LIMIT_BYTES: number = MANIFEST_LIMIT_BYTES;
/** Indexes nest in indexes, but not for ever. */
const INDEX_DEPTH_LIMIT = 8;

/** Reads a whole small blob, verified; fails with LIMIT_EXCEEDED above `limitBytes`. */
export async function readSmallBlob(
  blobs: BlobReader,
  descriptor: Descriptor,
  limitBytes: number,
): Promise<Uint8Array> {
  const { digest, size } = descriptor;
  if (size > limitBytes)
    throw new StratumError('LIMIT_EXCEEDED', `blob of ${size} bytes, more than ${limitBytes}`, { digest });
  return collectBytes(verified(blobs.get(digest), { digest, size }), limitBytes);
}

/** Reads and parses a manifest or index. */
export async function readManifest(blobs: BlobReader, descriptor: Descriptor): Promise<Manifest | ImageIndex> {
  return parseDescribed(await readSmallBlob(blobs, descriptor, MANIFEST_LIMIT_BYTES), descriptor);
}

/** Parses a manifest or index that must be what its descriptor says. */
export function parseDescribed(bytes: Uint8Array, descriptor: Descriptor): Manifest | ImageIndex {
  const manifest = parseManifest(bytes, { digest: descriptor.digest });
  if ((manifest.kind === 'index') !== isIndexType(descriptor.mediaType) && isTyped(descriptor.mediaType)) {
    throw new StratumError('MANIFEST_INVALID', `content is not the ${descriptor.mediaType} its descriptor promises`, {
      digest: descriptor.digest,
    });
  }
  return manifest;
}

/** True when the manifest's config makes it something that runs; everything else is carried as it is. */
export function isRunnable(manifest: Manifest): boolean {
  return isConfigType(manifest.config.mediaType);
}

/**
 * Reads an image, choosing by platform where the descriptor is that of an index. Fails with PLATFORM_UNKNOWN when no
 * image fits, UNSUPPORTED for an artifact, CONFIG_INVALID when config and manifest disagree on the layers.
 */
export async function readImage(
  blobs: BlobReader,
  descriptor: Descriptor,
  options: ReadImageOptions = {},
): Promise<Image> {
  const chosen = await chooseManifest(blobs, descriptor, options.platform);
  const place = { digest: chosen.descriptor.digest };
  if (!isRunnable(chosen.manifest)) {
    throw new StratumError(
      'UNSUPPORTED',
      `an artifact (config ${chosen.manifest.config.mediaType}), not an image`,
      place,
    );
  }
  const { config: stored } = chosen.manifest;
  const config = parseConfig(await readSmallBlob(blobs, stored, CONFIG_LIMIT_BYTES), { digest: stored.digest });
  const layers = pairLayers(chosen.manifest, config, place);
  return { ...chosen, config, id: stored.digest, layers };
}

/** Bytes of the stored layers, config and manifest. */
export function storedSize(image: Image): number {
  const layers = new Map(image.layers.map((layer) => [layer.digest, layer.size]));
  const content = [...layers.values()].reduce((sum, size) => sum + size, 0);
  return content + image.manifest.config.size + image.descriptor.size;
}

interface ChosenManifest {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
}

/** The manifest itself, or the first one of the best fit in an index, nested ones included. */
async function chooseManifest(blobs: BlobReader, descriptor: Descriptor, platform?: Platform): Promise<ChosenManifest> {
  const manifest = await readManifest(blobs, descriptor);
  if (manifest.kind === 'manifest') return { descriptor, manifest };
  const candidates: Descriptor[] = [];
  await gather(blobs, manifest, candidates, 0);
  const chosen = platform === undefined ? await firstPresent(blobs, candidates) : bestFit(candidates, platform);
  if (chosen === undefined) {
    const wanted = platform === undefined ? 'that is here' : `for ${formatPlatform(platform)}`;
    throw new StratumError('PLATFORM_UNKNOWN', `index has no image ${wanted}`, { digest: descriptor.digest });
  }
  const found = await readManifest(blobs, chosen);
  if (found.kind === 'manifest') return { descriptor: chosen, manifest: found };
  throw new StratumError('MANIFEST_INVALID', 'index where a manifest was promised', { digest: chosen.digest });
}

async function gather(blobs: BlobReader, index: ImageIndex, into: Descriptor[], depth: number): Promise<void> {
  if (depth > INDEX_DEPTH_LIMIT)
    throw new StratumError('INDEX_INVALID', `indexes nest deeper than ${INDEX_DEPTH_LIMIT}`);
  for (const descriptor of index.manifests) {
    if (!isIndexType(descriptor.mediaType)) into.push(descriptor);
    else if ((await blobs.stat(descriptor.digest)) !== undefined) {
      const nested = await readManifest(blobs, descriptor);
      if (nested.kind === 'index') await gather(blobs, nested, into, depth + 1);
    }
  }
}

/** The first of the images that fit a platform best; `undefined` where none fits. */
export function bestFit(candidates: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const fitting = candidates.flatMap((descriptor) => {
    const offered = platformOf(descriptor.platform);
    return offered !== undefined && matchesPlatform(wanted, offered)
      ? [{ descriptor, rank: variantRank(offered) }]
      : [];
  });
  const best = Math.max(...fitting.map(({ rank }) => rank));
  return fitting.find(({ rank }) => rank === best)?.descriptor;
}

/** Without a wish, the first image that is there: archives often hold one platform of many. */
async function firstPresent(blobs: BlobReader, candidates: readonly Descriptor[]): Promise<Descriptor | undefined> {
  for (const candidate of candidates) if ((await blobs.stat(candidate.digest)) !== undefined) return candidate;
  return undefined;
}

function pairLayers(manifest: Manifest, config: ImageConfig, place: ErrorPlace): ImageLayer[] {
  const { diffIds } = config;
  if (diffIds.length !== manifest.layers.length) {
    const what = `manifest has ${manifest.layers.length} layers, config has ${diffIds.length}`;
    throw new StratumError('CONFIG_INVALID', what, place);
  }
  return manifest.layers.map(({ digest, size, mediaType }, i) => ({
    digest,
    size,
    mediaType,
    diffId: diffIds[i] as DiffID,
  }));
}

/** A descriptor may come without a media type that says what it is (older tools); then the content decides. */
function isTyped(mediaType: string): boolean {
  return /manifest|index/.test(mediaType);
}
