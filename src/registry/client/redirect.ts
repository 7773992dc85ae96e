/** Where answers lead: redirects, and the `Location` of an upload (RFC 9110, sections 10.2.2 and 15.4). */

import type { HttpMethod } from './transport.js';

/** Redirects of one request. */
export const REDIRECT_LIMIT = 10;

/** True for a redirect that keeps what is asked: one that turns a PUT into a GET is none. */
export function isRedirect(status: number, method: HttpMethod): boolean {
  if (status === 307 || status === 308) return true;
  return (method === 'GET' || method === 'HEAD') && (status === 301 || status === 302 || status === 303);
}

/**
 * A location, relative to where the answer came from; `undefined` for what is no URL of HTTP. One on the same host that
 * falls from https to http is taken as https: it comes from a server that does not know of the TLS before it.
 */
export function resolveLocation(location: string | undefined, from: string): URL | undefined {
  if (location === undefined || !URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  const base = new URL(from);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  if (base.protocol === 'https:' && url.protocol === 'http:' && url.hostname === base.hostname && url.port === '') {
    url.protocol = 'https:';
    url.port = base.port;
  }
  return url;
}
