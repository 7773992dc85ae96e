/** Descriptors: what points at a blob (OCI image-spec, descriptor.md). */

import { type ErrorPlace, StratumError } from '../base/error.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.js';
import { type Digest, parseDigest } from '../digest/digest.js';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: JsonObject;
  readonly artifactType?: string;
  /** The blob itself in base64, where it is small. */
  readonly data?: string;
  readonly urls?: readonly string[];
}

/** Checks a descriptor as it stands in a document; fails with MANIFEST_INVALID, DIGEST_INVALID or SIZE_INVALID. */
export function parseDescriptor(value: JsonValue | undefined, place: ErrorPlace = {}): Descriptor {
  if (!isJsonObject(value)) throw new StratumError('MANIFEST_INVALID', 'descriptor is not an object', place);
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string') throw new StratumError('MANIFEST_INVALID', 'descriptor without mediaType', place);
  parseDigest(digest);
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    throw new StratumError('SIZE_INVALID', `descriptor with the size ${JSON.stringify(size)}`, place);
  }
  return value as unknown as Descriptor;
}
