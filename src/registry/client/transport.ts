/** The port for HTTP: one request, one answer, nothing followed. Its default is the platform's `fetch`. */

import { createPort, type Port } from '../../base/port.js';
import { type ByteSource, type ByteStream, byteStream } from '../../base/stream.js';

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

/** A transport over any `fetch`. */
export function fetchTransport(fetch: Fetch): HttpTransport {
  return async (request) => {
    const answer = await fetch(new Request(request.url, requestInit(request, 'manual')));
    if (answer.type !== 'opaqueredirect') return answerOf(answer);
    // A page is not shown where a redirect leads. The browser follows, and takes credentials to no other origin.
    return answerOf(await fetch(new Request(request.url, requestInit(request, 'follow'))));
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
  return { ...init, body: readableOf(byteStream(content)), duplex: 'half' } as RequestInit;
}

function readableOf(stream: ByteStream): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = stream[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

function answerOf(response: Response): HttpAnswer {
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: byteStream(response.body ?? []),
  };
}
