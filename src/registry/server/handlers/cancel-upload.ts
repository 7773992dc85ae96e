/** `DELETE` of an upload (distribution-spec, "Cancel a blob upload"). */

import { emptyAnswer } from '../answer.js';
import type { Call } from '../call.js';

export async function cancelUpload({ parts, repository, last }: Call): Promise<Response> {
  const upload = await parts.uploads.find(last, repository.name);
  await upload.cancel();
  return emptyAnswer(204);
}
