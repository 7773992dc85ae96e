/** `GET /v2/<name>/manifests/<tag-or-digest>` (distribution-spec, "Pulling manifests"). */

import { collectBytes } from '../../../base/stream.js';
import { bytesAnswer, contentHeaders, emptyAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { isNotModified } from '../conditions.js';
import { digestOfReference, parseManifestReference } from '../reference.js';
import { Refusal } from '../refusal.js';

/** Gives it in the form in which it was pushed, whatever the caller would rather have. */
export async function getManifest({ request, parts, repository, last }: Call): Promise<Response> {
  const digest = await digestOfReference(repository, parseManifestReference(last));
  const record = digest && (await repository.manifest(digest));
  if (digest === undefined || record === undefined) {
    throw new Refusal('MANIFEST_UNKNOWN', 'no such manifest in this repository', { detail: { reference: last } });
  }
  const headers = { ...contentHeaders(digest), 'content-type': record.mediaType };
  if (isNotModified(request, digest)) return emptyAnswer(304, headers);
  return bytesAnswer(await collectBytes(parts.blobs.get(digest), record.size), headers);
}
