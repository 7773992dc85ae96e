/** The forms that answers come in. */

import { canonicalJson } from '../../base/json.js';
import type { Digest } from '../../digest/digest.js';

export type AnswerHeaders = Readonly<Record<string, string>>;

export function jsonAnswer(value: unknown, headers: AnswerHeaders = {}): Response {
  return bytesAnswer(canonicalJson(value), { 'content-type': 'application/json', ...headers });
}

export function bytesAnswer(bytes: Uint8Array, headers: AnswerHeaders): Response {
  // No store hands out memory that is shared between threads.
  const body = bytes as Uint8Array<ArrayBuffer>;
  return new Response(body, { headers: { 'content-length': String(bytes.length), ...headers } });
}

export function emptyAnswer(status: number, headers: AnswerHeaders = {}): Response {
  const hasLength = status !== 204 && status !== 304;
  return new Response(null, { status, headers: { ...(hasLength && { 'content-length': '0' }), ...headers } });
}

/** Where a blob or manifest was put. */
export function createdAnswer(location: string, digest: Digest, headers: AnswerHeaders = {}): Response {
  return emptyAnswer(201, { location, 'docker-content-digest': digest, ...headers });
}

/** What a digest names never changes. */
export function contentHeaders(digest: Digest): AnswerHeaders {
  return { 'docker-content-digest': digest, etag: `"${digest}"` };
}
