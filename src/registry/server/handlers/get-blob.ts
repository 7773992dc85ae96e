/** `GET /v2/<name>/blobs/<digest>`: a blob, or a range of it (distribution-spec, "Pulling blobs"). */

import { parseDigest } from '../../../digest/digest.js';
import { formatContentRange, parseRange } from '../../protocol/ranges.js';
import { contentHeaders, emptyAnswer } from '../answer.js';
import { blobAnswer } from '../blob-answer.js';
import type { Call } from '../call.js';
import { isNotModified } from '../conditions.js';
import { Refusal } from '../refusal.js';

export async function getBlob({ request, parts, repository, last }: Call): Promise<Response> {
  const digest = parseDigest(last);
  const info = (await repository.hasBlob(digest)) ? await parts.blobs.stat(digest) : undefined;
  if (info === undefined) throw new Refusal('BLOB_UNKNOWN', 'no such blob in this repository', { detail: { digest } });
  parts.touched.touch(repository.name, digest);
  const headers = {
    ...contentHeaders(digest),
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000, immutable',
  };
  if (isNotModified(request, digest)) return emptyAnswer(304, headers);
  // The bytes were verified when they came in; whoever gets them verifies them again. Hence a range, also for all.
  const range = requestedRange(request, info.size, `"${digest}"`);
  if (range === undefined) return blobAnswer(parts.blobs, { digest, offset: 0, length: info.size }, headers);
  if (range === 'unsatisfiable') {
    const contentRange = formatContentRange(undefined, info.size);
    throw new Refusal('SIZE_INVALID', `the blob has ${info.size} bytes`, {
      status: 416,
      headers: { 'content-range': contentRange },
    });
  }
  const length = range.end - range.start + 1;
  const contentRange = formatContentRange(range, info.size);
  return blobAnswer(
    parts.blobs,
    { digest, offset: range.start, length },
    { ...headers, 'content-range': contentRange },
  );
}

/** A range of another version of the content is a range of nothing we have: then all is given. */
function requestedRange({ headers }: Request, size: number, etag: string): ReturnType<typeof parseRange> {
  const version = headers.get('if-range');
  if (version !== null && version !== etag) return undefined;
  return parseRange(headers.get('range') ?? undefined, size);
}
