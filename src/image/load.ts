/** Reads archives of images into a store, in one pass: OCI layouts in a tar, and what `docker save` writes. */

import { isStratumError, StratumError } from '../base/error.js';
import { isJsonObject, type JsonObject, parseJson } from '../base/json.js';
import type { ByteSource, ByteStream } from '../base/stream.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobDeleter, BlobInfo, BlobLister, BlobReader, BlobWriter, ExpectedBlob } from '../blob/store.js';
import { type Digest, isDigest } from '../digest/digest.js';
import { type Codec, detectCodec, openCompressed } from '../layer/compression.js';
import { type ArchiveMember, archiveMembers, linkedPath, smallBody } from './archive-members.js';
import { reachable } from './copy.js';
import { MANIFEST_LIMIT_BYTES } from './manifest.js';
import { layerType } from './media-type.js';
import { storeManifest } from './mutate.js';
import { formatReference, parseReference } from './reference.js';
import { parseLayoutIndex, type TaggedImage } from './tags.js';

export interface LoadArchiveOptions {
  /** What errors call the archive. */
  readonly file?: string;
  readonly onBlob?: (blob: BlobInfo) => void;
}

export interface LoadedArchive {
  readonly images: readonly TaggedImage[];
  /** Blobs that were not in the store before. */
  readonly added: readonly Digest[];
}

export type ArchiveStore = BlobReader & BlobWriter & BlobDeleter & BlobLister;

const BLOB_PATH = /^blobs\/([a-z0-9]+)\/([0-9a-f]+)$/;

/**
 * Stores every blob of an archive, plain or compressed, and says which images it holds. Which kind it is shows in its
 * members. Fails with ARCHIVE_INVALID, or what is wrong with a member; the store is then as it was.
 */
export async function loadArchive(
  source: ByteSource,
  blobs: ArchiveStore,
  options: LoadArchiveOptions = {},
): Promise<LoadedArchive> {
  const before = new Set<Digest>();
  for await (const { digest } of blobs.list()) before.add(digest);
  const loading = new Loading(blobs, before, options);
  try {
    const { content } = await openCompressed(source);
    for await (const member of archiveMembers(content)) await loading.take(member);
    const images = await loading.images();
    return { images, added: await keepReachable(blobs, images, loading.added) };
  } catch (error) {
    await discard(blobs, loading.added);
    if (!isStratumError(error) || options.file === undefined || error.file !== undefined) throw error;
    const { code, digest, entry, offset } = error;
    const place = { file: options.file, ...(digest && { digest }), ...(entry && { entry }), ...(offset && { offset }) };
    throw new StratumError(code, error.message.replace(/ \([^)]*\)$/, ''), { ...place, cause: error });
  }
}

/** Archives hold more than images need (legacy files of each layer); the rest goes again. */
async function keepReachable(
  blobs: ArchiveStore,
  images: readonly TaggedImage[],
  added: ReadonlySet<Digest>,
): Promise<Digest[]> {
  const needed = new Map<Digest, Descriptor>();
  for (const { descriptor } of images) await reachable(blobs, descriptor, needed);
  await discard(
    blobs,
    [...added].filter((digest) => !needed.has(digest)),
  );
  return [...added].filter((digest) => needed.has(digest));
}

/** Removes blobs again that a load brought and cannot use. */
export async function discard(blobs: BlobDeleter, digests: Iterable<Digest>): Promise<void> {
  for (const digest of digests) await blobs.delete(digest);
}

/** A member that was stored as a blob, by what its first bytes say. */
interface StoredMember extends BlobInfo {
  readonly codec: Codec;
}

class Loading {
  readonly added: Set<Digest> = new Set();
  readonly #blobs: ArchiveStore;
  readonly #before: ReadonlySet<Digest>;
  readonly #options: LoadArchiveOptions;
  readonly #stored: Map<string, StoredMember> = new Map();
  readonly #links: Map<string, string> = new Map();
  #layoutIndex: Uint8Array | undefined;
  #hasLayoutMarker = false;
  #dockerManifest: Uint8Array | undefined;

  constructor(blobs: ArchiveStore, before: ReadonlySet<Digest>, options: LoadArchiveOptions) {
    this.#blobs = blobs;
    this.#before = before;
    this.#options = options;
  }

  async take(member: ArchiveMember): Promise<void> {
    const { path, entry } = member;
    if (entry.type === 'symlink' || entry.type === 'link') this.#links.set(path, linkedPath(member));
    else if (entry.type !== 'file') return;
    else if (path === 'index.json') this.#layoutIndex = await smallBody(member, MANIFEST_LIMIT_BYTES);
    else if (path === 'manifest.json') this.#dockerManifest = await smallBody(member, MANIFEST_LIMIT_BYTES);
    else if (path === 'oci-layout') this.#hasLayoutMarker = true;
    else if (path !== 'repositories' && !path.endsWith('/VERSION')) await this.#store(member);
  }

  /** The images, once every member was taken. An archive that is both kinds is read as the layout, which has digests. */
  async images(): Promise<TaggedImage[]> {
    if (this.#layoutIndex !== undefined && (this.#hasLayoutMarker || this.#dockerManifest === undefined)) {
      return parseLayoutIndex(this.#layoutIndex, 'index.json');
    }
    if (this.#dockerManifest !== undefined) return this.#dockerImages(this.#dockerManifest);
    throw new StratumError(
      'ARCHIVE_INVALID',
      'neither an OCI layout (index.json) nor a docker-archive (manifest.json)',
    );
  }

  async #store(member: ArchiveMember): Promise<void> {
    const blob = BLOB_PATH.exec(member.path);
    const expected = blob === null ? {} : expectedBlob(`${blob[1]}:${blob[2]}`, member);
    if (expected === undefined) return;
    const head: { codec: Codec } = { codec: 'none' };
    const info = await this.#put(noteCodec(member.body, head), expected, member.path);
    this.#noteAdded(info);
    this.#stored.set(member.path, { ...info, codec: head.codec });
    this.#options.onBlob?.(info);
  }

  async #put(body: ByteStream, expected: ExpectedBlob, entry: string): Promise<BlobInfo> {
    try {
      return await this.#blobs.put(body, expected);
    } catch (error) {
      if (!isStratumError(error) || error.entry !== undefined) throw error;
      const { code, digest } = error;
      throw new StratumError(code, error.message.replace(/ \([^)]*\)$/, ''), {
        entry,
        ...(digest && { digest }),
        cause: error,
      });
    }
  }

  #noteAdded({ digest }: { readonly digest: Digest }): void {
    if (!this.#before.has(digest)) this.added.add(digest);
  }

  async #dockerImages(bytes: Uint8Array): Promise<TaggedImage[]> {
    const place = { entry: 'manifest.json' };
    const list = parseJson(bytes, place);
    if (!Array.isArray(list)) throw new StratumError('ARCHIVE_INVALID', 'not a list of images', place);
    const images: TaggedImage[] = [];
    for (const item of list as readonly JsonObject[]) {
      const descriptor = await this.#dockerImage(item);
      const names =
        isJsonObject(item) && Array.isArray(item['RepoTags']) ? (item['RepoTags'] as readonly string[]) : [];
      const references = names.map((name) => formatReference(parseReference(name)));
      if (references.length === 0) images.push({ reference: undefined, descriptor });
      for (const reference of references) images.push({ reference, descriptor });
    }
    return images;
  }

  /** Such an archive has no manifest; the one that is made depends only on config and layers. */
  async #dockerImage(item: JsonObject): Promise<Descriptor> {
    const { Config: config, Layers: layers } = isJsonObject(item) ? item : {};
    if (typeof config !== 'string' || !Array.isArray(layers)) {
      throw new StratumError('ARCHIVE_INVALID', 'image without Config or Layers', { entry: 'manifest.json' });
    }
    const stored = (layers as readonly string[]).map((path) => {
      const { digest, size, codec } = this.#member(path);
      return { digest, size, mediaType: layerType(codec) };
    });
    const descriptor = await storeManifest(this.#blobs, this.#member(config), stored);
    this.#noteAdded(descriptor);
    return descriptor;
  }

  /** The blob of a member, through the links that legacy archives make between equal layers. */
  #member(path: string): StoredMember {
    let at = path;
    for (let hops = 0; hops < this.#links.size + 1; hops++) {
      const stored = this.#stored.get(at);
      if (stored !== undefined) return stored;
      const next = this.#links.get(at);
      if (next === undefined) break;
      at = next;
    }
    throw new StratumError('ARCHIVE_INVALID', 'manifest.json names a member that is not there', { entry: path });
  }
}

/** A blob of an algorithm that nobody here can check is not taken; a size is known from the header. */
function expectedBlob(digest: string, member: ArchiveMember): ExpectedBlob | undefined {
  return isDigest(digest) ? { digest, size: member.entry.size } : undefined;
}

async function* noteCodec(body: ByteStream, head: { codec: Codec }): ByteStream {
  let first = true;
  for await (const chunk of body) {
    if (first) head.codec = codecOf(chunk);
    first = false;
    yield chunk;
  }
}

/** What is compressed by something unknown is carried as it is. */
function codecOf(chunk: Uint8Array): Codec {
  try {
    return detectCodec(chunk);
  } catch {
    return 'none';
  }
}
