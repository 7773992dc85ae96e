/** From changes to an image: the upper packed as a layer, a step in the history, a new config and manifest. */

import { StratumError } from '../base/error.js';
import type { ByteSource } from '../base/stream.js';
import type { Digest } from '../digest/digest.js';
import type { UnionFs } from '../fs/union-fs.js';
import { type Image, type ImageLayer, readImage } from '../image/image.js';
import { layerType } from '../image/media-type.js';
import { appendStep } from '../image/mutate.js';
import { parsePlatform } from '../image/platform.js';
import { decodeLayer } from '../layer/decode.js';
import type { Layer } from '../layer/layer.js';
import { withdraw } from './collect.js';
import { applyConfigChanges } from './config-changes.js';
import type { EngineContext } from './context.js';
import { nameImage, readChosen, taggableName } from './images.js';
import type { CommitOptions, ConfigChanges, LayerCompression, ProgressOptions } from './records.js';
import type { ContainerRecord } from './state.js';

export interface CommittedImage {
  /** Digest of the config. */
  readonly id: Digest;
  /** Digest of the manifest. */
  readonly digest: Digest;
}

export interface ImportOptions extends ProgressOptions {
  readonly ref?: string;
  readonly message?: string;
  readonly changes?: ConfigChanges;
  readonly platform?: string;
  readonly sourceDateEpoch?: number;
}

const DEFAULT_COMPRESSION: LayerCompression = { codec: 'gzip' };

/** Makes an image of a container. Without changes the image gets a step without a layer. */
export async function commitContainer(
  context: EngineContext,
  container: { readonly record: ContainerRecord; readonly union: UnionFs },
  options: CommitOptions,
): Promise<CommittedImage> {
  const { record, union } = container;
  if (options.ref !== undefined) taggableName(options.ref);
  const base = await imageOf(context, record);
  const epoch = options.sourceDateEpoch;
  const layer = await union.toLayer(epoch === undefined ? {} : { clampMtimeSec: epoch });
  const stored = layer.changes.length === 0 ? undefined : await storeLayer(context, layer, options.compression);
  const changed = applyConfigChanges(applyConfigChanges(base.config.config, record.changes), options.changes ?? {});
  const created = context.timestamp(epoch);
  const descriptor = await appendStep(context.blobs, base, {
    layer: stored,
    created,
    author: options.author,
    config: changed,
    history: {
      created,
      created_by: commandOf(changed),
      ...(options.author === undefined ? {} : { author: options.author }),
      ...(options.message === undefined ? {} : { comment: options.message }),
      ...(stored === undefined ? { empty_layer: true } : {}),
    },
  });
  return enterImage(context, await readImage(context.blobs, descriptor), options.ref, 'commit');
}

/** Makes an image of one layer from a tar of a root file system, compressed or not; it is stored as it comes. */
export async function importImage(
  context: EngineContext,
  source: ByteSource,
  options: ImportOptions,
): Promise<CommittedImage> {
  if (options.ref !== undefined) taggableName(options.ref);
  const blob = await context.blobs.put(source);
  try {
    const decoded = await decodeLayer(context.blobs.get(blob.digest), { expected: blob });
    const layer = { ...blob, mediaType: layerType(decoded.codec), diffId: decoded.diffId };
    context.snapshots.merge([await context.layers.layer(layer, { content: false })]);
    const created = context.timestamp(options.sourceDateEpoch);
    const comment = options.message ?? 'Imported from -';
    const descriptor = await appendStep(context.blobs, undefined, {
      layer,
      created,
      config: applyConfigChanges({}, options.changes ?? {}),
      platform: options.platform === undefined ? context.platform : parsePlatform(options.platform),
      history: { created, comment },
    });
    return await enterImage(context, await readImage(context.blobs, descriptor), options.ref, 'import');
  } catch (error) {
    await withdraw(context, [blob.digest]);
    throw error;
  }
}

/** The image that a container runs on; fails with IMAGE_UNKNOWN when somebody took it away. */
export async function imageOf(context: EngineContext, record: ContainerRecord): Promise<Image> {
  const tagged = (await context.tags.read()).find(({ descriptor }) => descriptor.digest === record.manifest);
  if (tagged !== undefined) return readChosen(context, tagged.descriptor);
  throw new StratumError('IMAGE_UNKNOWN', `the image of container ${record.name} is gone`, { digest: record.manifest });
}

/** What a container of a config runs, as `ps` and `history` show it. */
export function commandOf(config: { readonly [key: string]: unknown }): string {
  const parts = [config['Entrypoint'], config['Cmd']].flatMap((part) =>
    Array.isArray(part) ? (part as string[]) : [],
  );
  return parts.join(' ');
}

export async function storeLayer(
  context: EngineContext,
  layer: Layer,
  compression: LayerCompression = DEFAULT_COMPRESSION,
): Promise<ImageLayer> {
  const blob = layer.blob(compression);
  const { digest, size } = await context.blobs.put(blob.stream);
  const stored = { digest, size, mediaType: layerType(compression.codec), diffId: layer.diffId };
  await context.layers.layer(stored, { content: false });
  return stored;
}

async function enterImage(
  context: EngineContext,
  image: Image,
  ref: string | undefined,
  action: 'commit' | 'import',
): Promise<CommittedImage> {
  await nameImage(context, image.descriptor, ref);
  context.state.emit({ type: 'image', action, id: image.id, patches: [], inverse: [] });
  return { id: image.id, digest: image.descriptor.digest };
}
