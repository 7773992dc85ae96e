/** `DELETE /v2/<name>/manifests/<tag-or-digest>` (distribution-spec, "Deleting tags", "Deleting Manifests"). */

import { emptyAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { reclaim } from '../collect.js';
import { parseManifestReference } from '../reference.js';
import { Refusal } from '../refusal.js';

/** A tag goes alone; a manifest takes its tags with it, and its bytes when no other repository has it. */
export async function deleteManifest({ parts, repository, last }: Call): Promise<Response> {
  const reference = parseManifestReference(last);
  const isGone = await parts.turns.take(repository.name, () =>
    reference.kind === 'tag' ? repository.removeTag(reference.tag) : repository.removeManifest(reference.digest),
  );
  if (!isGone) throw new Refusal('MANIFEST_UNKNOWN', 'no such manifest in this repository');
  if (reference.kind === 'digest') await reclaim(parts, [reference.digest]);
  return emptyAnswer(202);
}
