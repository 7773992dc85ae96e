/** Conditions on a request: `If-Match`, `If-None-Match` (RFC 9110, section 13). The ETag of content is its digest. */

import type { Digest } from '../../digest/digest.js';
import { Refusal } from './refusal.js';

/** True when the caller has this already. */
export function isNotModified({ headers }: Request, digest: Digest): boolean {
  return matches(headers.get('if-none-match'), digest);
}

/** Fails with a 412 where a tag must name something else than it does now for a push to be meant. */
export function checkPreconditions({ headers }: Request, current: Digest | undefined): void {
  const required = headers.get('if-match');
  const excluded = headers.get('if-none-match');
  const isMet = (required === null || matches(required, current)) && !matches(excluded, current);
  if (isMet) return;
  const detail = current === undefined ? 'it is not there' : `it is ${current}`;
  throw new Refusal('DENIED', `the tag is not what the request requires: ${detail}`, { status: 412 });
}

function matches(header: string | null, digest: Digest | undefined): boolean {
  if (header === null || digest === undefined) return false;
  return header.split(',').some((each) => {
    const tag = each.trim();
    return tag === '*' || tag === `"${digest}"` || tag === `W/"${digest}"`;
  });
}
