/** The piece of an upload that a request brings. */

import { parseUploadSpan } from '../protocol/ranges.js';
import { declaredLength, requestBody } from './body.js';
import type { Call } from './call.js';
import { Refusal } from './refusal.js';
import type { Chunk } from './uploads/uploads.js';

export function uploadChunk({ request, parts }: Call): Chunk {
  const header = request.headers.get('content-range');
  const span = parseUploadSpan(header ?? undefined);
  if (header !== null && span === undefined) {
    throw new Refusal('BLOB_UPLOAD_INVALID', `Content-Range is ${JSON.stringify(header.slice(0, 60))}`);
  }
  const source = requestBody(request, parts.limits.bodyIdleMs);
  return { source, span, length: request.body === null ? 0 : declaredLength(request) };
}
