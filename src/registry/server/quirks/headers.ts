/** Answers whose headers do not fit, or are missing. */

import { parseContentRange } from '../../protocol/ranges.js';
import { BLOBS, MANIFESTS, type Quirk, readdressed, rewritten, striking } from './quirk.js';

const CONTENT = new RegExp(`${BLOBS.source}|${MANIFESTS.source}`);

/** `Docker-Content-Digest` names something else. */
export const lyingDigest: Quirk = striking(['GET', 'HEAD'], CONTENT, () => async (_request, pass) => {
  const answer = await pass();
  return answer.ok ? rewritten(answer, { headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }) : answer;
});

/** No `Docker-Content-Digest` at all, as before version 1.1 of the specification. */
export const noDigest: Quirk = striking(
  ['GET', 'HEAD', 'PUT', 'POST'],
  /^/,
  () => async (_request, pass) => rewritten(await pass(), { headers: { 'docker-content-digest': undefined } }),
);

/** Says how the content ends otherwise than it does: `Content-Range` of the bytes behind those that come. */
export const wrongRange: Quirk = striking(['GET'], BLOBS, () => async (_request, pass) => {
  const answer = await pass();
  const range = parseContentRange(answer.headers.get('content-range') ?? undefined);
  if (range === undefined) return answer;
  const moved = `bytes ${range.start + 1}-${range.end + 1}/${range.size ?? '*'}`;
  return rewritten(answer, { headers: { 'content-range': moved } });
});

/** Knows no ranges: gives all of it. */
export const noRanges: Quirk = (inner, settings) => {
  const ignoring = striking(['GET'], BLOBS, () => (request) => {
    const headers = new Headers(request.headers);
    headers.delete('range');
    return inner.fetch(readdressed(request, new URL(request.url), headers));
  });
  return ignoring(inner, settings);
};

/** Has something to say. */
export const warning: Quirk = striking(
  ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'],
  /^/,
  () => async (_request, pass) =>
    rewritten(await pass(), { headers: { warning: '299 - "this registry is going away"' } }),
);

/** Answers HEAD with a 405. */
export const noHead: Quirk = striking(['HEAD'], CONTENT, () => async () => new Response(null, { status: 405 }));
