/** Copies what a descriptor leads to from one store to another: leaves first, so that nothing points at what is missing. */

import type { Descriptor } from '../blob/descriptor.js';
import type { BlobReader, BlobWriter } from '../blob/store.js';
import type { Digest } from '../digest/digest.js';
import { readManifest, readSmallBlob } from './image.js';
import { type ImageIndex, MANIFEST_LIMIT_BYTES, type Manifest } from './manifest.js';
import { isIndexType, isManifestType, isNonDistributable } from './media-type.js';

export interface CopyOptions {
  /** Told of each blob: before it moves, or that it is there already. */
  readonly onBlob?: (blob: Descriptor, status: 'copy' | 'exists') => void;
}

/** The descriptors that a document points at. A subject is not among them: it need not exist. */
export function successors(document: Manifest | ImageIndex): readonly Descriptor[] {
  return document.kind === 'index' ? document.manifests : [document.config, ...document.layers];
}

/** Everything that a descriptor leads to and that is in the store, itself included. */
export async function reachable(
  blobs: BlobReader,
  descriptor: Descriptor,
  into: Map<Digest, Descriptor>,
): Promise<void> {
  if (into.has(descriptor.digest) || (await blobs.stat(descriptor.digest)) === undefined) return;
  into.set(descriptor.digest, descriptor);
  if (!isDocument(descriptor)) return;
  for (const next of successors(await readManifest(blobs, descriptor))) await reachable(blobs, next, into);
}

/**
 * Copies a graph; returns the digests that were not there before. A blob that is there is not read again. An image of
 * an index may be missing (archives hold one of many), and so may a layer that is not distributable.
 */
export async function copyGraph(
  from: BlobReader,
  to: BlobReader & BlobWriter,
  descriptor: Descriptor,
  options: CopyOptions = {},
): Promise<Digest[]> {
  const added: Digest[] = [];
  await copyNode(descriptor, { from, to, added, seen: new Set(), options });
  return added;
}

interface Copying {
  readonly from: BlobReader;
  readonly to: BlobReader & BlobWriter;
  readonly added: Digest[];
  readonly seen: Set<Digest>;
  readonly options: CopyOptions;
}

async function copyNode(descriptor: Descriptor, copying: Copying): Promise<void> {
  const { from, to, added, seen, options } = copying;
  if (seen.has(descriptor.digest)) return;
  seen.add(descriptor.digest);
  if (isDocument(descriptor)) {
    const document = await readManifest(from, descriptor);
    for (const next of successors(document)) {
      if (mayBeMissing(document, next) && (await from.stat(next.digest)) === undefined) continue;
      await copyNode(next, copying);
    }
  }
  if ((await to.stat(descriptor.digest)) !== undefined) {
    options.onBlob?.(descriptor, 'exists');
    return;
  }
  options.onBlob?.(descriptor, 'copy');
  const { digest, size } = descriptor;
  const content = isDocument(descriptor)
    ? await readSmallBlob(from, descriptor, MANIFEST_LIMIT_BYTES)
    : from.get(digest);
  await to.put(content, { digest, size });
  added.push(digest);
}

function isDocument({ mediaType }: Descriptor): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType);
}

function mayBeMissing(document: Manifest | ImageIndex, next: Descriptor): boolean {
  return document.kind === 'index' || isNonDistributable(next.mediaType);
}
