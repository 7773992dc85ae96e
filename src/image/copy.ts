/** Copies what a descriptor leads to from one place to another: leaves first, so that nothing points at what is missing. */

import { StratumError } from '../base/error.js';
import { inParallel } from '../base/parallel.js';
import { type ByteSource, type ByteStream, collectBytes } from '../base/stream.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobReader, BlobWriter } from '../blob/store.js';
import { verified } from '../blob/verify.js';
import type { Digest } from '../digest/digest.js';
import { parseDescribed, readManifest } from './image.js';
import { type ImageIndex, MANIFEST_LIMIT_BYTES, type Manifest } from './manifest.js';
import { isIndexType, isManifestType, isNonDistributable } from './media-type.js';

/** Where a graph comes from: a store, a registry. */
export interface GraphReader {
  has(descriptor: Descriptor): Promise<boolean>;
  /** Streams what a descriptor names, verified or not, from a byte on; fails with BLOB_UNKNOWN or MANIFEST_UNKNOWN. */
  get(descriptor: Descriptor, offset?: number): ByteStream;
}

/** Where a graph goes. */
export interface GraphWriter {
  has(descriptor: Descriptor): Promise<boolean>;
  /** Stores what a descriptor names, verified; `open` may be asked again for what did not arrive. */
  put(descriptor: Descriptor, open: (offset?: number) => ByteSource): Promise<void>;
}

export interface CopyOptions {
  /** Told of each blob: before it moves, that it is there already, or that it has arrived. */
  readonly onBlob?: (blob: Descriptor, status: 'copy' | 'exists' | 'done') => void;
  /** Told once what may have to move, before anything does. */
  readonly onPlan?: (blobs: readonly Descriptor[]) => void;
  /** False for a blob that is to stay where it is. */
  readonly wants?: (blob: Descriptor) => boolean;
  /** Which images of an index are wanted; all of them without it. */
  readonly select?: (index: ImageIndex) => readonly Descriptor[];
  /** How many blobs move at a time; 1 without it. */
  readonly concurrency?: number;
}

/** Manifests are held while what they point at moves; an index of more than this is not meant to be copied. */
export const DOCUMENTS_LIMIT_BYTES: number = 256 * 1024 * 1024;

/** The descriptors that a document points at. A subject is not among them: it need not exist. */
export function successors(document: Manifest | ImageIndex): readonly Descriptor[] {
  return document.kind === 'index' ? document.manifests : [document.config, ...document.layers];
}

/** True for what is sent and asked for as a manifest, not as a blob. */
export function isDocument({ mediaType }: Descriptor): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType);
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

/** Copies a graph between stores: see {@link transferGraph}. */
export function copyGraph(
  from: BlobReader,
  to: BlobReader & BlobWriter,
  descriptor: Descriptor,
  options: CopyOptions = {},
): Promise<Digest[]> {
  return transferGraph(storeReader(from), storeWriter(to), descriptor, options);
}

/**
 * Copies a graph; returns the digests that were not there before. A blob that is there is not read again. An image of
 * an index may be missing (archives hold one of many), and so may a layer that is not distributable.
 */
export async function transferGraph(
  from: GraphReader,
  to: GraphWriter,
  descriptor: Descriptor,
  options: CopyOptions = {},
): Promise<Digest[]> {
  const plan: CopyPlan = { blobs: [], documents: [], seen: new Set(), heldBytes: 0 };
  await planNode(descriptor, { from, plan, options });
  options.onPlan?.(plan.blobs);
  const added: Digest[] = [];
  const move = async (each: Descriptor, open: (offset?: number) => ByteSource): Promise<void> => {
    if (await to.has(each)) return options.onBlob?.(each, 'exists');
    options.onBlob?.(each, 'copy');
    await to.put(each, open);
    added.push(each.digest);
    options.onBlob?.(each, 'done');
  };
  await inParallel(plan.blobs, options.concurrency ?? 1, (blob) => move(blob, (offset) => from.get(blob, offset)));
  for (const document of plan.documents) {
    await move(document.descriptor, (offset = 0) => document.bytes.subarray(offset));
  }
  return added;
}

export function storeReader(blobs: BlobReader): GraphReader {
  return {
    has: async ({ digest }) => (await blobs.stat(digest)) !== undefined,
    get: ({ digest }, offset) => blobs.get(digest, offset ? { offset } : undefined),
  };
}

export function storeWriter(blobs: BlobReader & BlobWriter): GraphWriter {
  return {
    has: async ({ digest }) => (await blobs.stat(digest)) !== undefined,
    put: async ({ digest, size }, open) => void (await blobs.put(open(), { digest, size })),
  };
}

/** What is to be moved, in an order in which it may arrive. */
interface CopyPlan {
  readonly blobs: Descriptor[];
  /** What points comes after what it points at. */
  readonly documents: { readonly descriptor: Descriptor; readonly bytes: Uint8Array }[];
  readonly seen: Set<Digest>;
  heldBytes: number;
}

interface Planning {
  readonly from: GraphReader;
  readonly plan: CopyPlan;
  readonly options: CopyOptions;
}

async function planNode(descriptor: Descriptor, planning: Planning): Promise<void> {
  const { from, plan, options } = planning;
  if (plan.seen.has(descriptor.digest)) return;
  plan.seen.add(descriptor.digest);
  if (!isDocument(descriptor)) {
    if (options.wants?.(descriptor) ?? true) plan.blobs.push(descriptor);
    return;
  }
  const bytes = await readDocument(from, descriptor);
  plan.heldBytes += bytes.length;
  if (plan.heldBytes > DOCUMENTS_LIMIT_BYTES) {
    throw new StratumError('LIMIT_EXCEEDED', `manifests of more than ${DOCUMENTS_LIMIT_BYTES} bytes in all`, {
      digest: descriptor.digest,
    });
  }
  const document = parseDescribed(bytes, descriptor);
  const wanted = document.kind === 'index' && options.select ? options.select(document) : successors(document);
  for (const next of wanted) {
    if (mayBeMissing(document, next) && !(await from.has(next))) continue;
    await planNode(next, planning);
  }
  plan.documents.push({ descriptor, bytes });
}

/** The bytes of a manifest, verified. */
export async function readDocument(from: GraphReader, descriptor: Descriptor): Promise<Uint8Array> {
  const { digest, size } = descriptor;
  if (size > MANIFEST_LIMIT_BYTES) {
    throw new StratumError('LIMIT_EXCEEDED', `manifest of ${size} bytes, more than ${MANIFEST_LIMIT_BYTES}`, {
      digest,
    });
  }
  return collectBytes(verified(from.get(descriptor), { digest, size }), MANIFEST_LIMIT_BYTES);
}

function mayBeMissing(document: Manifest | ImageIndex, next: Descriptor): boolean {
  return document.kind === 'index' || isNonDistributable(next.mediaType);
}
