/** Hashes and counts bytes as they pass, and holds them against what they should be. */

import { type ErrorPlace, StratumError } from '../base/error.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import { algorithmOf, type Digest } from '../digest/digest.js';
import { finishDigest, hashing } from '../digest/hasher.js';
import type { BlobInfo, ExpectedBlob } from './store.js';

/** A stream that is measured while it is read. */
export interface MeasuredStream {
  readonly stream: ByteStream;
  /** What passed; checked against what was expected. Ask after the stream has ended. */
  finish(): BlobInfo;
}

/**
 * Measures a stream. A byte more than the expected size fails at once with SIZE_INVALID; `finish` fails with
 * SIZE_INVALID or DIGEST_INVALID.
 */
export function measure(source: ByteSource, expected: ExpectedBlob, place: ErrorPlace = {}): MeasuredStream {
  const algorithm = expected.digest === undefined ? 'sha256' : algorithmOf(expected.digest);
  const hasher = hashing.get()(algorithm);
  const where = { ...place, ...(expected.digest === undefined ? {} : { digest: expected.digest }) };
  let size = 0;
  async function* pass(): ByteStream {
    for await (const chunk of byteStream(source)) {
      size += chunk.length;
      if (expected.size !== undefined && size > expected.size) throw wrongSize(expected.size, `${size} or more`, where);
      hasher.update(chunk);
      yield chunk;
    }
  }
  return {
    stream: pass(),
    finish: () => {
      if (expected.size !== undefined && size !== expected.size) throw wrongSize(expected.size, `${size}`, where);
      const digest = finishDigest(algorithm, hasher);
      if (expected.digest !== undefined && digest !== expected.digest) {
        throw new StratumError('DIGEST_INVALID', `content has the digest ${digest}`, where);
      }
      return { digest, size };
    },
  };
}

/** A stream that fails at its end unless all of it is what was expected. */
export async function* verified(source: ByteSource, expected: ExpectedBlob, place: ErrorPlace = {}): ByteStream {
  const measured = measure(source, expected, place);
  yield* measured.stream;
  measured.finish();
}

export function blobUnknown(digest: Digest, place: ErrorPlace = {}): StratumError {
  return new StratumError('BLOB_UNKNOWN', 'blob is not in the store', { ...place, digest });
}

function wrongSize(expected: number, actual: string, place: ErrorPlace): StratumError {
  return new StratumError('SIZE_INVALID', `content of ${actual} bytes, expected ${expected}`, place);
}
