/** `GET` of an upload: what arrived (distribution-spec, "Pushing a blob in chunks"). */

import { emptyAnswer } from '../answer.js';
import type { Call } from '../call.js';

export async function getUpload({ parts, repository, last }: Call): Promise<Response> {
  const upload = await parts.uploads.find(last, repository.name);
  return emptyAnswer(204, upload.headers);
}
