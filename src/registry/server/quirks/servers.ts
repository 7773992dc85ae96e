/** Servers that leave parts of the specification out. */

import { type Quirk, readdressed, rewritten, striking } from './quirk.js';

const REFERRERS = /\/referrers\/[^/]+$/;
const MANIFESTS = /\/manifests\/[^/]+$/;
const STARTS = /\/blobs\/uploads\/?$/;

/** No list of referrers: a 404 in plain text, and a push says nothing of a subject. */
export const noReferrers: Quirk = (inner, settings) => {
  const absent = striking(['GET', 'HEAD'], REFERRERS, () => async () => notFound());
  const silent = striking(
    ['PUT'],
    MANIFESTS,
    () => async (_request, pass) => rewritten(await pass(), { headers: { 'oci-subject': undefined } }),
  );
  return absent(silent(inner, settings), settings);
};

/** Every mount is answered by a 202: the blob is to be pushed. */
export const noMount: Quirk = without(['mount', 'from'], STARTS, ['POST']);

/** A whole blob is not taken by a POST alone: a 202, and a PUT is to follow. */
export const noSinglePost: Quirk = without(['digest'], STARTS, ['POST']);

/** Leaves parameters out of the request. */
export function without(parameters: readonly string[], paths: RegExp, methods: readonly string[]): Quirk {
  return (inner, settings) => {
    const leavingOut = striking(methods, paths, () => (request) => {
      const url = new URL(request.url);
      for (const name of parameters) url.searchParams.delete(name);
      return inner.fetch(readdressed(request, url));
    });
    return leavingOut(inner, settings);
  };
}

function notFound(): Response {
  return new Response('404 page not found\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
}
