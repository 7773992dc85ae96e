/** Blobs into a repository: mounted where that is possible, in one request else, in chunks after a cut. */

import { type ErrorCode, StratumError } from '../../base/error.js';
import { type ByteSource, type ByteStream, byteStream } from '../../base/stream.js';
import type { Digest } from '../../digest/digest.js';
import type { RepositoryAccess } from './access.js';
import type { CallOptions } from './call.js';
import { statBlob } from './download.js';
import type { HttpBody } from './transport.js';
import { UploadSession } from './upload-session.js';

/** How a blob came to be in the repository. */
export type BlobPutResult = 'exists' | 'mounted' | 'uploaded';

export interface PutBlobOptions extends CallOptions {
  /** Repositories of the registry that are known to have the blob, the likeliest first. */
  readonly mountFrom?: readonly string[];
  /** Bytes that were handed over; begins again at a lower number after a cut. */
  readonly onProgress?: (currentBytes: number) => void;
}

export interface UploadedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Gives the content from an offset on; may be called several times. */
export type OpenBlob = (offset: number) => ByteSource;

/** A chunk is not smaller, however small the registry would take them. */
const CHUNK_BYTES = 16 * 1024 * 1024;
/** A mount costs a request each. */
const MOUNT_LIMIT = 3;

export async function uploadBlob(
  access: RepositoryAccess,
  blob: UploadedBlob,
  open: OpenBlob,
  options: PutBlobOptions,
): Promise<BlobPutResult> {
  const release = await access.writes.take(options.signal);
  try {
    if ((await statBlob(access, blob.digest, options)) !== undefined) return 'exists';
    const session = await mountOrStart(access, blob.digest, options);
    if (session === 'mounted') return session;
    await new Upload(access, blob, open, options).run(session);
    return 'uploaded';
  } finally {
    release();
  }
}

async function mountOrStart(
  access: RepositoryAccess,
  digest: Digest,
  options: PutBlobOptions,
): Promise<UploadSession | 'mounted'> {
  const sources = (options.mountFrom ?? []).filter((name) => name !== access.name).slice(0, MOUNT_LIMIT);
  let session: UploadSession | undefined;
  for (const source of sources) {
    // A repository that one may not read is no reason not to upload.
    const outcome = await UploadSession.start(access, digest, options, source).catch(mayNotMount);
    if (session !== undefined && outcome !== undefined) await session.cancel().catch(notTold);
    if (outcome === 'mounted') return outcome;
    session = outcome ?? session;
  }
  return session ?? UploadSession.start(access, digest, options);
}

function mayNotMount(error: unknown): undefined {
  if (error instanceof StratumError && error.code !== 'REGISTRY_UNREACHABLE') return undefined;
  throw error;
}

function notTold(error: unknown): void {
  if (!(error instanceof StratumError)) throw error;
}

/** Codes of an upload that was lost on its way, and of one that went on from a place that was not right after all. */
const LOST: readonly ErrorCode[] = ['REGISTRY_UNREACHABLE', 'BLOB_UPLOAD_UNKNOWN'];
const MISPLACED: readonly ErrorCode[] = ['BLOB_UPLOAD_INVALID', 'DIGEST_INVALID', 'RANGE_INVALID', 'REGISTRY_INVALID'];

function isMendable(error: unknown, isResumed: boolean): error is StratumError {
  if (!(error instanceof StratumError)) return false;
  return LOST.includes(error.code) || (isResumed && MISPLACED.includes(error.code));
}

/** Bytes on their way into one blob, over as many sessions and connections as it takes. */
class Upload {
  readonly #access: RepositoryAccess;
  readonly #blob: UploadedBlob;
  readonly #open: OpenBlob;
  readonly #options: PutBlobOptions;

  constructor(access: RepositoryAccess, blob: UploadedBlob, open: OpenBlob, options: PutBlobOptions) {
    this.#access = access;
    this.#blob = blob;
    this.#open = open;
    this.#options = options;
  }

  async run(first: UploadSession): Promise<void> {
    let session = first;
    let received = 0;
    for (let failures = 1; ; failures++) {
      try {
        return await this.#send(session, received);
      } catch (error) {
        if (!isMendable(error, received > 0)) throw error;
        if (!(await this.#access.connection.mayTryAgain(failures, this.#options.signal))) throw error;
        // The answer may be all that was lost.
        if ((await statBlob(this.#access, this.#blob.digest, this.#options)) !== undefined) return;
        const known = error.code === 'REGISTRY_UNREACHABLE' ? await session.received() : undefined;
        if (known !== undefined && known > received) failures = 1;
        received = known ?? 0;
        if (known === undefined || known > this.#blob.size) {
          session = await this.#restart();
          received = 0;
        }
      }
    }
  }

  /** All that is left: at once, or in chunks where the registry wants them or has a part already. */
  async #send(session: UploadSession, received: number): Promise<void> {
    const { digest, size } = this.#blob;
    if (received === 0 && session.chunkMinBytes === undefined) return session.finish(digest, this.#body(0, size));
    const chunkBytes = session.chunkMinBytes === undefined ? size : Math.max(session.chunkMinBytes, CHUNK_BYTES);
    for (let at = received; at < size; at += chunkBytes) {
      await session.patch(this.#body(at, Math.min(at + chunkBytes, size)), at);
    }
    await session.finish(digest);
  }

  async #restart(): Promise<UploadSession> {
    const session = await UploadSession.start(this.#access, this.#blob.digest, this.#options);
    if (session !== 'mounted') return session;
    throw new StratumError('REGISTRY_INVALID', 'a mount that nobody asked for', { digest: this.#blob.digest });
  }

  #body(from: number, end: number): HttpBody {
    return { size: end - from, open: () => this.#content(from, end) };
  }

  /** Exactly the bytes of a part; a source that has fewer is not what its descriptor says. */
  async *#content(from: number, end: number): ByteStream {
    let at = from;
    if (at < end) {
      for await (const chunk of byteStream(this.#open(from))) {
        const part = chunk.length > end - at ? chunk.subarray(0, end - at) : chunk;
        at += part.length;
        yield part;
        this.#options.onProgress?.(at);
        if (at === end) break;
      }
    }
    if (at === end) return;
    throw new StratumError('SIZE_INVALID', `content of ${at} bytes, expected ${this.#blob.size}`, {
      digest: this.#blob.digest,
    });
  }
}
