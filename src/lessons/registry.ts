/** The registry of a lesson: in memory, in the process of the lesson, with a record of what it was asked. */

import { MemoryBlobs } from '../blob/memory.js';
import type { BlobReader } from '../blob/store.js';
import type { Digest } from '../digest/digest.js';
import { createRegistry, type RequestHandler } from '../registry/server/registry.js';
import type { RegistryRequest } from './lesson.js';

export interface LessonRegistry extends RequestHandler {
  /** Oldest first; grows. */
  readonly traffic: readonly RegistryRequest[];
}

const BLOB = /^\/v2\/(.+)\/blobs\/([a-z0-9]+:[0-9a-f]+)$/;
const UPLOAD = /^\/v2\/(.+)\/blobs\/uploads\/[^/]*$/;
const MANIFEST = /^\/v2\/(.+)\/manifests\/([^/]+)$/;

/** An empty registry. */
export function createLessonRegistry(): LessonRegistry {
  const blobs = new MemoryBlobs();
  const registry = createRegistry({ blobs });
  const traffic: RegistryRequest[] = [];
  return {
    traffic,
    async fetch(request) {
      const { method, url } = request;
      const response = await registry.fetch(request);
      const seen = await seenRequest(method, new URL(url), response, blobs);
      if (seen !== undefined) traffic.push(seen);
      return response;
    },
  };
}

/** What a request and its answer come to for a lesson; undefined for pings, and for the parts of an upload. */
async function seenRequest(
  method: string,
  url: URL,
  { ok, headers, status }: Response,
  blobs: Pick<BlobReader, 'stat'>,
): Promise<RegistryRequest | undefined> {
  // Names need no escapes; a colon may have one.
  const path = url.pathname.replaceAll(/%3a/gi, ':');
  const sizeOf = async (digest: string): Promise<number> =>
    ok ? ((await blobs.stat(digest as Digest))?.size ?? 0) : 0;
  const [, blobRepository, digest] = BLOB.exec(path) ?? [];
  if (blobRepository !== undefined && digest !== undefined) {
    const seen = { repository: blobRepository, subject: digest, found: ok };
    if (method === 'HEAD') return { kind: 'ask', ...seen, sizeBytes: 0 };
    return method === 'GET' ? { kind: 'fetch', ...seen, sizeBytes: await sizeOf(digest) } : undefined;
  }
  const [, uploadRepository] = UPLOAD.exec(path) ?? [];
  if (uploadRepository !== undefined) {
    const mounted = url.searchParams.get('mount');
    if (method === 'POST' && mounted !== null) {
      return { kind: 'mount', repository: uploadRepository, subject: mounted, found: status === 201, sizeBytes: 0 };
    }
    // An upload ends with the request that names its digest, in one piece or after the others.
    const sent = method === 'PUT' || method === 'POST' ? url.searchParams.get('digest') : null;
    if (sent === null) return undefined;
    return { kind: 'send', repository: uploadRepository, subject: sent, found: ok, sizeBytes: await sizeOf(sent) };
  }
  const [, repository, subject] = MANIFEST.exec(path) ?? [];
  if (repository === undefined || subject === undefined) return undefined;
  const seen = { repository, subject, found: ok };
  if (method === 'PUT')
    return { kind: 'name', ...seen, sizeBytes: await sizeOf(headers.get('docker-content-digest') ?? '') };
  if (method === 'HEAD') return { kind: 'ask', ...seen, sizeBytes: 0 };
  if (method !== 'GET') return undefined;
  return { kind: 'resolve', ...seen, sizeBytes: ok ? Number(headers.get('content-length') ?? 0) : 0 };
}
