/** Where the result of a build can go: archives, layouts, a tar or a directory of its files, a name. */

import { StratumError } from '../base/error.js';
import type { ByteStream } from '../base/stream.js';
import { DirectoryBlobs } from '../blob/directory.js';
import type { WritableFs } from '../fs/copy-tree.js';
import { layerChanges } from '../fs/packing.js';
import { UnionFs } from '../fs/union-fs.js';
import { copyGraph } from '../image/copy.js';
import { readImage } from '../image/image.js';
import { formatReference, parseReference } from '../image/reference.js';
import { saveDockerArchive, saveOciArchive } from '../image/save.js';
import { LayoutTags, type TaggedImage } from '../image/tags.js';
import { encodeChanges } from '../layer/encode.js';
import type { BuiltImage } from './builds.js';
import type { EngineContext } from './context.js';

function namedImages({ descriptor }: BuiltImage, names: readonly string[]): TaggedImage[] {
  if (names.length === 0) return [{ reference: undefined, descriptor }];
  return names.map((name) => ({ reference: formatReference(parseReference(name)), descriptor }));
}

/** An archive for other tools: OCI's, or the one of `docker save`. */
export function saveBuilt(
  context: EngineContext,
  built: BuiltImage,
  options: { readonly type: 'oci' | 'docker'; readonly names: readonly string[] },
): ByteStream {
  const images = namedImages(built, options.names);
  return options.type === 'oci' ? saveOciArchive(context.blobs, images) : saveDockerArchive(context.blobs, images);
}

/** Puts the image into an OCI layout directory, beside what it holds. */
export async function saveBuiltLayout(
  context: EngineContext,
  built: BuiltImage,
  options: { readonly directory: string; readonly names: readonly string[] },
): Promise<void> {
  const { files } = context;
  if (files === undefined) throw new StratumError('USAGE', 'there is no file system to write to (option fs)');
  const to = await DirectoryBlobs.open(options.directory, files);
  await copyGraph(context.blobs, to, built.descriptor);
  const images = namedImages(built, options.names);
  await new LayoutTags(options.directory, files).update((before) => {
    const replaced = new Set(images.map(({ reference }) => reference));
    return [...before.filter(({ reference }) => !replaced.has(reference)), ...images];
  });
}

/** The merged files of the image as a tar. */
export async function* exportBuilt(context: EngineContext, built: BuiltImage): ByteStream {
  const union = await openBuilt(context, built);
  yield* encodeChanges(layerChanges(union.view.everything()));
}

/** Writes the merged files of the image below a directory. */
export async function writeBuilt(
  context: EngineContext,
  built: BuiltImage,
  options: { readonly fs: WritableFs; readonly directory: string },
): Promise<void> {
  (await openBuilt(context, built)).copyTo(options.fs, options.directory);
}

async function openBuilt(context: EngineContext, built: BuiltImage): Promise<UnionFs> {
  return UnionFs.overTree(await context.treeOf(await readImage(context.blobs, built.descriptor)));
}
