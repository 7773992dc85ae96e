/** One pass over a stored layer: decompressed, hashed twice, verified, its entries read and its skeleton kept. */

import { isStratumError, placed, StratumError } from '../base/error.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import { algorithmOf, type DiffID, type Digest, type DigestAlgorithm } from '../digest/digest.js';
import { finishDigest, type Hasher, hashing } from '../digest/hasher.js';
import type { TarEntry } from '../tar/entry.js';
import type { TarLimits } from '../tar/limits.js';
import { TarReader } from '../tar/reader.js';
import { type Codec, type DecompressLimits, openCompressed } from './compression.js';
import { SkeletonGatherer } from './skeleton.js';

/** What a layer must turn out to be. */
export interface ExpectedLayer {
  /** Of the blob as it is stored. */
  readonly digest?: Digest;
  /** Bytes of the blob. */
  readonly size?: number;
  readonly diffId?: DiffID;
}

export interface LayerLimits extends TarLimits, DecompressLimits {}

export interface DecodeOptions {
  readonly expected?: ExpectedLayer;
  readonly limits?: Partial<LayerLimits>;
  /** Called for each entry, in order. */
  readonly entry?: (entry: TarEntry) => void;
  /** Called for each chunk of the uncompressed tar; the stream waits for what it returns. */
  readonly tar?: (chunk: Uint8Array) => void | Promise<void>;
  /** Keeps the headers, as {@link DecodedLayer.skeleton}. */
  readonly skeleton?: boolean;
  /** False when somebody else hashes the blob; {@link DecodedLayer.digest} is then `undefined`. */
  readonly hashBlob?: boolean;
}

export interface DecodedLayer {
  readonly codec: Codec;
  /** Of the blob as it is stored. */
  readonly digest: Digest | undefined;
  /** Bytes of the blob. */
  readonly blobSize: number;
  readonly diffId: DiffID;
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  readonly entryCount: number;
  /** The tar with bodies and their padding left out; empty unless it was asked for. */
  readonly skeleton: Uint8Array;
}

/**
 * Reads a layer, plain or compressed, to its last byte: DiffIDs count what follows the tar's end. Fails with
 * SIZE_INVALID, DIGEST_INVALID or DIFFID_MISMATCH when it is not what was expected, with TAR_INVALID or LAYER_INVALID
 * when it is damaged, with LIMIT_EXCEEDED when it is too large. A digest that is wrong is reported first, since damage
 * follows from it.
 */
export async function decodeLayer(source: ByteSource, options: DecodeOptions = {}): Promise<DecodedLayer> {
  const blob = new Meter(blobAlgorithm(options), options.hashBlob !== false, options.expected?.size);
  const iterator = blob.measure(byteStream(source))[Symbol.asyncIterator]();
  // Without a return method the stream stays open when its reader fails, so that the rest can still be hashed.
  const stream: ByteStream = { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
  try {
    const decoded = await readContent(stream, blob, options);
    checkBlob(blob, options.expected);
    return decoded;
  } catch (error) {
    throw isStratumError(error) ? await blame(error, stream, blob, options.expected) : error;
  } finally {
    await iterator.return?.();
  }
}

/** Hashes and counts a stream as it passes. */
class Meter {
  size = 0;
  private readonly algorithm: DigestAlgorithm;
  private readonly hasher: Hasher | undefined;
  private readonly limit: number | undefined;
  private result: Digest | undefined;

  constructor(algorithm: DigestAlgorithm, active: boolean, limit?: number) {
    this.algorithm = algorithm;
    this.hasher = active ? hashing.get()(algorithm) : undefined;
    this.limit = limit;
  }

  async *measure(stream: ByteStream): ByteStream {
    for await (const chunk of stream) {
      this.update(chunk);
      if (this.limit !== undefined && this.size > this.limit) throw sizeError(this.limit, `at least ${this.size}`);
      yield chunk;
    }
  }

  update(chunk: Uint8Array): void {
    this.size += chunk.length;
    this.hasher?.update(chunk);
  }

  digest(): Digest | undefined {
    if (this.hasher !== undefined) this.result ??= finishDigest(this.algorithm, this.hasher);
    return this.result;
  }
}

async function readContent(stream: ByteStream, blob: Meter, options: DecodeOptions): Promise<DecodedLayer> {
  const { codec, content } = await openCompressed(stream, options.limits);
  const skeleton = new SkeletonGatherer();
  const tar = new Meter(tarAlgorithm(options), codec !== 'none' || needsOwnHash(options));
  let entryCount = 0;
  const reader = new TarReader(
    {
      entry: (entry) => {
        entryCount++;
        options.entry?.(entry);
      },
      ...(options.skeleton === true ? { header: (bytes: Uint8Array) => skeleton.add(bytes) } : {}),
    },
    options.limits === undefined ? {} : { limits: options.limits },
  );
  for await (const chunk of content) {
    reader.push(chunk);
    tar.update(chunk);
    await options.tar?.(chunk);
  }
  reader.end();
  const diffId = (tar.digest() ?? blob.digest()) as DiffID;
  checkDiffId(diffId, options.expected);
  return {
    codec,
    digest: blob.digest(),
    blobSize: blob.size,
    diffId,
    size: tar.size,
    entryCount,
    skeleton: skeleton.finish(),
  };
}

function blobAlgorithm(options: DecodeOptions): DigestAlgorithm {
  return options.expected?.digest === undefined ? 'sha256' : algorithmOf(options.expected.digest);
}

function tarAlgorithm(options: DecodeOptions): DigestAlgorithm {
  return options.expected?.diffId === undefined ? 'sha256' : algorithmOf(options.expected.diffId);
}

/** A blob that is stored plain is its own tar: one hash serves for both. */
function needsOwnHash(options: DecodeOptions): boolean {
  return options.hashBlob === false || blobAlgorithm(options) !== tarAlgorithm(options);
}

function checkBlob(blob: Meter, expected: ExpectedLayer | undefined): void {
  if (expected?.size !== undefined && blob.size !== expected.size) throw sizeError(expected.size, `${blob.size}`);
  const digest = blob.digest();
  if (expected?.digest === undefined || digest === undefined || digest === expected.digest) return;
  throw new StratumError('DIGEST_INVALID', `layer has the digest ${digest}`, { digest: expected.digest });
}

function checkDiffId(diffId: DiffID, expected: ExpectedLayer | undefined): void {
  if (expected?.diffId === undefined || diffId === expected.diffId) return;
  throw new StratumError('DIFFID_MISMATCH', `layer has the DiffID ${diffId}, expected ${expected.diffId}`, {
    ...(expected.digest === undefined ? {} : { digest: expected.digest }),
  });
}

function sizeError(expected: number, actual: string): StratumError {
  return new StratumError('SIZE_INVALID', `layer of ${actual} bytes, expected ${expected}`);
}

const DAMAGE: ReadonlySet<string> = new Set([
  'TAR_INVALID',
  'LAYER_INVALID',
  'PATH_INVALID',
  'DIFFID_MISMATCH',
  'UNSUPPORTED',
]);

/** The error to report: a wrong digest rather than the damage it shows as, and always which blob it is. */
async function blame(
  error: StratumError,
  rest: ByteStream,
  blob: Meter,
  expected: ExpectedLayer | undefined,
): Promise<StratumError> {
  if (expected?.digest === undefined) return error;
  const known = placed(error, { digest: expected.digest });
  if (!DAMAGE.has(error.code)) return known;
  try {
    for await (const _ of rest);
    checkBlob(blob, expected);
    return known;
  } catch (wrong) {
    return isStratumError(wrong) ? placed(wrong, { digest: expected.digest }) : known;
  }
}
