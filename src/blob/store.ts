/** The blob ports: bytes by digest. A store offers what it can; code asks for the narrowest port that serves. */

import type { ByteSource, ByteStream } from '../base/stream.js';
import type { Digest } from '../digest/digest.js';
import type { StoreFiles } from './files.js';

/** A part of a blob: `length` bytes from `offset` (to the end without a length). */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

export interface BlobInfo {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** What a blob to be stored must turn out to be. */
export interface ExpectedBlob {
  readonly digest?: Digest;
  /** Bytes. */
  readonly size?: number;
}

export interface BlobReader {
  /** Streams a blob, or a part of it; fails with BLOB_UNKNOWN when it is not there. */
  get(digest: Digest, range?: ByteRange): ByteStream;
  /** Size of a blob; `undefined` when it is not there. */
  stat(digest: Digest): Promise<BlobInfo | undefined>;
}

export interface BlobWriter {
  /**
   * Stores a stream, hashed while it passes. Nothing is visible before digest and size agree with what is expected
   * (DIGEST_INVALID, SIZE_INVALID otherwise). Storing what is there already changes nothing. Without an expected
   * digest the blob is named by its sha256.
   */
  put(source: ByteSource, expected?: ExpectedBlob): Promise<BlobInfo>;
}

export interface BlobDeleter {
  /** Removes a blob; false when it was not there. */
  delete(digest: Digest): Promise<boolean>;
}

export interface BlobLister {
  /** Every blob, in the order of the digests. */
  list(): AsyncIterable<BlobInfo>;
}

/** What a store has whose blobs are files: whoever sends one may read it as it likes. */
export interface BlobFiles {
  readonly files: StoreFiles;
  pathOf(digest: Digest): string;
}

/** Everything a store of our own can do. */
export interface BlobStore extends BlobReader, BlobWriter, BlobDeleter, BlobLister {}
