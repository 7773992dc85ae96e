/** The table of routes (distribution-spec, "Endpoints"): a path and a method lead to one handler. */

import type { Action } from './access/access.js';
import type { Handler } from './call.js';
import { appendUpload } from './handlers/append-upload.js';
import { cancelUpload } from './handlers/cancel-upload.js';
import { deleteBlob } from './handlers/delete-blob.js';
import { deleteManifest } from './handlers/delete-manifest.js';
import { finishUpload } from './handlers/finish-upload.js';
import { getBlob } from './handlers/get-blob.js';
import { getManifest } from './handlers/get-manifest.js';
import { getUpload } from './handlers/get-upload.js';
import { listReferrers } from './handlers/list-referrers.js';
import { listRepositories } from './handlers/list-repositories.js';
import { listTags } from './handlers/list-tags.js';
import { ping } from './handlers/ping.js';
import { putManifest } from './handlers/put-manifest.js';
import { startUpload } from './handlers/start-upload.js';
import { Refusal } from './refusal.js';

interface Endpoint {
  readonly action: Action;
  readonly handler: Handler;
}

export interface Route {
  /** Its groups: the name of the repository, and what stands last. */
  readonly path: RegExp;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

export interface Match {
  readonly endpoint: Endpoint;
  /** `undefined` for a path that names no repository. */
  readonly name: string | undefined;
  readonly last: string;
}

const to = (action: Action, handler: Handler): Endpoint => ({ action, handler });

/** The first that fits is taken: a repository may be called `a/blobs/uploads`. */
export const ROUTES: readonly Route[] = [
  { path: /^\/v2\/?$/, endpoints: { GET: to('pull', ping) } },
  { path: /^\/v2\/_catalog$/, endpoints: { GET: to('pull', listRepositories) } },
  { path: /^\/v2\/(.*)\/tags\/list$/, endpoints: { GET: to('pull', listTags) } },
  {
    path: /^\/v2\/(.*)\/manifests\/([^/]+)$/,
    endpoints: { GET: to('pull', getManifest), PUT: to('push', putManifest), DELETE: to('delete', deleteManifest) },
  },
  { path: /^\/v2\/(.*)\/referrers\/([^/]+)$/, endpoints: { GET: to('pull', listReferrers) } },
  { path: /^\/v2\/(.*)\/blobs\/uploads\/?$/, endpoints: { POST: to('push', startUpload) } },
  {
    path: /^\/v2\/(.*)\/blobs\/uploads\/([^/]+)$/,
    endpoints: {
      GET: to('push', getUpload),
      PATCH: to('push', appendUpload),
      PUT: to('push', finishUpload),
      DELETE: to('push', cancelUpload),
    },
  },
  { path: /^\/v2\/(.*)\/blobs\/([^/]+)$/, endpoints: { GET: to('pull', getBlob), DELETE: to('delete', deleteBlob) } },
];

/** Where a request leads; fails where it leads nowhere. A HEAD goes the way of its GET. */
export function matchRoute(method: string, pathname: string, routes: readonly Route[] = ROUTES): Match {
  for (const { path, endpoints } of routes) {
    const found = path.exec(pathname);
    if (found === null) continue;
    const endpoint = Object.hasOwn(endpoints, method)
      ? endpoints[method]
      : method === 'HEAD'
        ? endpoints['GET']
        : undefined;
    if (endpoint === undefined) throw notAllowed(method, endpoints);
    const [, name, last = ''] = found;
    return { endpoint, name: name === undefined ? undefined : decoded(name), last: decoded(last) };
  }
  throw new Refusal('UNSUPPORTED', 'no such path', { status: 404 });
}

function notAllowed(method: string, endpoints: Readonly<Record<string, Endpoint>>): Refusal {
  const methods = Object.keys(endpoints);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return new Refusal('UNSUPPORTED', `${method} is not for this path`, { headers: { allow } });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('NAME_INVALID', 'the path is not well encoded');
  }
}
