/**
 * One repository: which blobs it holds, its manifests, its tags, and what refers to what. Bytes lie in the blob store,
 * which all repositories share; a blob is seen only in those that it was pushed or mounted to.
 */

import { utf8, utf8Text } from '../../base/bytes.js';
import { canonicalJson, type JsonObject, parseJsonObject } from '../../base/json.js';
import type { Descriptor } from '../../blob/descriptor.js';
import { algorithmOf, type Digest, encodedOf, isDigest } from '../../digest/digest.js';
import type { Records } from './records/records.js';

/** What a repository knows of a manifest without reading it again. */
export interface ManifestRecord {
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly pushedMs: number;
  /** Config and layers. */
  readonly blobs: readonly Digest[];
  /** The manifests of an index. */
  readonly manifests: readonly Digest[];
  readonly subject?: Digest;
  /** As a list of referrers tells it (distribution-spec, "Listing Referrers"). */
  readonly artifactType?: string;
  readonly annotations?: JsonObject;
}

export interface BlobLink {
  readonly digest: Digest;
  /** When it was pushed or mounted; milliseconds since 1970. */
  readonly linkedMs: number;
}

/** No component of a repository's name begins with `_`. */
const BLOBS = '_blobs';
const MANIFESTS = '_manifests';
const TAGS = '_tags';
const REFERRERS = '_referrers';
const ALGORITHMS = ['sha256', 'sha512'] as const;

export class Repository {
  readonly name: string;
  readonly #records: Records;
  readonly #folder: string;

  constructor(name: string, records: Records) {
    this.name = name;
    this.#records = records;
    this.#folder = `repositories/${name}`;
  }

  /** True when it holds anything. */
  async exists(): Promise<boolean> {
    for (const folder of [
      TAGS,
      ...ALGORITHMS.flatMap((algorithm) => [`${MANIFESTS}/${algorithm}`, `${BLOBS}/${algorithm}`]),
    ]) {
      if ((await this.#records.list(`${this.#folder}/${folder}`)).length > 0) return true;
    }
    return false;
  }

  hasBlob(digest: Digest): Promise<boolean> {
    return this.#records.has(this.#path(BLOBS, digest));
  }

  /** Shows a blob here. Doing it again renews only the time. */
  linkBlob(digest: Digest, linkedMs: number): Promise<void> {
    return this.#records.write(this.#path(BLOBS, digest), canonicalJson({ linkedMs }));
  }

  /** Shows a blob here no longer; false when it was not. */
  unlinkBlob(digest: Digest): Promise<boolean> {
    return this.#records.remove(this.#path(BLOBS, digest));
  }

  async *blobs(): AsyncIterable<BlobLink> {
    for await (const digest of this.#digests(BLOBS)) {
      const bytes = await this.#records.read(this.#path(BLOBS, digest));
      if (bytes !== undefined) yield { digest, linkedMs: Number(parseJsonObject(bytes)['linkedMs']) };
    }
  }

  async manifest(digest: Digest): Promise<ManifestRecord | undefined> {
    const path = this.#path(MANIFESTS, digest);
    const bytes = await this.#records.read(path);
    // Written by this class, and nothing else writes here.
    return bytes && (parseJsonObject(bytes, { file: path }) as unknown as ManifestRecord);
  }

  /** Keeps a manifest, and that it refers to its subject. */
  async putManifest(digest: Digest, record: ManifestRecord): Promise<void> {
    await this.#records.write(this.#path(MANIFESTS, digest), canonicalJson(record));
    if (record.subject !== undefined) await this.#records.write(this.#referral(record.subject, digest), utf8(digest));
  }

  /** Removes a manifest and every tag that names it; false when it was not here. */
  async removeManifest(digest: Digest): Promise<boolean> {
    const record = await this.manifest(digest);
    if (record === undefined) return false;
    for (const tag of await this.tags()) if ((await this.tag(tag)) === digest) await this.removeTag(tag);
    await this.#records.remove(this.#path(MANIFESTS, digest));
    if (record.subject !== undefined) await this.#records.remove(this.#referral(record.subject, digest));
    return true;
  }

  manifests(): AsyncIterable<Digest> {
    return this.#digests(MANIFESTS);
  }

  /** What a tag names; `undefined` when there is no such tag. */
  async tag(tag: string): Promise<Digest | undefined> {
    const bytes = await this.#records.read(`${this.#folder}/${TAGS}/${tag}`);
    const digest = bytes && utf8Text(bytes);
    return isDigest(digest) ? digest : undefined;
  }

  putTag(tag: string, digest: Digest): Promise<void> {
    return this.#records.write(`${this.#folder}/${TAGS}/${tag}`, utf8(digest));
  }

  removeTag(tag: string): Promise<boolean> {
    return this.#records.remove(`${this.#folder}/${TAGS}/${tag}`);
  }

  /** All tags, in the order of their bytes. */
  tags(): Promise<readonly string[]> {
    return this.#records.list(`${this.#folder}/${TAGS}`);
  }

  /** Descriptors of the manifests that have this subject, in the order of their digests. */
  async *referrers(subject: Digest): AsyncIterable<Descriptor> {
    for (const algorithm of ALGORITHMS) {
      for (const encoded of await this.#records.list(`${this.#path(REFERRERS, subject)}/${algorithm}`)) {
        const digest = `${algorithm}:${encoded}`;
        const record = isDigest(digest) ? await this.manifest(digest) : undefined;
        // A server that died between the two may have left one without the other.
        if (record === undefined) continue;
        const { mediaType, size, artifactType, annotations } = record;
        const told = {
          ...(artifactType !== undefined && { artifactType }),
          ...(annotations !== undefined && { annotations: annotations as Readonly<Record<string, string>> }),
        };
        yield { mediaType, size, digest: digest as Digest, ...told };
      }
    }
  }

  async *#digests(kind: string): AsyncIterable<Digest> {
    for (const algorithm of ALGORITHMS) {
      for (const encoded of await this.#records.list(`${this.#folder}/${kind}/${algorithm}`)) {
        const digest = `${algorithm}:${encoded}`;
        if (isDigest(digest)) yield digest;
      }
    }
  }

  #referral(subject: Digest, digest: Digest): string {
    return `${this.#path(REFERRERS, subject)}/${algorithmOf(digest)}/${encodedOf(digest)}`;
  }

  #path(kind: string, digest: Digest): string {
    return `${this.#folder}/${kind}/${algorithmOf(digest)}/${encodedOf(digest)}`;
  }
}

/** The names of all repositories, in order. */
export async function* repositoryNames(records: Records, below: string = ''): AsyncIterable<string> {
  const names = await records.list(below === '' ? 'repositories' : `repositories/${below}`);
  if (names.some((name) => name.startsWith('_')) && (await new Repository(below, records).exists())) yield below;
  for (const name of names) {
    if (!name.startsWith('_')) yield* repositoryNames(records, below === '' ? name : `${below}/${name}`);
  }
}
