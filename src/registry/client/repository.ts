/** One repository of a registry: its manifests, tags, blobs and referrers. */

import { StratumError } from '../../base/error.js';
import type { ByteSource, ByteStream } from '../../base/stream.js';
import type { Descriptor } from '../../blob/descriptor.js';
import type { BlobInfo } from '../../blob/store.js';
import type { Digest } from '../../digest/digest.js';
import type { ImageIndex, Manifest } from '../../image/manifest.js';
import type { CallOptions } from './call.js';
import type { ClientSettings } from './settings.js';

/** A manifest or an index, as it came and as it is read. */
export interface FetchedManifest {
  /** Of the bytes that came; with the annotations and so on of the descriptor that was asked for. */
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly document: Manifest | ImageIndex;
}

/** A blob that is asked for: a descriptor is one. */
export interface WantedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size?: number;
  /** Where else it may be; read from there only where the client was told to follow. */
  readonly urls?: readonly string[];
}

export interface ReadBlobOptions extends CallOptions {
  /** From this byte on; only a blob that is read whole is verified. */
  readonly offset?: number;
  readonly length?: number;
}

/** How a blob came to be in the repository. */
export type BlobPutResult = 'exists' | 'mounted' | 'uploaded';

export interface PutBlobOptions extends CallOptions {
  /** Repositories of the registry that are known to have the blob, the likeliest first. */
  readonly mountFrom?: readonly string[];
  /** Bytes that were handed over; begins again at a lower number after a cut. */
  readonly onProgress?: (currentBytes: number) => void;
}

export interface TagsOptions extends CallOptions {
  /** Tags that are asked for at once; the server's choice without it. */
  readonly pageSize?: number;
  /** Begins behind this tag. */
  readonly after?: string;
}

export interface ReferrersOptions extends CallOptions {
  readonly artifactType?: string;
}

/** Errors have the code of the server where it gives one of the specification's, and name registry and repository. */
export class Repository {
  /** As references spell it: `docker.io`. */
  readonly registry: string;
  /** `library/debian`. */
  readonly name: string;

  constructor(_settings: ClientSettings, { registry, repository }: { registry: string; repository: string }) {
    this.registry = registry;
    this.name = repository;
  }

  /**
   * What a tag or a digest stands for. It is the server that says so; the bytes are held against it when they are read.
   * Fails with MANIFEST_UNKNOWN, NAME_UNKNOWN.
   */
  resolve(_reference: string, _options: CallOptions = {}): Promise<Descriptor> {
    throw notYet();
  }

  /**
   * Reads a manifest or index by tag, digest or descriptor. Digest and size that are given are verified; a document that
   * is neither, or both at once, fails with MANIFEST_INVALID, more than 4 MiB with LIMIT_EXCEEDED.
   */
  manifest(_reference: string | Descriptor, _options: CallOptions = {}): Promise<FetchedManifest> {
    throw notYet();
  }

  /**
   * Stores a manifest or index under a tag or its digest. One that has a subject is its referrer afterwards, on servers
   * that know of none too (by the tag that the specification has for them). Doing it again changes nothing.
   */
  putManifest(
    _reference: string,
    _bytes: Uint8Array,
    _mediaType: string,
    _options: CallOptions = {},
  ): Promise<Descriptor> {
    throw notYet();
  }

  /** Deletes a manifest, with all its tags. Fails with MANIFEST_UNKNOWN, or UNSUPPORTED where the server deletes none. */
  deleteManifest(_digest: Digest, _options: CallOptions = {}): Promise<void> {
    throw notYet();
  }

  /** Deletes a tag and nothing else; fails with UNSUPPORTED where the server cannot. */
  deleteTag(_tag: string, _options: CallOptions = {}): Promise<void> {
    throw notYet();
  }

  /** Size of a blob; `undefined` when it is not there. */
  statBlob(_digest: Digest, _options: CallOptions = {}): Promise<BlobInfo | undefined> {
    throw notYet();
  }

  /**
   * Streams a blob, its digest and size verified while it passes: the stream fails at its end, before a writer has
   * agreed, where they differ. A connection that is cut is taken up again where it ended. Memory is that of a few chunks.
   */
  blob(_wanted: WantedBlob, _options: ReadBlobOptions = {}): ByteStream {
    throw notYet();
  }

  /**
   * Brings a blob into the repository: not at all where it is there, by a mount where another repository has it, else by
   * an upload that goes on after a cut. `open` gives the content from an offset on, and may be called several times.
   */
  putBlob(
    _blob: { readonly digest: Digest; readonly size: number },
    _open: (offset: number) => ByteSource,
    _options: PutBlobOptions = {},
  ): Promise<BlobPutResult> {
    throw notYet();
  }

  deleteBlob(_digest: Digest, _options: CallOptions = {}): Promise<void> {
    throw notYet();
  }

  /** The tags in the order of the server, page by page. */
  tags(_options: TagsOptions = {}): AsyncIterable<string> {
    throw notYet();
  }

  /** What has a manifest as its subject; none where there is no such thing. */
  referrers(_digest: Digest, _options: ReferrersOptions = {}): Promise<readonly Descriptor[]> {
    throw notYet();
  }
}

function notYet(): StratumError {
  return new StratumError('UNSUPPORTED', 'not written yet');
}
