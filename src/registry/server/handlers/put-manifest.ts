/** `PUT /v2/<name>/manifests/<tag-or-digest>` (distribution-spec, "Pushing Manifests"). */

import { isStratumError } from '../../../base/error.js';
import { collectBytes } from '../../../base/stream.js';
import { algorithmOf, type Digest } from '../../../digest/digest.js';
import { digestOf } from '../../../digest/hasher.js';
import { createdAnswer } from '../answer.js';
import { declaredLength, exactly, requestBody } from '../body.js';
import type { Call } from '../call.js';
import { checkPreconditions } from '../conditions.js';
import { mediaTypeOf, type PushedManifest, readPushedManifest } from '../pushed-manifest.js';
import { checkedTag, type ManifestReference, parseManifestReference } from '../reference.js';
import { Refusal } from '../refusal.js';

export async function putManifest(call: Call): Promise<Response> {
  const { request, parts, repository, last } = call;
  const reference = parseManifestReference(last);
  const tags = tagsOf(call, reference);
  const bytes = await manifestBytes(call);
  const digest = digestOf(bytes, reference.kind === 'digest' ? algorithmOf(reference.digest) : 'sha256');
  if (reference.kind === 'digest' && reference.digest !== digest) {
    throw new Refusal('DIGEST_INVALID', `the manifest has the digest ${digest}`);
  }
  const { record, required } = readPushedManifest(bytes, mediaTypeOf(request.headers.get('content-type')), parts.now());
  await parts.turns.take(repository.name, () =>
    parts.gate.shared(async () => {
      if (reference.kind === 'tag') checkPreconditions(request, await repository.tag(reference.tag));
      if (!parts.sparse) await checkReferences(call, required);
      await parts.blobs.put(bytes, { digest, size: bytes.length });
      await repository.putManifest(digest, record);
      for (const tag of tags) await repository.putTag(tag, digest);
    }),
  );
  return createdAnswer(`/v2/${repository.name}/manifests/${digest}`, digest, {
    ...(record.subject !== undefined && { 'oci-subject': record.subject }),
    ...(reference.kind === 'digest' && tags.length > 0 && { 'oci-tag': tags.join(', ') }),
  });
}

/** The tag of the path, or those that a push by digest asks for (`?tag=`). */
function tagsOf({ url, parts }: Call, reference: ManifestReference): readonly string[] {
  if (reference.kind === 'tag') return [reference.tag];
  const tags = [...new Set(url.searchParams.getAll('tag'))];
  const limit = parts.limits.tagsPerPush;
  if (tags.length > limit) throw new Refusal('MANIFEST_INVALID', `more than ${limit} tags`, { status: 414 });
  return tags.map(checkedTag);
}

async function manifestBytes({ request, parts: { limits } }: Call): Promise<Uint8Array> {
  const length = declaredLength(request);
  const limit = limits.manifestBytes;
  const tooLarge = new Refusal('MANIFEST_INVALID', `a manifest may have ${limit} bytes`, { status: 413 });
  if (length !== undefined && length > limit) throw tooLarge;
  const body = requestBody(request, limits.bodyIdleMs);
  try {
    return await collectBytes(length === undefined ? body : exactly(length, body), limit);
  } catch (error) {
    throw isStratumError(error, 'LIMIT_EXCEEDED') ? tooLarge : error;
  }
}

/** All that a manifest leads to must be in the repository before it. */
async function checkReferences({ repository }: Call, required: PushedManifest['required']): Promise<void> {
  const missing: Digest[] = [];
  for (const digest of required.blobs) if (!(await repository.hasBlob(digest))) missing.push(digest);
  for (const digest of required.manifests) {
    if ((await repository.manifest(digest)) === undefined) missing.push(digest);
  }
  if (missing.length === 0) return;
  throw new Refusal(
    'MANIFEST_BLOB_UNKNOWN',
    `${missing.length} of what the manifest refers to is not in the repository`,
    {
      detail: { digests: missing },
    },
  );
}
