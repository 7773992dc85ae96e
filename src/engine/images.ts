/** Verbs on images: find, list, tag, remove, and their history. */

import { isStratumError, StratumError } from '../base/error.js';
import type { JsonObject, JsonValue } from '../base/json.js';
import type { Descriptor } from '../blob/descriptor.js';
import { type Digest, encodedOf } from '../digest/digest.js';
import { pairHistory } from '../image/config.js';
import { reachable } from '../image/copy.js';
import { type Image, readImage, storedSize } from '../image/image.js';
import { formatPlatform } from '../image/platform.js';
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
} from '../image/reference.js';
import type { TaggedImage } from '../image/tags.js';
import { dropUnreachable } from './collect.js';
import type { EngineContext } from './context.js';
import type { HistoryLine, ImageSummary } from './records.js';

const ID_PREFIX = /^(?:sha256:)?([0-9a-f]{2,64})$/;

/** Every image that runs, with its names; artifacts are left alone. */
export async function listImages(context: EngineContext): Promise<{ tagged: TaggedImage; image: Image }[]> {
  const found: { tagged: TaggedImage; image: Image }[] = [];
  for (const tagged of await context.tags.read()) {
    const image = await tryRead(context, tagged.descriptor);
    if (image !== undefined) found.push({ tagged, image });
  }
  return found;
}

/** Finds an image by name, digest, image ID or the beginning of one; fails with IMAGE_UNKNOWN. */
export async function findImage(context: EngineContext, text: string): Promise<{ tagged: TaggedImage; image: Image }> {
  const tagged = await context.tags.read();
  const named = byReference(tagged, text);
  if (named !== undefined) return { tagged: named, image: await readChosen(context, named.descriptor) };
  const prefix = ID_PREFIX.exec(text)?.[1];
  const hits = prefix === undefined ? [] : await byId(context, tagged, prefix);
  const [hit] = hits;
  if (hit === undefined) throw new StratumError('IMAGE_UNKNOWN', `no such image: ${text}`);
  if (hits.some(({ image }) => image.id !== hit.image.id)) {
    throw new StratumError('IMAGE_UNKNOWN', `several images begin with ${text}`);
  }
  return hit;
}

/** The image of a descriptor, for the store's platform. */
export function readChosen(context: EngineContext, descriptor: Descriptor): Promise<Image> {
  return readForPlatform(context, descriptor);
}

export async function images(
  context: EngineContext,
  options: { readonly reference?: string } = {},
): Promise<ImageSummary[]> {
  const all = await listImages(context);
  const wanted = options.reference;
  return all
    .filter(({ tagged }) => wanted === undefined || matches(tagged, wanted))
    .map(summary)
    .sort(newestFirst);
}

export async function history(context: EngineContext, text: string): Promise<HistoryLine[]> {
  const { image } = await findImage(context, text);
  const lines = pairHistory(image.config).map(({ entry, layer: index }, i, all): HistoryLine => {
    const layer = index === undefined ? undefined : image.layers[index];
    return {
      id: i === all.length - 1 ? image.id : undefined,
      created: entry.created,
      createdBy: entry.created_by ?? '',
      size: layer?.size ?? 0,
      comment: entry.comment ?? '',
      emptyLayer: layer === undefined,
      layer: layer && { digest: layer.digest, diffId: layer.diffId },
    };
  });
  return lines.reverse();
}

/** Gives an image another name; the image that had it keeps its others, or becomes one without a name. */
export async function tag(context: EngineContext, source: string, target: string): Promise<void> {
  const { tagged, image } = await findImage(context, source);
  await nameImage(context, tagged.descriptor, target);
  context.state.emit({ type: 'image', action: 'tag', id: image.id, patches: [], inverse: [] });
}

/** Puts an image under a name, or under none. */
export async function nameImage(
  context: EngineContext,
  descriptor: Descriptor,
  name: string | undefined,
): Promise<void> {
  const reference = name === undefined ? undefined : nameFor(name, descriptor);
  const isSo = (image: TaggedImage): boolean =>
    image.reference === reference && image.descriptor.digest === descriptor.digest;
  if (reference !== undefined && (await context.tags.read()).some(isSo)) return;
  await context.tags.update((before) => {
    const others = before.filter((image) => !(image.reference === reference && reference !== undefined));
    const displaced = before.filter((image) => image.reference === reference && reference !== undefined);
    const kept = [...others, { reference, descriptor }];
    return normaliseNames([...kept, ...displaced.map((image) => ({ ...image, reference: undefined }))]);
  });
}

export async function removeImage(
  context: EngineContext,
  text: string,
  options: { readonly force?: boolean } = {},
): Promise<{ untagged: string[]; deleted: Digest[] }> {
  const { tagged, image } = await findImage(context, text);
  const all = await listImages(context);
  const names = all.filter((other) => other.image.id === image.id);
  const byName = tagged.reference !== undefined && byReference([tagged], text) !== undefined;
  const going = byName ? names.filter(({ tagged: each }) => each.reference === tagged.reference) : names;
  const isLast = going.length === names.length;
  await checkRemovable(context, {
    image,
    text,
    force: options.force ?? false,
    isLast,
    several: !byName && names.length > 1,
  });
  const gone = new Set(going.map(({ tagged: each }) => each.reference));
  const digest = tagged.descriptor.digest;
  await context.tags.update((before) =>
    before.filter(
      (each) => !(gone.has(each.reference) && (each.descriptor.digest === digest || each.reference !== undefined)),
    ),
  );
  const deleted = isLast ? await dropUnreachable(context, image) : [];
  context.state.emit({ type: 'image', action: isLast ? 'delete' : 'untag', id: image.id, patches: [], inverse: [] });
  const untagged = [...gone].flatMap((name) => (name === undefined ? [] : [familiarReference(parseReference(name))]));
  return { untagged, deleted };
}

/** Docker's view of an image, field by field. */
export async function inspectImage(context: EngineContext, text: string): Promise<JsonObject> {
  const { image } = await findImage(context, text);
  const names = (await listImages(context)).filter((other) => other.image.id === image.id);
  return imageRecord(
    image,
    names.flatMap(({ tagged }) => nameAndDigest(tagged)),
  );
}

/** A name, and the digest that it points at. */
export interface PointedName {
  readonly reference: Reference;
  readonly digest: Digest;
}

function nameAndDigest({ reference, descriptor }: TaggedImage): PointedName[] {
  return reference === undefined ? [] : [{ reference: parseReference(reference), digest: descriptor.digest }];
}

/** What `inspect` shows of an image with these names. */
export function imageRecord(image: Image, names: readonly PointedName[]): JsonObject {
  const { config } = image;
  const { document } = config;
  return {
    Id: image.id,
    RepoTags: names.flatMap(({ reference }) => (reference.tag === undefined ? [] : [familiarReference(reference)])),
    RepoDigests: [...new Set(names.map(({ reference, digest }) => `${familiarName(reference)}@${digest}`))],
    Comment: config.history.at(-1)?.comment ?? '',
    Created: config.created ?? '',
    Author: (document['author'] as JsonValue | undefined) ?? '',
    Config: config.config,
    Architecture: config.platform.architecture,
    ...(config.platform.variant === undefined ? {} : { Variant: config.platform.variant }),
    Os: config.platform.os,
    Size: storedSize(image),
    RootFS: { Type: 'layers', Layers: config.diffIds },
    Descriptor: image.descriptor as unknown as JsonObject,
  };
}

/** Every blob that the image needs, with its size. */
export async function blobsOf(context: EngineContext, descriptor: Descriptor): Promise<Map<Digest, Descriptor>> {
  const blobs = new Map<Digest, Descriptor>();
  await reachable(context.own, descriptor, blobs);
  return blobs;
}

function readForPlatform(context: EngineContext, descriptor: Descriptor): Promise<Image> {
  return context.imageAt(descriptor.digest, () => readUncached(context, descriptor));
}

function readUncached(context: EngineContext, descriptor: Descriptor): Promise<Image> {
  return readImage(context.blobs, descriptor, { platform: context.platform }).catch((error: unknown) => {
    // An archive often holds one platform of many; what is there is better than nothing.
    if (isStratumError(error, 'PLATFORM_UNKNOWN') || isStratumError(error, 'BLOB_UNKNOWN')) {
      return readImage(context.blobs, descriptor);
    }
    throw error;
  });
}

async function tryRead(context: EngineContext, descriptor: Descriptor): Promise<Image | undefined> {
  try {
    return await readForPlatform(context, descriptor);
  } catch (error) {
    if (isStratumError(error, 'UNSUPPORTED')) return undefined;
    throw error;
  }
}

function byReference(tagged: readonly TaggedImage[], text: string): TaggedImage | undefined {
  try {
    const { digest, ...name } = parseReference(text);
    const wanted = formatReference({ ...name, digest: undefined });
    if (digest === undefined) return tagged.find((image) => image.reference === wanted);
    return tagged.find((image) => image.descriptor.digest === digest && sameRepository(image, wanted));
  } catch (error) {
    if (isStratumError(error, 'NAME_INVALID')) return undefined;
    throw error;
  }
}

function sameRepository(image: TaggedImage, wanted: string): boolean {
  if (image.reference === undefined) return false;
  const { registry, repository } = parseReference(image.reference);
  return wanted === `${registry}/${repository}` || wanted.startsWith(`${registry}/${repository}:`);
}

async function byId(
  context: EngineContext,
  tagged: readonly TaggedImage[],
  prefix: string,
): Promise<{ tagged: TaggedImage; image: Image }[]> {
  const hits: { tagged: TaggedImage; image: Image }[] = [];
  for (const each of tagged) {
    const image = await tryRead(context, each.descriptor);
    if (image === undefined) continue;
    const ids = [image.id, image.descriptor.digest, each.descriptor.digest];
    if (ids.some((id) => encodedOf(id).startsWith(prefix))) hits.push({ tagged: each, image });
  }
  return hits;
}

function summary({ tagged, image }: { tagged: TaggedImage; image: Image }): ImageSummary {
  const name = tagged.reference === undefined ? undefined : parseReference(tagged.reference);
  return {
    id: image.id,
    digest: tagged.descriptor.digest,
    repository: name && familiarName(name),
    tag: name?.tag,
    created: image.config.created,
    size: storedSize(image),
    platform: formatPlatform(image.config.platform),
  };
}

function matches(tagged: TaggedImage, wanted: string): boolean {
  if (tagged.reference === undefined) return false;
  const name = parseReference(tagged.reference);
  const pattern = globPattern(wanted);
  return [familiarReference(name), familiarName(name), tagged.reference].some((spelling) => pattern.test(spelling));
}

/** `*` and `?` stand for any characters of one path component, as in Docker's reference filter. */
function globPattern(wanted: string): RegExp {
  const escaped = wanted.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
}

function newestFirst(a: ImageSummary, b: ImageSummary): number {
  return (b.created ?? '').localeCompare(a.created ?? '') || nameOf(a).localeCompare(nameOf(b));
}

function nameOf({ repository = '', tag: name = '' }: ImageSummary): string {
  return `${repository}:${name}`;
}

/** A name is a tag, or the digest of what it stands for: what was pulled by a digest has no other. */
function nameFor(name: string, { digest }: Descriptor): string {
  const reference = parseReference(name);
  return reference.digest === digest && reference.tag === undefined ? formatReference(reference) : taggableName(name);
}

/** The whole name for a tag; fails with NAME_INVALID, so it is asked before anything is stored. */
export function taggableName(name: string): string {
  const reference = parseReference(name);
  if (reference.digest === undefined) return formatReference(reference);
  throw new StratumError('NAME_INVALID', `${JSON.stringify(name)} has a digest; an image is named by a tag`);
}

/** An image with a name needs no line without one; no line is there twice. */
function normaliseNames(images: readonly TaggedImage[]): TaggedImage[] {
  const named = new Set(
    images.filter((image) => image.reference !== undefined).map((image) => image.descriptor.digest),
  );
  const seen = new Set<string>();
  return images.filter(({ reference, descriptor }) => {
    if (reference === undefined && named.has(descriptor.digest)) return false;
    const line = `${reference ?? ''} ${descriptor.digest}`;
    return seen.size < seen.add(line).size;
  });
}

async function checkRemovable(
  context: EngineContext,
  removal: { image: Image; text: string; force: boolean; isLast: boolean; several: boolean },
): Promise<void> {
  if (removal.several && !removal.force) {
    throw new StratumError('CONFLICT', `${removal.text} has several names; remove them one by one, or force it`);
  }
  if (!removal.isLast) return;
  const { containers } = await context.state.read();
  const user = Object.values(containers).find((container) => container.imageId === removal.image.id);
  if (user === undefined) return;
  const how = removal.force ? 'remove the container first' : 'remove the container first (rm)';
  throw new StratumError('CONFLICT', `container ${user.name} uses ${removal.text}: ${how}`);
}
