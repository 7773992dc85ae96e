/** HTTP to registries by `node:http`: connections that are kept, and bodies without a web stream around each chunk. */

import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { type ByteSource, type ByteStream, byteStream } from '../../base/stream.js';
import type { HttpAnswer, HttpRequest, HttpTransport } from '../../registry/client/transport.js';
import { proxyFor, proxyHeaders } from './proxy.js';

/** What https takes, loaded when it is first spoken: a registry on this machine is asked in plain. */
type Secure = typeof import('./secure.js');

const PLAIN = new Agent({ keepAlive: true });

/**
 * Sends a request. A kept connection that the other side closed at that very moment is none that failed: the request goes
 * out again, on another one.
 */
export const nodeTransport: HttpTransport = async (request) => {
  try {
    return await exchange(request, undefined);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return exchange(request, false);
  }
};

class StaleConnection extends Error {}

async function exchange(request: HttpRequest, agent: false | undefined): Promise<HttpAnswer> {
  const tls = request.url.startsWith('https:') ? await import('./secure.js') : undefined;
  return new Promise((resolve, reject) => {
    const outgoing = open(request, agent, tls);
    const sending = new Sending(outgoing);
    outgoing.on('response', (incoming) => {
      sending.stop();
      resolve(answerOf(incoming, outgoing, sending));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Of a body, nobody knows what has arrived.
      const mayBeStale = agent === undefined && request.body === undefined;
      const isStale = mayBeStale && outgoing.reusedSocket && error.code === 'ECONNRESET';
      reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    if (request.body === undefined) outgoing.end();
    else sending.send(request.body.open()).catch((error: Error) => outgoing.destroy(error));
  });
}

function open(request: HttpRequest, agent: false | undefined, tls: Secure | undefined): ClientRequest {
  const { url, method, headers, verifyTls, signal } = request;
  const target = new URL(url);
  const proxy = proxyFor(target, process.env);
  const common = { method, headers, signal };
  if (tls !== undefined && target.protocol === 'https:') {
    const isDirect = agent === false && proxy === undefined;
    const kept = isDirect ? false : tls.secureAgent(proxy, verifyTls);
    return tls.secureRequest(target, { ...common, agent: kept, rejectUnauthorized: verifyTls });
  }
  if (proxy === undefined) return httpRequest(target, { ...common, agent: agent ?? PLAIN });
  const toProxy = { ...headers, ...proxyHeaders(proxy), host: target.host };
  return httpRequest(proxy, { ...common, headers: toProxy, path: target.href, agent: agent ?? PLAIN });
}

/** A body on its way out, no faster than it is taken. */
class Sending {
  readonly #outgoing: ClientRequest;
  #isStopped: boolean = false;
  #isWhole: boolean = false;

  constructor(outgoing: ClientRequest) {
    this.#outgoing = outgoing;
  }

  get isWhole(): boolean {
    return this.#isWhole || this.#outgoing.writableEnded;
  }

  /** Who has answered wants no more of it. */
  stop(): void {
    this.#isStopped = true;
    this.#outgoing.emit('drain');
  }

  async send(source: ByteSource): Promise<void> {
    if (source instanceof Uint8Array) {
      this.#outgoing.end(source);
      return;
    }
    for await (const chunk of byteStream(source)) {
      if (this.#isStopped || this.#outgoing.destroyed) return;
      if (!this.#outgoing.write(chunk)) await drained(this.#outgoing);
    }
    this.#isWhole = true;
    this.#outgoing.end();
  }
}

/** Resolves when there is room again, and when there will never be. */
function drained(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done);
      outgoing.off('close', done);
      resolve();
    };
    outgoing.on('drain', done);
    outgoing.on('close', done);
  });
}

function answerOf(incoming: IncomingMessage, outgoing: ClientRequest, sending: Sending): HttpAnswer {
  return {
    status: incoming.statusCode ?? 0,
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: contentOf(incoming, outgoing, sending),
  };
}

async function* contentOf(incoming: IncomingMessage, outgoing: ClientRequest, sending: Sending): ByteStream {
  let isEnded = false;
  try {
    yield* incoming as AsyncIterable<Uint8Array>;
    isEnded = true;
  } finally {
    // A connection is only fit for the next request when both sides are through with this one.
    if (!isEnded || !sending.isWhole) outgoing.destroy();
  }
}
