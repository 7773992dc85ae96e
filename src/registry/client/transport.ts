/** The port for HTTP: one request, one answer, nothing followed. Its default is the platform's `fetch`. */

import { createPort, type Port } from '../../base/port.js';
import { type ByteSource, type ByteStream, byteStream, readableStream } from '../../base/stream.js';
import { orAborted } from './interrupt.js';

/** The standard's shape of a server and of a client: what `createRegistry` has, and what `globalThis.fetch` is. */
export type Fetch = (request: Request) => Promise<Response>;

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpBody {
  /** Bytes. */
  readonly size: number;
  /** Opens the content; called again when the request has to be sent again. */
  readonly open: () => ByteSource;
}

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** False when the certificate of the server is not to be judged. */
  readonly verifyTls: boolean;
  /** Ends the request at any time, while its answer is read too. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** A header by its name in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined;
  /** To be read once, or not at all: then the signal of the request is to be aborted. */
  readonly body: ByteStream;
}

/** Sends a request and follows no redirect. Fails with what the platform fails with. */
export type HttpTransport = (request: HttpRequest) => Promise<HttpAnswer>;

/** A transport over any `fetch`; also one that does not listen to the signal of its request, as a server's. */
export function fetchTransport(fetch: Fetch): HttpTransport {
  return async (request) => {
    const send = (redirect: RequestRedirect): Promise<Response> =>
      orAborted(fetch(new Request(request.url, requestInit(request, redirect))), request.signal);
    const answer = await send('manual');
    if (answer.type !== 'opaqueredirect') return answerOf(answer, request.signal);
    // A page is not shown where a redirect leads. The browser follows, and takes credentials to no other origin.
    return answerOf(await send('follow'), request.signal);
  };
}

/** What is spoken through; Node installs `node:http`, which streams faster than its `fetch`. */
export const httpTransport: Port<HttpTransport> = createPort<HttpTransport>(
  fetchTransport((request) => globalThis.fetch(request)),
);

function requestInit({ method, headers, body, signal }: HttpRequest, redirect: RequestRedirect): RequestInit {
  const init = { method, headers, signal, redirect, credentials: 'omit', cache: 'no-store' } as const;
  if (body === undefined) return init;
  const content = body.open();
  if (content instanceof Uint8Array) return { ...init, body: content as Uint8Array<ArrayBuffer> };
  // Required by the standard for a body that is a stream, and not yet in the types.
  return { ...init, body: readableStream(byteStream(content)), duplex: 'half' } as RequestInit;
}

function answerOf(response: Response, signal: AbortSignal): HttpAnswer {
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: response.body === null ? byteStream([]) : contentOf(response.body, signal),
  };
}

async function* contentOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): ByteStream {
  const reader = body.getReader();
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
