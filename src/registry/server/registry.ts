/**
 * A registry in a function: a request comes in, an answer goes out (distribution-spec 1.1). It runs wherever requests
 * and answers are those of the fetch standard: on a socket, in a worker, in a page.
 */

import type { BlobStore } from '../../blob/store.js';
import { isRepository } from '../../image/reference.js';
import { type Action, type Authorize, openToAll, type Verdict } from './access/access.js';
import type { Call, Parts } from './call.js';
import { type Collected, type CollectOptions, collect } from './collect.js';
import { Gate, Turns } from './gate.js';
import { DEFAULT_LIMITS, type RegistryLimits } from './limits.js';
import { MemoryRecords } from './records/memory.js';
import type { Records } from './records/records.js';
import { isAnswer, Refusal, refusalResponse } from './refusal.js';
import { Repository } from './repository.js';
import { matchRoute, ROUTES, type Route } from './routes.js';
import { Touched } from './touched.js';
import { MemoryUploads } from './uploads/memory.js';
import type { UploadStore } from './uploads/store.js';
import { Uploads } from './uploads/uploads.js';
import { pullThrough } from './upstream/pull-through.js';
import type { Upstream } from './upstream/upstream.js';

/** Anything that answers requests. */
export interface RequestHandler {
  fetch(request: Request): Promise<Response>;
}

export interface Registry extends RequestHandler {
  /** Removes what nothing needs, while requests are served. */
  collect(options?: CollectOptions): Promise<Collected>;
}

export interface RegistryOptions {
  readonly blobs: BlobStore;
  /** What is where beside the blobs; in memory without it. */
  readonly records?: Records;
  /** Uploads in flight; in memory without it. */
  readonly uploads?: UploadStore;
  /** Who may do what; everybody may do everything without it. */
  readonly authorize?: Authorize;
  readonly limits?: Partial<RegistryLimits>;
  /** Takes manifests that lead to blobs or manifests which are not here. */
  readonly sparse?: boolean;
  /** Another registry: what is not here is fetched from there. */
  readonly upstream?: Upstream;
  /** Milliseconds since 1970; the machine's clock without it. */
  readonly now?: () => number;
  /** Told of what is the registry's own failure, and answered with a 500. */
  readonly onError?: (error: unknown, request: Request) => void;
}

export function createRegistry(options: RegistryOptions): Registry {
  const { blobs, now = Date.now, onError } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const parts: Parts = {
    blobs,
    records: options.records ?? new MemoryRecords(),
    uploads: new Uploads(options.uploads ?? new MemoryUploads(blobs), limits, now),
    authorize: options.authorize ?? openToAll,
    limits,
    sparse: options.sparse ?? false,
    now,
    gate: new Gate(),
    turns: new Turns(),
    touched: new Touched(now),
  };
  const routes = options.upstream === undefined ? ROUTES : pullThrough(ROUTES, options.upstream);
  return {
    fetch: async (request) => {
      const answer = await respond(request, parts, routes).catch((error: unknown) => {
        if (!isAnswer(error)) onError?.(error, request);
        return refusalResponse(error);
      });
      answer.headers.set('docker-distribution-api-version', 'registry/2.0');
      return request.method === 'HEAD' ? withoutBody(answer) : answer;
    },
    collect: (collecting) => collect(parts, collecting),
  };
}

async function respond(request: Request, parts: Parts, routes: readonly Route[]): Promise<Response> {
  const url = new URL(request.url);
  const { endpoint, name, last } = matchRoute(request.method, url.pathname, routes);
  if (name !== undefined && !isRepository(name)) {
    throw new Refusal('NAME_INVALID', `not the name of a repository: ${JSON.stringify(name.slice(0, 300))}`);
  }
  const judge = (action: Action, repository: string | undefined, mountFrom?: string): Promise<Verdict> =>
    parts.authorize({
      authorization: request.headers.get('authorization') ?? undefined,
      repository,
      action,
      mountFrom,
      origin: url.origin,
    });
  admit(await judge(endpoint.action, name, mountSourceIn(request, url)));
  const call: Call = {
    request,
    url,
    parts,
    repository: new Repository(name ?? '', parts.records),
    last,
    may: async (action, repository) => (await judge(action, repository)).kind === 'granted',
  };
  return endpoint.handler(call);
}

function mountSourceIn({ method }: Request, { searchParams }: URL): string | undefined {
  const from = method === 'POST' && searchParams.has('mount') ? searchParams.get('from') : null;
  return from !== null && isRepository(from) ? from : undefined;
}

function admit(verdict: Verdict): void {
  switch (verdict.kind) {
    case 'granted':
      return;
    case 'unknown':
      throw new Refusal('UNAUTHORIZED', 'authentication is required', {
        headers: { 'www-authenticate': verdict.challenge },
      });
    case 'denied':
      throw new Refusal('DENIED', 'this is not for you to do');
  }
}

function withoutBody(answer: Response): Response {
  answer.body?.cancel().catch(() => {});
  return new Response(null, { status: answer.status, headers: answer.headers });
}
