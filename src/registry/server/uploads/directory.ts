/**
 * Uploads in files beside a blob store in a directory. A whole upload is renamed into the store, not copied; it was
 * hashed while it came, unless something was taken back, the process is another one, or the digest is of another
 * algorithm than was announced.
 */

import { isStratumError, StratumError } from '../../../base/error.js';
import { canonicalJson, parseJsonObject } from '../../../base/json.js';
import type { ByteStream } from '../../../base/stream.js';
import type { DirectoryBlobs } from '../../../blob/directory.js';
import {
  fileSize,
  listFolder,
  readDocument,
  readFile,
  removeFile,
  type StoreFiles,
  writeAll,
  writeUnsynced,
} from '../../../blob/files.js';
import type { BlobInfo } from '../../../blob/store.js';
import { algorithmOf, type Digest, type DigestAlgorithm } from '../../../digest/digest.js';
import { finishDigest, type Hasher, hashing } from '../../../digest/hasher.js';
import { gathered } from './gathered.js';
import type { StoredUpload, UploadNote, UploadStore } from './store.js';

const BYTES = '.data';
const NOTE = '.json';

export class DirectoryUploads implements UploadStore {
  readonly #folder: string;
  readonly #blobs: DirectoryBlobs;

  constructor(folder: string, blobs: DirectoryBlobs) {
    this.#folder = folder;
    this.#blobs = blobs;
  }

  async create(id: string, note: UploadNote): Promise<StoredUpload> {
    const path = `${this.#folder}/${id}`;
    await writeUnsynced(this.#blobs.files, `${path}${NOTE}`, canonicalJson(note));
    return new FileUpload(path, note, this.#blobs, { size: 0, touchedMs: Date.now() });
  }

  async open(id: string): Promise<StoredUpload | undefined> {
    const { files } = this.#blobs;
    const path = `${this.#folder}/${id}`;
    const note = await readNote(files, `${path}${NOTE}`);
    if (note === undefined) return undefined;
    const last = (await fileSize(files, `${path}${BYTES}`)) === undefined ? `${path}${NOTE}` : `${path}${BYTES}`;
    const { size, mtimeMs } = await files.promises.stat(last);
    return new FileUpload(path, note, this.#blobs, { size: last.endsWith(BYTES) ? size : 0, touchedMs: mtimeMs });
  }

  async list(): Promise<readonly string[]> {
    const names = await listFolder(this.#blobs.files, this.#folder);
    return names.filter((name) => name.endsWith(NOTE)).map((name) => name.slice(0, -NOTE.length));
  }
}

/** A note that was not written to its end is none: the machine failed, and the upload is lost. */
async function readNote(files: StoreFiles, path: string): Promise<UploadNote | undefined> {
  const bytes = await readDocument(files, path);
  try {
    return bytes && (parseJsonObject(bytes, { file: path }) as unknown as UploadNote);
  } catch (error) {
    if (isStratumError(error, 'JSON_INVALID')) return undefined;
    throw error;
  }
}

class FileUpload implements StoredUpload {
  readonly repository: string;
  readonly algorithm: DigestAlgorithm;
  size: number;
  touchedMs: number;
  readonly #path: string;
  readonly #blobs: DirectoryBlobs;
  readonly #files: StoreFiles;
  /** Has seen all that arrived, or is `undefined`. */
  #hasher: Hasher | undefined;

  constructor(
    path: string,
    { repository, algorithm }: UploadNote,
    blobs: DirectoryBlobs,
    { size, touchedMs }: { readonly size: number; readonly touchedMs: number },
  ) {
    this.repository = repository;
    this.algorithm = algorithm;
    this.size = size;
    this.touchedMs = touchedMs;
    this.#path = path;
    this.#blobs = blobs;
    this.#files = blobs.files;
    this.#hasher = size === 0 ? hashing.get()(algorithm) : undefined;
  }

  async append(source: ByteStream): Promise<void> {
    const file = await this.#files.promises.open(`${this.#path}${BYTES}`, 'a');
    try {
      for await (const chunk of gathered(source)) {
        // Hashed while the file system writes.
        const written = writeAll(file, chunk, this.#path);
        this.#hasher?.update(chunk);
        await written.catch(async (error: unknown) => {
          this.#hasher = undefined;
          await file.truncate(this.size);
          throw error;
        });
        this.size += chunk.length;
        this.touchedMs = Date.now();
      }
    } finally {
      await file.close();
    }
  }

  async truncate(size: number): Promise<void> {
    if (size === this.size) return;
    this.#hasher = undefined;
    const file = await this.#files.promises.open(`${this.#path}${BYTES}`, 'r+');
    try {
      await file.truncate(size);
    } finally {
      await file.close();
    }
    this.size = size;
  }

  async commit({ digest }: { readonly digest: Digest }): Promise<BlobInfo> {
    const actual = await this.#digest(algorithmOf(digest));
    if (actual !== digest) throw new StratumError('DIGEST_INVALID', `content has the digest ${actual}`, { digest });
    const data = `${this.#path}${BYTES}`;
    const file = await this.#files.promises.open(data, 'a'); // makes the file of a blob that is empty
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    const info = await this.#blobs.adopt(data, { digest, size: this.size });
    await removeFile(this.#files, `${this.#path}${NOTE}`);
    return info;
  }

  async discard(): Promise<void> {
    await removeFile(this.#files, `${this.#path}${BYTES}`);
    await removeFile(this.#files, `${this.#path}${NOTE}`);
  }

  async #digest(algorithm: DigestAlgorithm): Promise<Digest> {
    const hasher = this.#hasher;
    if (hasher !== undefined && algorithm === this.algorithm) {
      this.#hasher = undefined; // spent
      return finishDigest(algorithm, hasher);
    }
    const again = hashing.get()(algorithm);
    if (this.size > 0) for await (const chunk of readFile(this.#files, `${this.#path}${BYTES}`)) again.update(chunk);
    return finishDigest(algorithm, again);
  }
}
