/** Where build caches lie: in an OCI layout beside what it holds, or under a name of a registry. */

import { StratumError } from '../base/error.js';
import type { Descriptor } from '../blob/descriptor.js';
import { DirectoryBlobs, isLayout } from '../blob/directory.js';
import type { StoreFiles } from '../blob/files.js';
import type { BlobReader } from '../blob/store.js';
import type { Digest } from '../digest/digest.js';
import { type GraphReader, reachable, storeWriter, transferGraph } from '../image/copy.js';
import { nameInRepository, parseReference } from '../image/reference.js';
import { LayoutTags, type TaggedImage } from '../image/tags.js';
import { RepositoryWriter } from '../registry/client/graph.js';
import { RegistryBlobs } from '../registry/client/registry-blobs.js';
import type { EngineContext } from './context.js';

/** Where a build finds steps that another store ran. A place that holds none is told as a warning. */
export type CacheSource =
  /** An OCI layout. */
  | { readonly directory: string }
  /** A name in a registry. */
  | { readonly reference: string };

/** Where a build leaves its steps; an older cache in the same place is replaced, all else in a layout stays. */
export type CacheTarget = CacheSource & {
  /** `min`: the steps of the image, which is the default; `max`: those of every stage that was built. */
  readonly mode?: 'min' | 'max';
};

export const CACHE_TYPE = 'application/vnd.stratum.build-cache.v1+json';

/** What messages call a place. */
export function cacheName(place: CacheSource): string {
  return 'directory' in place ? place.directory : place.reference;
}

/** Finds the cache; fails with ARCHIVE_INVALID, or what a registry says. */
export async function openCache(
  context: EngineContext,
  source: CacheSource,
): Promise<{ readonly blobs: BlobReader; readonly descriptor: Descriptor }> {
  if ('reference' in source) {
    const reference = parseReference(source.reference);
    const blobs = new RegistryBlobs(context.registries.repository(reference));
    return { blobs, descriptor: await blobs.resolve(nameInRepository(reference)) };
  }
  const { directory } = source;
  const files = filesOf(context);
  const place = { file: directory };
  if (!(await isLayout(directory, files))) {
    throw new StratumError('ARCHIVE_INVALID', 'not an OCI layout: no oci-layout file', place);
  }
  const found = (await new LayoutTags(directory, files).read()).find(isCache);
  if (found === undefined) throw new StratumError('ARCHIVE_INVALID', 'the layout holds no build cache', place);
  return { blobs: await DirectoryBlobs.open(directory, files), descriptor: found.descriptor };
}

/** Copies a cache to its place. */
export async function writeCache(
  context: EngineContext,
  target: CacheSource,
  cache: { readonly descriptor: Descriptor; readonly reader: GraphReader },
): Promise<void> {
  const { descriptor, reader } = cache;
  if ('reference' in target) {
    const reference = parseReference(target.reference);
    const top = { descriptor, name: nameInRepository(reference) };
    const writer = new RepositoryWriter(context.registries.repository(reference), { top });
    await transferGraph(reader, writer, descriptor);
    return;
  }
  const files = filesOf(context);
  const to = await DirectoryBlobs.open(target.directory, files);
  await transferGraph(reader, storeWriter(to), descriptor);
  const tags = new LayoutTags(target.directory, files);
  let replaced: readonly Descriptor[] = [];
  await tags.update((before) => {
    replaced = before.filter(isCache).map((image) => image.descriptor);
    return [...before.filter((image) => !isCache(image)), { reference: undefined, descriptor }];
  });
  await dropReplaced(to, tags, replaced);
}

/** Only what the caches before led to and nothing leads to now: blobs of others in the layout are not ours to judge. */
async function dropReplaced(blobs: DirectoryBlobs, tags: LayoutTags, replaced: readonly Descriptor[]): Promise<void> {
  const old = new Map<Digest, Descriptor>();
  for (const descriptor of replaced) await reachable(blobs, descriptor, old);
  const named = new Map<Digest, Descriptor>();
  for (const { descriptor } of await tags.read()) await reachable(blobs, descriptor, named);
  for (const digest of old.keys()) if (!named.has(digest)) await blobs.delete(digest);
}

function isCache({ descriptor }: TaggedImage): boolean {
  return descriptor.artifactType === CACHE_TYPE;
}

function filesOf({ files }: EngineContext): StoreFiles {
  if (files !== undefined) return files;
  throw new StratumError('USAGE', 'there is no file system for a build cache (option fs)');
}
