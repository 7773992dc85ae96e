/** One repository of a registry: its manifests, tags, blobs and referrers. */

import { type ErrorCode, StratumError } from '../../base/error.js';
import type { ByteStream } from '../../base/stream.js';
import type { Descriptor } from '../../blob/descriptor.js';
import type { BlobInfo } from '../../blob/store.js';
import type { Digest } from '../../digest/digest.js';
import { parseManifest } from '../../image/manifest.js';
import type { RepositoryAccess } from './access.js';
import type { CallOptions } from './call.js';
import { type ReadBlobOptions, readBlob, removeBlob, statBlob, type WantedBlob } from './download.js';
import {
  type FetchedManifest,
  fetchManifest,
  removeManifest,
  removeTag,
  resolveManifest,
  statManifest,
  storeManifest,
} from './manifests.js';
import { listTags, type TagsOptions } from './names.js';
import {
  addReferrer,
  dropReferrer,
  hasReferrersRoute,
  listReferrers,
  type ReferrersOptions,
  referrerOf,
} from './referrers.js';
import { type BlobPutResult, type OpenBlob, type PutBlobOptions, type UploadedBlob, uploadBlob } from './upload.js';

/**
 * Errors have the code of the server where it gives one of the specification's, and name registry and repository:
 * REGISTRY_UNREACHABLE is a connection that fails, or a server that does, when nothing is tried any more,
 * REGISTRY_INVALID an answer that breaks the protocol.
 */
export class Repository {
  readonly #access: RepositoryAccess;

  constructor(access: RepositoryAccess) {
    this.#access = access;
  }

  /** As references spell it: `docker.io`. */
  get registry(): string {
    return this.#access.connection.registry;
  }

  /** `library/debian`. */
  get name(): string {
    return this.#access.name;
  }

  /**
   * What a tag or a digest stands for. It is the server that says so; the bytes are held against it when they are read.
   * Fails with MANIFEST_UNKNOWN, NAME_UNKNOWN.
   */
  resolve(reference: string, options: CallOptions = {}): Promise<Descriptor> {
    return resolveManifest(this.#access, reference, options);
  }

  /**
   * Reads a manifest or index by tag, digest or descriptor. Digest and size that are given are verified; a document that
   * is neither, or both at once, fails with MANIFEST_INVALID, more than 4 MiB with LIMIT_EXCEEDED.
   */
  manifest(reference: string | Descriptor, options: CallOptions = {}): Promise<FetchedManifest> {
    return fetchManifest(this.#access, reference, options);
  }

  /** Size of a manifest by its digest; `undefined` when it is not there. */
  statManifest(digest: Digest, options: CallOptions = {}): Promise<BlobInfo | undefined> {
    return statManifest(this.#access, digest, options);
  }

  /**
   * Stores a manifest or index under a tag or its digest. One that has a subject is its referrer afterwards, on servers
   * that know of none too (by the tag that the specification has for them; two who push at once may lose one of the two
   * there). Doing it again changes nothing.
   */
  async putManifest(
    reference: string,
    bytes: Uint8Array,
    mediaType: string,
    options: CallOptions = {},
  ): Promise<Descriptor> {
    const document = parseManifest(bytes);
    const { descriptor, isReferrerKnown } = await storeManifest(this.#access, reference, { bytes, mediaType }, options);
    const { subject } = document;
    if (subject === undefined || isReferrerKnown) return descriptor;
    if (!(await hasReferrersRoute(this.#access, subject.digest, options))) {
      await addReferrer(this.#access, subject.digest, referrerOf({ descriptor, document }), options);
    }
    return descriptor;
  }

  /** Deletes a manifest, with all its tags. Fails with MANIFEST_UNKNOWN, or UNSUPPORTED where the server deletes none. */
  async deleteManifest(digest: Digest, options: CallOptions = {}): Promise<void> {
    const subject = await this.#subjectOf(digest, options);
    await removeManifest(this.#access, digest, options);
    if (subject === undefined || (await hasReferrersRoute(this.#access, subject.digest, options))) return;
    await dropReferrer(this.#access, subject.digest, digest, options);
  }

  /** Deletes a tag and nothing else; fails with UNSUPPORTED where the server cannot. */
  deleteTag(tag: string, options: CallOptions = {}): Promise<void> {
    return removeTag(this.#access, tag, options);
  }

  /** Size of a blob; `undefined` when it is not there. */
  statBlob(digest: Digest, options: CallOptions = {}): Promise<BlobInfo | undefined> {
    return statBlob(this.#access, digest, options);
  }

  /**
   * Streams a blob, its digest and size verified while it passes: the stream fails at its end, before a writer has
   * agreed, where they differ. A connection that is cut is taken up again where it ended. Memory is that of a few chunks.
   * A stream that was begun is to be read to its end or returned: until then it counts among the blobs at once.
   */
  blob(wanted: WantedBlob, options: ReadBlobOptions = {}): ByteStream {
    return readBlob(this.#access, wanted, options);
  }

  /**
   * Brings a blob into the repository: not at all where it is there, by a mount where another repository has it, else by
   * an upload that goes on after a cut. `open` gives the content from an offset on, and may be called several times.
   */
  putBlob(blob: UploadedBlob, open: OpenBlob, options: PutBlobOptions = {}): Promise<BlobPutResult> {
    return uploadBlob(this.#access, blob, open, options);
  }

  /** Deletes a blob, whatever leads to it; fails with BLOB_UNKNOWN, or UNSUPPORTED where the server deletes none. */
  deleteBlob(digest: Digest, options: CallOptions = {}): Promise<void> {
    return removeBlob(this.#access, digest, options);
  }

  /** The tags in the order of the server, page by page. */
  tags(options: TagsOptions = {}): AsyncIterable<string> {
    return listTags(this.#access, options);
  }

  /** What has a manifest as its subject; none where there is no such thing. */
  referrers(digest: Digest, options: ReferrersOptions = {}): Promise<readonly Descriptor[]> {
    return listReferrers(this.#access, digest, options);
  }

  /** What cannot be read has none, and can be deleted all the same. */
  async #subjectOf(digest: Digest, options: CallOptions): Promise<Descriptor | undefined> {
    const unread: readonly ErrorCode[] = ['JSON_INVALID', 'MANIFEST_INVALID', 'LIMIT_EXCEEDED', 'DIGEST_INVALID'];
    try {
      return (await this.manifest(digest, options)).document.subject;
    } catch (error) {
      if (error instanceof StratumError && unread.includes(error.code)) return undefined;
      throw error;
    }
  }
}
