/** What a quirk is: a handler around a handler, which does to requests or answers what some server out there does. */

import type { RequestHandler } from '../registry.js';

export interface QuirkSettings {
  /** Whatever is left to chance comes out the same for the same seed. */
  readonly seed: number;
  /** Paths that it is for; each quirk has its own without it. */
  readonly paths: RegExp | undefined;
  /** It strikes this often, and then no more. */
  readonly times: number;
  /** How likely it is to strike, of those that are left to chance; from 0 to 1. */
  readonly rate: number;
  /** Bytes of an answer that come before it strikes. */
  readonly afterBytes: number;
  /** Between pieces of a slow body, in milliseconds. */
  readonly delayMs: number;
  /** Bytes of a document that is far too large. */
  readonly sizeBytes: number;
  /** Another host, that answers lead to: `http://127.0.0.1:5001`. */
  readonly elsewhere: string;
  /** For a 429, in seconds or as a date. */
  readonly retryAfter: string;
}

export type Quirk = (inner: RequestHandler, settings: QuirkSettings) => RequestHandler;

/** Where most quirks strike. */
export const BLOBS: RegExp = /\/blobs\/[^/]+:[^/]+$/;
export const MANIFESTS: RegExp = /\/manifests\/[^/]+$/;
export const LISTS: RegExp = /\/tags\/list$|\/referrers\/[^/]+$|\/_catalog$/;

type Answering = (request: Request, pass: () => Promise<Response>) => Promise<Response>;

/** A quirk of those requests that a method and a path choose; `times` is counted. */
export function striking(
  methods: readonly string[],
  paths: RegExp,
  answer: (settings: QuirkSettings) => Answering,
): Quirk {
  return (inner, settings) => {
    const answering = answer(settings);
    let left = settings.times;
    return {
      fetch: async (request) => {
        const isMeant =
          methods.includes(request.method) && (settings.paths ?? paths).test(new URL(request.url).pathname);
        if (!isMeant || left <= 0) return inner.fetch(request);
        left--;
        return answering(request, () => inner.fetch(request));
      },
    };
  };
}

/** The same request for another address, with other headers. */
export function readdressed(request: Request, url: URL, headers: Headers = new Headers(request.headers)): Request {
  const { method, body, signal } = request;
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal };
  if (body !== null) Object.assign(init, { body, duplex: 'half' });
  return new Request(url, init);
}

/** The same answer with other headers or another body. */
export function rewritten(
  answer: Response,
  { headers, body = answer.body, status = answer.status }: RewrittenAnswer,
): Response {
  const all = new Headers(answer.headers);
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  return new Response(body, { status, headers: all });
}

export interface RewrittenAnswer {
  /** `undefined` takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: ReadableStream<Uint8Array> | string | null;
  readonly status?: number;
}

/** Numbers from 0 to 1 that look random, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
