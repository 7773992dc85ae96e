/** Names of content: `algorithm:hex`, checked once where text comes in (OCI image-spec, descriptor.md, "Digests"). */

import { StratumError } from '../base/error.js';

declare const brand: unique symbol;

/** Names bytes. Text becomes a Digest only through {@link parseDigest} or by hashing. */
export type Digest = string & { readonly [brand]: 'Digest' | 'DiffID' | 'ChainID' };
/** The digest of a layer's uncompressed tar. */
export type DiffID = Digest & { readonly [brand]: 'DiffID' };
/** Names a stack of DiffIDs; not a digest of any bytes that are stored. */
export type ChainID = Digest & { readonly [brand]: 'ChainID' };

/** The algorithms that Stratum can compute. */
export type DigestAlgorithm = 'sha256' | 'sha512';

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };
const GRAMMAR = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const LOWER_HEX = /^[0-9a-f]+$/;

/** True when `text` is a digest of an algorithm that Stratum computes. */
export function isDigest(text: unknown): text is Digest {
  if (typeof text !== 'string') return false;
  const colon = text.indexOf(':');
  const length = HEX_LENGTH[text.slice(0, colon) as DigestAlgorithm];
  return length !== undefined && text.length === colon + 1 + length && LOWER_HEX.test(text.slice(colon + 1));
}

/** True when `text` follows the digest grammar, whatever its algorithm: enough to carry, not enough to verify. */
export function isDigestGrammar(text: unknown): text is string {
  return typeof text === 'string' && GRAMMAR.test(text);
}

/** Checks a digest; fails with DIGEST_INVALID. */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text;
  throw new StratumError('DIGEST_INVALID', `invalid digest ${JSON.stringify(text)?.slice(0, 200)}`);
}

/** The algorithm of a digest. */
export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

/** The hexadecimal part of a digest. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The first 12 hexadecimal digits, as Docker shows ids. */
export function shortId(digest: Digest): string {
  return encodedOf(digest).slice(0, 12);
}
