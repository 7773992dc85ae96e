/** Writes archives of images: an OCI layout in a tar, and the form that `docker load` has read since 1.10. */

import { canonicalJson } from '../base/json.js';
import type { ByteStream } from '../base/stream.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobReader } from '../blob/store.js';
import { verified } from '../blob/verify.js';
import { type Digest, encodedOf } from '../digest/digest.js';
import { openCompressed } from '../layer/compression.js';
import { type TarHeader, tarPadding } from '../tar/entry.js';
import { encodeHeader, TAR_END_BYTES } from '../tar/writer.js';
import { reachable } from './copy.js';
import { type Image, type ImageLayer, readImage } from './image.js';
import { familiarReference, parseReference } from './reference.js';
import { formatLayoutIndex, type TaggedImage } from './tags.js';

/** A member that is streamed: its length is known before. */
interface Member {
  readonly path: string;
  readonly size: number;
  readonly body: ByteStream | Iterable<Uint8Array>;
}

/** An OCI layout in a tar. Manifests keep their bytes, so every digest stays what it was. */
export async function* saveOciArchive(blobs: BlobReader, images: readonly TaggedImage[]): ByteStream {
  const all = new Map<Digest, Descriptor>();
  for (const { descriptor } of images) await reachable(blobs, descriptor, all);
  yield* archive(ociMembers(blobs, images, [...all.values()]));
}

/** What `docker save` writes: configs, layers as plain tars by DiffID, manifest.json and repositories. */
export async function* saveDockerArchive(blobs: BlobReader, images: readonly TaggedImage[]): ByteStream {
  const read: { image: Image; references: string[] }[] = [];
  for (const { reference, descriptor } of images) {
    const known = read.find(({ image }) => image.descriptor.digest === descriptor.digest);
    const references = known?.references ?? [];
    if (reference !== undefined) references.push(familiarReference(parseReference(reference)));
    if (known === undefined) read.push({ image: await readImage(blobs, descriptor), references });
  }
  yield* archive(dockerMembers(blobs, read));
}

async function* ociMembers(
  blobs: BlobReader,
  images: readonly TaggedImage[],
  all: readonly Descriptor[],
): AsyncIterable<Member> {
  for (const { digest, size } of all.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))) {
    yield { path: `blobs/${digest.replace(':', '/')}`, size, body: verified(blobs.get(digest), { digest, size }) };
  }
  yield document('index.json', formatLayoutIndex(images));
  yield document('oci-layout', canonicalJson({ imageLayoutVersion: '1.0.0' }));
}

async function* dockerMembers(
  blobs: BlobReader,
  images: readonly { readonly image: Image; readonly references: readonly string[] }[],
): AsyncIterable<Member> {
  const written = new Set<string>();
  for (const { image } of images) {
    const { digest, size } = image.manifest.config;
    if (!written.has(configPath(image)))
      yield { path: configPath(image), size, body: verified(blobs.get(digest), { digest, size }) };
    written.add(configPath(image));
    for (const layer of image.layers) {
      if (!written.has(layerPath(layer))) yield { path: layerPath(layer), ...(await plainTar(blobs, layer)) };
      written.add(layerPath(layer));
    }
  }
  yield document('manifest.json', canonicalJson(images.map(({ image, references }) => dockerImage(image, references))));
  yield document('repositories', canonicalJson(repositories(images)));
}

function dockerImage(image: Image, references: readonly string[]): object {
  return { Config: configPath(image), RepoTags: references, Layers: image.layers.map(layerPath) };
}

function repositories(images: readonly { readonly image: Image; readonly references: readonly string[] }[]): object {
  const names: Record<string, Record<string, string>> = {};
  for (const { image, references } of images) {
    const top = image.layers.at(-1);
    if (top === undefined) continue;
    for (const reference of references) {
      const colon = reference.lastIndexOf(':');
      const name = reference.slice(0, colon);
      names[name] = { ...names[name], [reference.slice(colon + 1)]: encodedOf(top.diffId) };
    }
  }
  return names;
}

/** A tar's header tells its length, so a compressed layer is read twice: once to measure, once to write. */
async function plainTar(blobs: BlobReader, layer: ImageLayer): Promise<{ size: number; body: ByteStream }> {
  const open = async (): Promise<ByteStream> => (await openCompressed(blobs.get(layer.digest))).content;
  let size = 0;
  for await (const chunk of await open()) size += chunk.length;
  return { size, body: verified(await open(), { digest: layer.diffId, size }) };
}

function configPath(image: Image): string {
  return `${encodedOf(image.id)}.json`;
}

function layerPath(layer: ImageLayer): string {
  return `${encodedOf(layer.diffId)}/layer.tar`;
}

function document(path: string, bytes: Uint8Array): Member {
  return { path, size: bytes.length, body: [bytes] };
}

async function* archive(members: AsyncIterable<Member>): ByteStream {
  for await (const { path, size, body } of members) {
    yield encodeHeader(fileHeader(path, size));
    yield* body;
    const padding = tarPadding(size);
    if (padding > 0) yield new Uint8Array(padding);
  }
  yield new Uint8Array(TAR_END_BYTES);
}

/** Nothing of the moment goes into an archive: the same images give the same bytes. */
function fileHeader(path: string, size: number): TarHeader {
  return {
    path,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtimeSec: 0,
    mtimeNsec: 0,
    linkname: '',
    devMajor: 0,
    devMinor: 0,
    xattrs: undefined,
  };
}
