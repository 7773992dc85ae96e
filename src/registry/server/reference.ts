/** What names a manifest in a path: a tag or a digest. */

import { type Digest, parseDigest } from '../../digest/digest.js';
import { isTag } from '../../image/reference.js';
import { Refusal } from './refusal.js';
import type { Repository } from './repository.js';

export type ManifestReference =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'digest'; readonly digest: Digest };

/** Fails with DIGEST_INVALID, or with NAME_INVALID for what is no tag. */
export function parseManifestReference(text: string): ManifestReference {
  return text.includes(':') ? { kind: 'digest', digest: parseDigest(text) } : { kind: 'tag', tag: checkedTag(text) };
}

/** A tag, at most 128 characters; fails with NAME_INVALID. */
export function checkedTag(text: string): string {
  if (isTag(text)) return text;
  throw new Refusal('NAME_INVALID', `not a tag: ${JSON.stringify(text.slice(0, 140))}`);
}

/** What a reference names, whether it is there or not; `undefined` for a tag that is not. */
export async function digestOfReference(
  repository: Repository,
  reference: ManifestReference,
): Promise<Digest | undefined> {
  return reference.kind === 'digest' ? reference.digest : repository.tag(reference.tag);
}
