/** Uploads in flight: who may add what, in which order, and for how long. */

import { type ByteStream, collectBytes } from '../../../base/stream.js';
import type { BlobInfo } from '../../../blob/store.js';
import type { Digest } from '../../../digest/digest.js';
import { formatReceived, type Span } from '../../protocol/ranges.js';
import { atMost, exactly } from '../body.js';
import type { RegistryLimits } from '../limits.js';
import { Refusal } from '../refusal.js';
import type { StoredUpload, UploadNote, UploadStore } from './store.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A piece of an upload. */
export interface Chunk {
  readonly source: ByteStream;
  /** Where it belongs, if the request says so. */
  readonly span: Span | undefined;
  /** Bytes, if the request says so. */
  readonly length: number | undefined;
}

export class Uploads {
  readonly #store: UploadStore;
  readonly #limits: RegistryLimits;
  readonly #now: () => number;
  readonly #known: Map<string, Upload> = new Map();

  constructor(store: UploadStore, limits: RegistryLimits, now: () => number) {
    this.#store = store;
    this.#limits = limits;
    this.#now = now;
  }

  /** Begins an upload; fails with TOOMANYREQUESTS where too many are in flight. */
  async start(note: UploadNote): Promise<Upload> {
    if (this.#known.size >= this.#limits.uploads) await this.expire();
    if (this.#known.size >= this.#limits.uploads) {
      throw new Refusal('TOOMANYREQUESTS', 'too many uploads are in flight', { headers: { 'retry-after': '60' } });
    }
    const id = globalThis.crypto.randomUUID();
    return this.#remember(id, await this.#store.create(id, note));
  }

  /** An upload of this repository; fails with BLOB_UPLOAD_UNKNOWN for one of another, or one that is over. */
  async find(id: string, repository: string): Promise<Upload> {
    const upload = await this.#open(id);
    if (upload === undefined || upload.repository !== repository) {
      throw new Refusal('BLOB_UPLOAD_UNKNOWN', 'no such upload in this repository');
    }
    if (!this.#isIdle(upload)) return upload;
    await upload.cancel();
    throw new Refusal('BLOB_UPLOAD_UNKNOWN', 'nothing arrived for too long: the upload is gone');
  }

  /** Removes the uploads that nothing arrived for in too long, also those of processes that are gone. */
  async expire(): Promise<number> {
    let gone = 0;
    for (const id of await this.#store.list()) {
      const upload = await this.#open(id);
      if (upload === undefined || !this.#isIdle(upload)) continue;
      await upload.cancel();
      gone++;
    }
    return gone;
  }

  async #open(id: string): Promise<Upload | undefined> {
    if (!UUID.test(id)) return undefined;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const stored = await this.#store.open(id);
    // Another request may have opened it in the meantime; there must be one object, for its lock.
    return this.#known.get(id) ?? (stored && this.#remember(id, stored));
  }

  #remember(id: string, stored: StoredUpload): Upload {
    const upload = new Upload(id, stored, { blobBytes: this.#limits.blobBytes, forget: () => this.#known.delete(id) });
    this.#known.set(id, upload);
    return upload;
  }

  #isIdle(upload: Upload): boolean {
    return !upload.isBusy && this.#now() - upload.touchedMs > this.#limits.uploadIdleMs;
  }
}

interface UploadSettings {
  readonly blobBytes: number;
  /** Called when it is over. */
  readonly forget: () => void;
}

export class Upload {
  readonly id: string;
  readonly #stored: StoredUpload;
  readonly #blobBytes: number;
  readonly #forget: () => void;
  #busy = false;

  constructor(id: string, stored: StoredUpload, { blobBytes, forget }: UploadSettings) {
    this.id = id;
    this.#stored = stored;
    this.#blobBytes = blobBytes;
    this.#forget = forget;
  }

  get repository(): string {
    return this.#stored.repository;
  }

  get touchedMs(): number {
    return this.#stored.touchedMs;
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  /** What arrived, as headers tell it. */
  get headers(): Readonly<Record<string, string>> {
    return {
      location: `/v2/${this.repository}/blobs/uploads/${this.id}`,
      range: formatReceived(this.#stored.size),
      'docker-upload-uuid': this.id,
    };
  }

  /**
   * Takes the next piece. One that belongs elsewhere, or that comes while another one does, is a 416 (distribution-spec,
   * "Pushing a blob in chunks"). One whose length is not what was declared fails with SIZE_INVALID, and nothing of it is
   * kept; of one that was cut off, what arrived is kept.
   */
  receive(chunk: Chunk): Promise<void> {
    return this.#alone(() => this.#append(chunk));
  }

  /** Takes the last piece, and stores the blob; fails with DIGEST_INVALID, and the upload is gone, for another one. */
  finish(
    digest: Digest,
    last: Chunk,
    store: (commit: () => Promise<BlobInfo>) => Promise<BlobInfo>,
  ): Promise<BlobInfo> {
    return this.#alone(async () => {
      await this.#append(last);
      try {
        return await store(() => this.#stored.commit({ digest }));
      } catch (error) {
        await this.#stored.discard();
        throw error;
      } finally {
        this.#forget();
      }
    });
  }

  /** Gives it up, and what arrived. */
  cancel(): Promise<void> {
    return this.#alone(async () => {
      await this.#stored.discard();
      this.#forget();
    });
  }

  async #append({ source, span, length }: Chunk): Promise<void> {
    const before = this.#stored.size;
    if (span !== undefined && span.start !== before) throw this.#outOfOrder(`${before} bytes have arrived`);
    const declared = span === undefined ? length : span.end - span.start + 1;
    if (length !== undefined && length !== declared) {
      throw new Refusal('SIZE_INVALID', `a body of ${length} bytes for a range of ${declared}`);
    }
    const limited = atMost(this.#blobBytes - before, source);
    const checked = declared === undefined ? limited : exactly(declared, limited);
    try {
      // The last request often has no bytes: then no file is opened for them.
      if (declared === 0) await collectBytes(checked);
      else await this.#stored.append(checked);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SIZE_INVALID') await this.#stored.truncate(before);
      throw error;
    }
  }

  /** Two pieces at once would mix. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw this.#outOfOrder('another request is adding to this upload');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  #outOfOrder(why: string): Refusal {
    return new Refusal('BLOB_UPLOAD_INVALID', `chunk out of order: ${why}`, { status: 416, headers: this.headers });
  }
}
