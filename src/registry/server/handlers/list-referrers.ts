/** `GET /v2/<name>/referrers/<digest>` (distribution-spec, "Listing Referrers"). */

import { canonicalJson } from '../../../base/json.js';
import type { Descriptor } from '../../../blob/descriptor.js';
import { type Digest, parseDigest } from '../../../digest/digest.js';
import { OCI_INDEX } from '../../../image/media-type.js';
import { formatNextLink } from '../../protocol/link.js';
import { jsonAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { nextUrl } from '../page.js';

/** Never a 404: what nothing refers to, or is not here, has an empty list. */
export async function listReferrers(call: Call): Promise<Response> {
  const { url, last } = call;
  const subject = parseDigest(last);
  const artifactType = url.searchParams.get('artifactType') ?? undefined;
  const { manifests, next } = await page(call, subject, artifactType);
  return jsonAnswer(
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    {
      'content-type': OCI_INDEX,
      ...(artifactType !== undefined && { 'oci-filters-applied': 'artifactType' }),
      ...(next !== undefined && { link: formatNextLink(nextUrl(url, { last: next })) }),
    },
  );
}

interface ReferrersPage {
  readonly manifests: readonly Descriptor[];
  /** The last of them, when there are more behind it. */
  readonly next: Digest | undefined;
}

/** As many as an index may hold bytes, but one at least. */
async function page(
  { parts, repository, url }: Call,
  subject: Digest,
  artifactType: string | undefined,
): Promise<ReferrersPage> {
  const after = url.searchParams.get('last') ?? '';
  const manifests: Descriptor[] = [];
  let bytes = 0;
  for await (const descriptor of repository.referrers(subject)) {
    if (descriptor.digest <= after) continue;
    if (artifactType !== undefined && descriptor.artifactType !== artifactType) continue;
    bytes += canonicalJson(descriptor).length;
    if (bytes > parts.limits.pageBytes && manifests.length > 0) return { manifests, next: manifests.at(-1)?.digest };
    manifests.push(descriptor);
  }
  return { manifests, next: undefined };
}
