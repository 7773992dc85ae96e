/** A layer: one changeset, named by the digest of its tar, with its contents at hand. */

import { joinBytes } from '../base/bytes.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import type { DiffID, Digest } from '../digest/digest.js';
import { digestOf, finishDigest, hashing } from '../digest/hasher.js';
import { TarReader } from '../tar/reader.js';
import type { LayerOrigin, SyncBytes } from '../tree/node.js';
import type { Change, LintNote } from './change.js';
import { ChangesetReader } from './changeset.js';
import { type CompressOptions, compressed, openCompressed } from './compression.js';
import { type DecodeOptions, decodeLayer } from './decode.js';
import { type EncodeOptions, encodeChanges } from './encode.js';
import { HeldBytes } from './held-bytes.js';

export type FromTarOptions = Pick<DecodeOptions, 'expected' | 'limits'>;

/** A layer as it is stored: read the stream to its end, then ask for its name. */
export interface LayerBlob {
  readonly stream: ByteStream;
  /** Digest and size of the stream; fails with a RangeError before the stream has ended. */
  descriptor(): { readonly digest: Digest; readonly size: number };
}

const PIECE_BYTES = 1024 * 1024;
/** What a layer in memory may come to, unless a limit is given: one array of bytes cannot be much larger. */
const HELD_LIMIT = 4 * 1024 ** 3;

export class Layer {
  readonly diffId: DiffID;
  /** The uncompressed tar; the contents of its files are slices of it. */
  readonly bytes: SyncBytes;
  /** In the order of the tar. */
  readonly changes: readonly Change[];
  /** Marks the nodes that come from this layer: one object, compared by identity. */
  readonly origin: LayerOrigin;
  /** What a careful writer would not have written. */
  readonly notes: readonly LintNote[];

  private constructor(diffId: DiffID, bytes: SyncBytes, entries: Pick<ChangesetReader, 'changes' | 'notes'>) {
    this.diffId = diffId;
    this.bytes = bytes;
    this.changes = entries.changes;
    this.notes = entries.notes;
    this.origin = Object.freeze({ id: diffId });
  }

  /** Bytes of the uncompressed tar. */
  get size(): number {
    return this.bytes.size;
  }

  /**
   * Reads a changeset, plain, gzip or zstd, and holds its tar in memory (up to 4 GiB by default). Fails as `decodeLayer` does, and with
   * PATH_INVALID for an entry with `..` or a name that no file system holds.
   */
  static async fromTar(source: ByteSource, options: FromTarOptions = {}): Promise<Layer> {
    const bytes = new HeldBytes();
    const entries = new ChangesetReader(bytes);
    const { diffId } = await decodeLayer(source, {
      ...options,
      limits: { contentBytes: HELD_LIMIT, ...options.limits },
      entry: (entry) => entries.add(entry),
      tar: (chunk) => bytes.add(chunk),
    });
    bytes.finish();
    entries.finish();
    return new Layer(diffId, bytes, entries);
  }

  /** Reads a skeleton, compressed or not, of a tar that was verified before; its contents will come from `bytes`. */
  static async fromSkeleton(source: ByteSource, bytes: SyncBytes, diffId: DiffID): Promise<Layer> {
    const entries = new ChangesetReader(bytes);
    const reader = new TarReader({ entry: (entry) => entries.add(entry) }, { skeleton: true });
    for await (const chunk of (await openCompressed(source)).content) reader.push(chunk);
    reader.end();
    entries.finish();
    return new Layer(diffId, bytes, entries);
  }

  /** Packs changes into a tar in memory. The contents are copied into it. */
  static fromChanges(changes: Iterable<Change>, options: EncodeOptions = {}): Layer {
    const tar = joinBytes([...encodeChanges(changes, options)]);
    const bytes = new HeldBytes();
    bytes.add(tar);
    bytes.finish();
    const entries = new ChangesetReader(bytes);
    const reader = new TarReader({ entry: (entry) => entries.add(entry) });
    reader.push(tar);
    reader.end();
    entries.finish();
    return new Layer(digestOf(tar) as DiffID, bytes, entries);
  }

  /** The uncompressed tar as a stream. */
  async *tar(): ByteStream {
    for (let at = 0; at < this.size; at += PIECE_BYTES) {
      yield this.bytes.read(at, Math.min(PIECE_BYTES, this.size - at));
    }
  }

  /** The layer as it is stored under a codec. */
  blob(options: CompressOptions): LayerBlob {
    return hashedBlob(compressed(this.tar(), options));
  }
}

/** Names a stream while it passes. */
export function hashedBlob(source: ByteSource): LayerBlob {
  const hasher = hashing.get()('sha256');
  let size = 0;
  let digest: Digest | undefined;
  async function* pass(): ByteStream {
    for await (const chunk of byteStream(source)) {
      hasher.update(chunk);
      size += chunk.length;
      yield chunk;
    }
    digest = finishDigest('sha256', hasher);
  }
  return {
    stream: pass(),
    descriptor: () => {
      if (digest === undefined) throw new RangeError('the blob has not been read to its end');
      return { digest, size };
    },
  };
}
