/** `DELETE /v2/<name>/blobs/<digest>` (distribution-spec, "Deleting Blobs"). */

import { parseDigest } from '../../../digest/digest.js';
import { emptyAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { reclaim } from '../collect.js';
import { Refusal } from '../refusal.js';

/** The bytes go as well when no other repository shows them. */
export async function deleteBlob({ parts, repository, last }: Call): Promise<Response> {
  const digest = parseDigest(last);
  if (!(await repository.unlinkBlob(digest))) throw new Refusal('BLOB_UNKNOWN', 'no such blob in this repository');
  await reclaim(parts, [digest]);
  return emptyAnswer(202);
}
