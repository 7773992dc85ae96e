/** `PUT` of an upload: the last piece, if any, and the digest of the whole (distribution-spec, "Pushing blobs"). */

import { parseDigest } from '../../../digest/digest.js';
import type { Call } from '../call.js';
import { Refusal } from '../refusal.js';
import { storeBlob } from '../store-blob.js';
import { uploadChunk } from '../upload-chunk.js';

export async function finishUpload(call: Call): Promise<Response> {
  const upload = await call.parts.uploads.find(call.last, call.repository.name);
  const digest = call.url.searchParams.get('digest');
  if (digest === null) throw new Refusal('DIGEST_INVALID', 'the digest of the blob is not given');
  return storeBlob(call, upload, parseDigest(digest), uploadChunk(call));
}
