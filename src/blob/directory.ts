/** A blob store in a directory that is an OCI image layout (image-spec, image-layout.md): `blobs/ALGORITHM/HEX`. */

import { StratumError } from '../base/error.js';
import { canonicalJson, parseJsonObject } from '../base/json.js';
import type { ByteSource, ByteStream } from '../base/stream.js';
import { algorithmOf, type Digest, encodedOf, isDigest } from '../digest/digest.js';
import { digestOf } from '../digest/hasher.js';
import {
  fileSize,
  isAbsent,
  listFolder,
  moveFile,
  readDocument,
  readFile,
  removeFile,
  type StoreFiles,
  sweepTemporary,
  writeDocument,
  writeWhole,
} from './files.js';
import type { BlobInfo, BlobStore, ByteRange, ExpectedBlob } from './store.js';
import { blobUnknown, measure, verified } from './verify.js';

const LAYOUT_VERSION = '1.0.0';
const MARKER = 'oci-layout';
/** What is no larger is a document. */
const SMALL_BYTES = 1024 * 1024;

/**
 * Bytes are verified going in and, when a whole blob is read, coming out. Several processes may share the directory: a
 * blob is written under a name of its own and renamed, and two writers of one blob write the same bytes.
 */
export class DirectoryBlobs implements BlobStore {
  readonly root: string;
  readonly files: StoreFiles;

  private constructor(root: string, files: StoreFiles) {
    this.root = root;
    this.files = files;
  }

  /** Opens a layout, or makes one in a directory that has none; fails with STORE_INVALID for another version. */
  static async open(root: string, files: StoreFiles): Promise<DirectoryBlobs> {
    const marker = `${root}/${MARKER}`;
    const bytes = await readDocument(files, marker);
    if (bytes === undefined) await writeDocument(files, marker, canonicalJson({ imageLayoutVersion: LAYOUT_VERSION }));
    else checkVersion(bytes, marker);
    return new DirectoryBlobs(root, files);
  }

  /** The file that a blob is, or would be, in. */
  pathOf(digest: Digest): string {
    return `${this.root}/blobs/${algorithmOf(digest)}/${encodedOf(digest)}`;
  }

  async *get(digest: Digest, range?: ByteRange): ByteStream {
    const path = this.pathOf(digest);
    const size = await fileSize(this.files, path);
    if (size === undefined) throw blobUnknown(digest, { file: path });
    if (range !== undefined) yield* readFile(this.files, path, range.offset, range.length);
    else yield* verified(readFile(this.files, path), { digest }, { file: path });
  }

  async stat(digest: Digest): Promise<BlobInfo | undefined> {
    const size = await fileSize(this.files, this.pathOf(digest));
    return size === undefined ? undefined : { digest, size };
  }

  async put(source: ByteSource, expected: ExpectedBlob = {}): Promise<BlobInfo> {
    const measured = measure(source, expected);
    if (source instanceof Uint8Array && source.length <= SMALL_BYTES) {
      for await (const _ of measured.stream);
      const info = measured.finish();
      if (await this.#isWhole(info)) return info;
      return this.#write(source, () => info);
    }
    return this.#write(measured.stream, measured.finish);
  }

  /** A document is often stored again; reading one costs less than waiting for a disk. */
  async #isWhole({ digest, size }: BlobInfo): Promise<boolean> {
    if ((await this.stat(digest))?.size !== size) return false;
    const bytes = await readDocument(this.files, this.pathOf(digest));
    return bytes !== undefined && digestOf(bytes, algorithmOf(digest)) === digest;
  }

  #write(source: ByteSource, finish: () => BlobInfo): Promise<BlobInfo> {
    return writeWhole(this.files, `${this.root}/blobs`, source, () => {
      const info = finish();
      return { name: `${algorithmOf(info.digest)}/${encodedOf(info.digest)}`, result: info };
    });
  }

  /**
   * Takes over a file of the same file system that was measured as it was written, and synced: it is renamed, and gone
   * where it was. A blob that is there already is replaced by the same bytes.
   */
  async adopt(file: string, { digest, size }: BlobInfo): Promise<BlobInfo> {
    const actual = await fileSize(this.files, file);
    if (actual !== size) {
      throw new StratumError('SIZE_INVALID', `file of ${actual} bytes, measured as ${size}`, { file, digest });
    }
    await moveFile(this.files, file, this.pathOf(digest));
    return { digest, size };
  }

  async delete(digest: Digest): Promise<boolean> {
    return removeFile(this.files, this.pathOf(digest));
  }

  async *list(): AsyncIterable<BlobInfo> {
    const blobs = `${this.root}/blobs`;
    for (const algorithm of await listFolder(this.files, blobs)) {
      for (const encoded of await listFolder(this.files, `${blobs}/${algorithm}`)) {
        const digest = `${algorithm}:${encoded}`;
        const info = isDigest(digest) ? await this.stat(digest) : undefined;
        if (info !== undefined) yield info;
      }
    }
  }

  /** Removes what writers that died left behind. */
  async sweep(): Promise<number> {
    return sweepTemporary(this.files, `${this.root}/blobs`);
  }
}

/** True when a directory holds an OCI image layout. */
export async function isLayout(root: string, files: StoreFiles): Promise<boolean> {
  try {
    return (await fileSize(files, `${root}/${MARKER}`)) !== undefined;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function checkVersion(bytes: Uint8Array, file: string): void {
  const version = parseJsonObject(bytes, { file })['imageLayoutVersion'];
  if (version === LAYOUT_VERSION) return;
  throw new StratumError('STORE_INVALID', `image layout version ${JSON.stringify(version)}, not ${LAYOUT_VERSION}`, {
    file,
  });
}
