/** What the registry of Docker, version 2.8, does otherwise than the specification: each was seen on 2.8.2. */

import { isDigest } from '../../../digest/digest.js';
import { formatErrorBody } from '../../protocol/errors.js';
import type { RequestHandler } from '../registry.js';
import { BLOBS, MANIFESTS, type Quirk, type QuirkSettings, readdressed, rewritten, striking } from './quirk.js';
import { noReferrers, noSinglePost, without } from './servers.js';

const UPLOADS = /\/blobs\/uploads\/[^/]*$/;
const TAG_LISTS = /\/tags\/list$/;

/** Lists of tags are whole, whatever `n` and `last` say. */
const wholeTagLists: Quirk = without(['n', 'last'], TAG_LISTS, ['GET']);

/** A mount from nowhere in particular is no mount. */
const noAnonymousMount: Quirk = (inner, settings) => {
  const { fetch: mountless } = without(['mount'], UPLOADS, ['POST'])(inner, settings);
  return {
    fetch: (request) => (new URL(request.url).searchParams.has('from') ? inner.fetch(request) : mountless(request)),
  };
};

/** A range that cannot be: a 416 that announces the whole blob, and has a short body. */
const longRefusal: Quirk = striking(['GET'], BLOBS, () => async (_request, pass) => {
  const answer = await pass();
  const [, size] = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '') ?? [];
  return answer.status === 416 && size !== undefined
    ? rewritten(answer, { headers: { 'content-length': size } })
    : answer;
});

/** A manifest of a type that the caller did not name is not there. */
const strictAccept: Quirk = striking(['GET', 'HEAD'], MANIFESTS, () => async (request, pass) => {
  const answer = await pass();
  const accepted = (request.headers.get('accept') ?? '').split(',').map((type) => type.split(';', 1)[0]?.trim());
  const type = answer.headers.get('content-type') ?? '';
  const isOci = /\.oci\./.test(type);
  if (!answer.ok || !isOci || accepted.includes(type)) return answer;
  await answer.body?.cancel();
  return failed(request, 404, 'MANIFEST_UNKNOWN');
});

/** A digest that is none is the server's own failure. */
const brokenDigest: Quirk = striking(['GET', 'PUT'], MANIFESTS, () => async (request, pass) => {
  const reference = decodeURIComponent(new URL(request.url).pathname.split('/').at(-1) ?? '');
  return reference.includes(':') && !isDigest(reference) ? failed(request, 500, 'UNKNOWN') : pass();
});

/** Tags cannot be deleted, only what they name. */
const noTagDeletion: Quirk = striking(['DELETE'], MANIFESTS, () => async (request, pass) => {
  const isTag = !(new URL(request.url).pathname.split('/').at(-1) ?? '').includes(':');
  return isTag ? failed(request, 405, 'UNSUPPORTED') : pass();
});

/** Where a chunk belongs is not looked at: it is taken as the next. */
const anyOrder: Quirk = (inner, settings) => {
  const taking = striking(['PATCH', 'PUT'], UPLOADS, () => (request) => {
    const headers = new Headers(request.headers);
    headers.delete('content-range');
    return inner.fetch(readdressed(request, new URL(request.url), headers));
  });
  return taking(inner, settings);
};

/** The next place of an upload is a whole URL with a state in it, and without the state there is no such upload. */
const statefulLocation: Quirk = (inner, settings) => {
  const keeping = striking(['POST', 'PATCH', 'GET', 'PUT', 'DELETE'], UPLOADS, () => async (request) => {
    const url = new URL(request.url);
    const isGoingOn = !url.pathname.endsWith('/');
    if (isGoingOn && !url.searchParams.has('_state')) return failed(request, 404, 'BLOB_UPLOAD_UNKNOWN');
    const answer = await inner.fetch(request);
    const location = answer.headers.get('location');
    if (location === null || !/\/blobs\/uploads\/./.test(location)) return answer;
    const whole = new URL(location, url);
    whole.searchParams.set('_state', `state-of-${answer.headers.get('range') ?? 'nothing'}`);
    return rewritten(answer, { headers: { location: whole.href } });
  });
  return keeping(inner, settings);
};

const PARTS: readonly Quirk[] = [
  noReferrers,
  noSinglePost,
  wholeTagLists,
  noAnonymousMount,
  longRefusal,
  strictAccept,
  brokenDigest,
  noTagDeletion,
  anyOrder,
  statefulLocation,
];

export const registry28: Quirk = (inner: RequestHandler, settings: QuirkSettings) =>
  PARTS.reduce((handler, quirk) => quirk(handler, { ...settings, paths: undefined }), inner);

function failed({ method }: Request, status: number, code: string): Response {
  const body = formatErrorBody([{ code, message: code.toLowerCase().replaceAll('_', ' ') }]) as Uint8Array<ArrayBuffer>;
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': String(body.length) };
  return new Response(method === 'HEAD' ? null : body, { status, headers });
}
