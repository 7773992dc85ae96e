/** Uploads in memory, for stores that are there too. */

import { joinBytes } from '../../../base/bytes.js';
import type { ByteStream } from '../../../base/stream.js';
import type { BlobInfo, BlobWriter } from '../../../blob/store.js';
import type { Digest, DigestAlgorithm } from '../../../digest/digest.js';
import type { StoredUpload, UploadNote, UploadStore } from './store.js';

export class MemoryUploads implements UploadStore {
  readonly #blobs: BlobWriter;
  readonly #uploads: Map<string, StoredUpload> = new Map();

  constructor(blobs: BlobWriter) {
    this.#blobs = blobs;
  }

  async create(id: string, note: UploadNote): Promise<StoredUpload> {
    const upload = new MemoryUpload(note, this.#blobs, () => this.#uploads.delete(id));
    this.#uploads.set(id, upload);
    return upload;
  }

  async open(id: string): Promise<StoredUpload | undefined> {
    return this.#uploads.get(id);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#uploads.keys()];
  }
}

class MemoryUpload implements StoredUpload {
  readonly repository: string;
  readonly algorithm: DigestAlgorithm;
  size = 0;
  touchedMs: number = Date.now();
  readonly #blobs: BlobWriter;
  readonly #forget: () => void;
  #chunks: Uint8Array[] = [];

  constructor({ repository, algorithm }: UploadNote, blobs: BlobWriter, forget: () => void) {
    this.repository = repository;
    this.algorithm = algorithm;
    this.#blobs = blobs;
    this.#forget = forget;
  }

  async append(source: ByteStream): Promise<void> {
    for await (const chunk of source) {
      this.#chunks.push(chunk);
      this.size += chunk.length;
      this.touchedMs = Date.now();
    }
  }

  async truncate(size: number): Promise<void> {
    this.#chunks = [joinBytes(this.#chunks, this.size).subarray(0, size)];
    this.size = size;
  }

  async commit({ digest }: { readonly digest: Digest }): Promise<BlobInfo> {
    const info = await this.#blobs.put(this.#chunks, { digest, size: this.size });
    await this.discard();
    return info;
  }

  async discard(): Promise<void> {
    this.#chunks = [];
    this.#forget();
  }
}
