/** `push`: an image of the store into a registry. Only what the registry lacks is sent. */

import { StratumError } from '../base/error.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobReader } from '../blob/store.js';
import type { Digest } from '../digest/digest.js';
import { type GraphReader, reachable, storeReader, successors, transferGraph } from '../image/copy.js';
import { readImage, readManifest } from '../image/image.js';
import { isIndexType } from '../image/media-type.js';
import { parsePlatform } from '../image/platform.js';
import {
  familiarReference,
  formatReference,
  nameInRepository,
  parseReference,
  type Reference,
} from '../image/reference.js';
import { RepositoryReader, RepositoryWriter } from '../registry/client/graph.js';
import type { EngineContext } from './context.js';
import { readChosen } from './images.js';
import type { ProgressOptions } from './records.js';
import { WatchedTransfer } from './watched-transfer.js';

export interface PushOptions extends ProgressOptions {
  /** Only this image of an index, `os/architecture[/variant]`. */
  readonly platform?: string;
  /** Every image of an index; fails with BLOB_UNKNOWN where one is not here. */
  readonly allPlatforms?: boolean;
}

export interface PushedImage {
  /** As Docker shows it. */
  readonly reference: string;
  /** What the name points at in the registry. */
  readonly descriptor: Descriptor;
  /** The index of the store's image, where only the images that are here were pushed and not the index. */
  readonly instead: Descriptor | undefined;
}

/** As many as Docker sends. */
const UPLOADS = 5;

export async function push(context: EngineContext, text: string, options: PushOptions = {}): Promise<PushedImage> {
  const reference = parseReference(text);
  if (reference.digest !== undefined) {
    throw new StratumError('NAME_INVALID', `${JSON.stringify(text)} has a digest; an image is pushed under a tag`);
  }
  const name = formatReference(reference);
  const tagged = (await context.tags.read()).find((image) => image.reference === name);
  if (tagged === undefined) {
    throw new StratumError('IMAGE_UNKNOWN', `no image here has the name ${familiarReference(reference)}`);
  }
  const repository = context.registries.repository(reference);
  const calls = options.signal === undefined ? {} : { signal: options.signal };
  const there = new RepositoryReader(repository, calls);
  const descriptor = await whatToPush(context, there, tagged.descriptor, options);
  const watched = new WatchedTransfer(options);
  const places = await otherPlaces(context, reference);
  const writer = new RepositoryWriter(repository, {
    ...calls,
    top: { descriptor, name: nameInRepository(reference) },
    mountFrom: ({ digest }) => places.get(digest),
    onSent: watched.onSent,
    onMounted: watched.onMounted,
  });
  await transferGraph(storeReader(context.blobs), writer, descriptor, {
    concurrency: UPLOADS,
    onPlan: watched.onPlan,
    onBlob: watched.onBlob,
  });
  context.state.emit({ type: 'image', action: 'push', id: descriptor.digest, patches: [], inverse: [] });
  return {
    reference: familiarReference(reference),
    descriptor,
    instead: descriptor === tagged.descriptor ? undefined : tagged.descriptor,
  };
}

/** An index goes as a whole when all of it is here or there; else the image that is here goes, as Docker does it. */
async function whatToPush(
  context: EngineContext,
  there: GraphReader,
  descriptor: Descriptor,
  options: PushOptions,
): Promise<Descriptor> {
  if (!isIndexType(descriptor.mediaType)) return descriptor;
  if (options.platform !== undefined) {
    return (await readImage(context.blobs, descriptor, { platform: parsePlatform(options.platform) })).descriptor;
  }
  const missing = await missingFrom(context.own, there, descriptor);
  if (missing === undefined) return descriptor;
  if (options.allPlatforms !== true) return (await readChosen(context, descriptor)).descriptor;
  throw new StratumError('BLOB_UNKNOWN', 'an image of the index is neither here nor in the registry', {
    digest: missing.digest,
  });
}

/** The first image of an index that is in neither place. */
async function missingFrom(blobs: BlobReader, there: GraphReader, index: Descriptor): Promise<Descriptor | undefined> {
  for (const next of successors(await readManifest(blobs, index))) {
    const isHere = (await blobs.stat(next.digest)) !== undefined;
    if (!isHere && !(await there.has(next))) return next;
    const missing = isHere && isIndexType(next.mediaType) ? await missingFrom(blobs, there, next) : undefined;
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** For each blob, another repository of the registry that should have it: an image here is named after it. */
async function otherPlaces(context: EngineContext, target: Reference): Promise<Map<Digest, string>> {
  const places = new Map<Digest, string>();
  for (const { reference, descriptor } of await context.tags.read()) {
    const other = reference === undefined ? undefined : parseReference(reference);
    if (other?.registry !== target.registry || other.repository === target.repository) continue;
    const blobs = new Map<Digest, Descriptor>();
    await reachable(context.own, descriptor, blobs);
    for (const digest of blobs.keys()) {
      if (!places.has(digest)) places.set(digest, other.repository);
    }
  }
  return places;
}
