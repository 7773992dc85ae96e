/** Answers that lead somewhere else, or round and round. */

import { formatChallenge } from '../../protocol/challenge.js';
import { formatErrorBody } from '../../protocol/errors.js';
import { formatNextLink } from '../../protocol/link.js';
import { BLOBS, LISTS, type Quirk, rewritten, striking } from './quirk.js';

const EVERY = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'];
const API = /^\/v2\//;
const TOKEN = /^\/token$/;

/** A token is always to be had, and is never good enough. */
export const bearerLoop: Quirk = (inner, settings) => {
  const refusing = striking(
    EVERY,
    API,
    () => async (request) =>
      unauthorized('Bearer', {
        realm: `${new URL(request.url).origin}/token`,
        service: 'loop',
        scope: scopeOf(request),
      }),
  );
  const giving = striking(
    ['GET', 'POST'],
    TOKEN,
    () => async () => Response.json({ token: 'never-good-enough', access_token: 'never-good-enough', expires_in: 300 }),
  );
  return refusing(giving(inner, { ...settings, times: Number.POSITIVE_INFINITY, paths: undefined }), settings);
};

/** No password is ever right. */
export const basicLoop: Quirk = striking(EVERY, API, () => async () => unauthorized('Basic', { realm: 'loop' }));

/** Tokens are to be had from another host, whose name is asked for everything that the caller has. */
export const realmElsewhere: Quirk = striking(
  EVERY,
  API,
  ({ elsewhere }) =>
    async (request) =>
      unauthorized('Bearer', { realm: `${elsewhere}/token`, service: 'elsewhere', scope: scopeOf(request) }),
);

/** Each place says that the content is in the next. */
export const redirectLoop: Quirk = striking(['GET', 'HEAD'], BLOBS, () => async (request) => {
  const next = new URL(request.url);
  next.searchParams.set('hop', String(Number(next.searchParams.get('hop') ?? 0) + 1));
  return redirect(next.href);
});

/** The content is at the same path of another host. */
export const redirectElsewhere: Quirk = striking(['GET', 'HEAD'], BLOBS, ({ elsewhere }) => async (request) => {
  const { pathname, search } = new URL(request.url);
  return redirect(`${elsewhere}${pathname}${search}`);
});

/** The next page is this page. */
export const linkLoop: Quirk = striking(['GET'], LISTS, () => async (request, pass) => {
  const { pathname, search } = new URL(request.url);
  return rewritten(await pass(), { headers: { link: formatNextLink(`${pathname}${search}`) } });
});

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location, 'content-length': '0' } });
}

function unauthorized(scheme: string, parameters: Readonly<Record<string, string>>): Response {
  const body = formatErrorBody([{ code: 'UNAUTHORIZED', message: 'authentication is required' }]);
  return new Response(body as Uint8Array<ArrayBuffer>, {
    status: 401,
    headers: { 'content-type': 'application/json', 'www-authenticate': formatChallenge(scheme, parameters) },
  });
}

function scopeOf({ url }: Request): string {
  const [, name = 'all'] = /^\/v2\/(.+)\/(?:blobs|manifests|tags|referrers)\//.exec(new URL(url).pathname) ?? [];
  return `repository:${name}:pull,push`;
}
