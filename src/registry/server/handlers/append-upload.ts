/** `PATCH` of an upload: the next piece (distribution-spec, "Pushing a blob in chunks"). */

import { emptyAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { uploadChunk } from '../upload-chunk.js';

export async function appendUpload(call: Call): Promise<Response> {
  const upload = await call.parts.uploads.find(call.last, call.repository.name);
  await upload.receive(uploadChunk(call));
  return emptyAnswer(202, upload.headers);
}
