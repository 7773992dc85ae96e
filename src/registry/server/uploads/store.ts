/** The port for the bytes of uploads in flight: they arrive in pieces, and become a blob or nothing. */

import type { ByteStream } from '../../../base/stream.js';
import type { BlobInfo, ExpectedBlob } from '../../../blob/store.js';
import type { DigestAlgorithm } from '../../../digest/digest.js';

/** What is known of an upload from its beginning. */
export interface UploadNote {
  readonly repository: string;
  /** What its digest will be of, so that bytes can be hashed as they come; the digest itself may say otherwise. */
  readonly algorithm: DigestAlgorithm;
}

export interface StoredUpload extends UploadNote {
  /** Bytes that arrived. */
  readonly size: number;
  /** When the last of them did; milliseconds since 1970. */
  readonly touchedMs: number;
  /** Adds what a stream gives. What arrived before the stream failed is kept. */
  append(source: ByteStream): Promise<void>;
  /** Forgets what arrived behind the first `size` bytes. */
  truncate(size: number): Promise<void>;
  /**
   * Stores what arrived as a blob, and is spent. Fails with DIGEST_INVALID where it is another one, and nothing of it is
   * stored.
   */
  commit(expected: Required<Pick<ExpectedBlob, 'digest'>>): Promise<BlobInfo>;
  /** Removes what arrived. */
  discard(): Promise<void>;
}

export interface UploadStore {
  /** `id` is a UUID that nobody used before. */
  create(id: string, note: UploadNote): Promise<StoredUpload>;
  /** An upload that was created before, perhaps by a process that is gone. */
  open(id: string): Promise<StoredUpload | undefined>;
  /** The ids of all. */
  list(): Promise<readonly string[]>;
}
