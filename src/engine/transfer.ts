/** Images in and out of the store: archives, and OCI layout directories. */

import { StratumError } from '../base/error.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import { DirectoryBlobs, isLayout } from '../blob/directory.js';
import type { Digest } from '../digest/digest.js';
import { copyGraph } from '../image/copy.js';
import { type Image, isRunnable, readManifest } from '../image/image.js';
import { loadArchive } from '../image/load.js';
import { familiarReference, parseReference } from '../image/reference.js';
import { saveDockerArchive, saveOciArchive } from '../image/save.js';
import { LayoutTags, type TaggedImage } from '../image/tags.js';
import { withdraw } from './collect.js';
import type { EngineContext } from './context.js';
import { findImage, nameImage, readChosen } from './images.js';
import type { LoadedImage, ProgressOptions, SaveFormat } from './records.js';

export interface LoadOptions extends ProgressOptions {
  /** What errors call the archive. */
  readonly file?: string;
}

/**
 * Loads an archive. An image gets its name only when every layer agrees with digest, size and DiffID; when anything
 * fails, the store is as it was.
 */
export async function load(context: EngineContext, source: ByteSource, options: LoadOptions): Promise<LoadedImage[]> {
  const { images, added } = await loadArchive(abortable(source, options.signal), context.blobs, {
    ...(options.file === undefined ? {} : { file: options.file }),
    onBlob: ({ digest, size }) =>
      options.onProgress?.({ kind: 'blob', id: digest, status: 'reading', currentBytes: size, totalBytes: size }),
  });
  return admit(context, images, added, options);
}

/** Loads every image of an OCI layout directory. */
export async function loadLayout(
  context: EngineContext,
  directory: string,
  options: LoadOptions,
): Promise<LoadedImage[]> {
  const { files } = context;
  if (files === undefined)
    throw new StratumError('USAGE', 'there is no file system to read a directory from (option fs)');
  if (!(await isLayout(directory, files))) {
    throw new StratumError('ARCHIVE_INVALID', 'not an OCI layout: no oci-layout file', { file: directory });
  }
  const from = await DirectoryBlobs.open(directory, files);
  const images = await new LayoutTags(directory, files).read();
  const added: Digest[] = [];
  try {
    for (const { descriptor } of images) {
      added.push(
        ...(await copyGraph(from, context.blobs, descriptor, {
          onBlob: ({ digest, size }, status) =>
            options.onProgress?.({
              kind: 'blob',
              id: digest,
              status: status === 'copy' ? 'reading' : status,
              currentBytes: size,
              totalBytes: size,
            }),
        })),
      );
    }
  } catch (error) {
    await withdraw(context, added);
    throw error;
  }
  return admit(context, images, added, options);
}

export async function* save(context: EngineContext, refs: readonly string[], format: SaveFormat): ByteStream {
  const images = await taggedImages(context, refs);
  yield* format === 'docker-archive' ? saveDockerArchive(context.blobs, images) : saveOciArchive(context.blobs, images);
}

/** Writes images into an OCI layout directory, beside what it holds. */
export async function saveLayout(context: EngineContext, refs: readonly string[], directory: string): Promise<void> {
  const { files } = context;
  if (files === undefined)
    throw new StratumError('USAGE', 'there is no file system to write a directory to (option fs)');
  const images = await taggedImages(context, refs);
  const to = await DirectoryBlobs.open(directory, files);
  for (const { descriptor } of images) await copyGraph(context.blobs, to, descriptor);
  await new LayoutTags(directory, files).update((before) => {
    const names = new Set(images.map(({ reference }) => reference));
    return [...before.filter(({ reference }) => reference === undefined || !names.has(reference)), ...images];
  });
}

/** The images by the names they were asked for; one asked for by its ID goes without a name. */
async function taggedImages(context: EngineContext, refs: readonly string[]): Promise<TaggedImage[]> {
  const images: TaggedImage[] = [];
  for (const ref of refs) images.push((await findImage(context, ref)).tagged);
  return images;
}

/** Verifies what was brought, then names it. */
async function admit(
  context: EngineContext,
  images: readonly TaggedImage[],
  added: readonly Digest[],
  options: ProgressOptions,
): Promise<LoadedImage[]> {
  const loaded: LoadedImage[] = [];
  try {
    for (const image of images) {
      const verified = await verify(context, image, options);
      if (verified !== undefined) loaded.push(verified);
    }
  } catch (error) {
    await withdraw(context, added);
    throw error;
  }
  for (const { reference, descriptor } of images) await nameImage(context, descriptor, reference);
  for (const { id } of loaded) context.state.emit({ type: 'image', action: 'load', id, patches: [], inverse: [] });
  return mergeNames(loaded);
}

/** Reads every layer of an image once, unless it was read before; an artifact is taken as it is. */
async function verify(
  context: EngineContext,
  { reference, descriptor }: TaggedImage,
  options: ProgressOptions,
): Promise<LoadedImage | undefined> {
  const manifest = await readManifest(context.blobs, descriptor);
  if (manifest.kind === 'manifest' && !isRunnable(manifest)) return undefined;
  const image = await readChosen(context, descriptor);
  const shared = await verifyLayers(context, image, options);
  // A layer may be whole and still not fit on those below it: a hard link to what is not there.
  await context.treeOf(image, { content: false });
  return {
    id: image.id,
    digest: descriptor.digest,
    references: reference === undefined ? [] : [familiarReference(parseReference(reference))],
    sharedLayers: shared,
    newLayers: image.layers.length - shared,
  };
}

async function verifyLayers(context: EngineContext, image: Image, options: ProgressOptions): Promise<number> {
  let shared = 0;
  for (const layer of image.layers) {
    options.signal?.throwIfAborted();
    const isKnown = await context.layers.has(layer);
    if (isKnown) shared++;
    const { digest: id, size } = layer;
    options.onProgress?.({
      kind: 'layer',
      id,
      status: isKnown ? 'exists' : 'verifying',
      currentBytes: 0,
      totalBytes: size,
    });
    await context.layers.layer(layer, { content: false });
    options.onProgress?.({ kind: 'layer', id, status: 'done', currentBytes: size, totalBytes: size });
  }
  return shared;
}

/** One line an image, with all of its names. */
function mergeNames(loaded: readonly LoadedImage[]): LoadedImage[] {
  const merged = new Map<Digest, LoadedImage>();
  for (const image of loaded) {
    const known = merged.get(image.digest);
    merged.set(
      image.digest,
      known === undefined ? image : { ...known, references: [...known.references, ...image.references] },
    );
  }
  return [...merged.values()];
}

async function* abortable(source: ByteSource, signal: AbortSignal | undefined): ByteStream {
  for await (const chunk of byteStream(source)) {
    signal?.throwIfAborted();
    yield chunk;
  }
}
