/** Any request handler on a socket: node:http on one side, the fetch standard's requests and answers on the other. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readableStream } from '../../base/stream.js';
import { fileOf } from '../../registry/server/blob-answer.js';
import { Refusal, refusalResponse } from '../../registry/server/refusal.js';
import type { RequestHandler } from '../../registry/server/registry.js';
import { sendFile } from './send-file.js';

export interface HttpOptions {
  /** 127.0.0.1 without it: nobody else is let in. */
  readonly host?: string;
  /** One that is free without it. */
  readonly port?: number;
}

export interface HttpServer {
  /** `http://127.0.0.1:5000`. */
  readonly url: string;
  readonly port: number;
  /** Takes no new connections, and ends once the requests that are being answered are. */
  close(): Promise<void>;
}

/** Bytes of a body that nobody wanted which are still read, so that a client which sends first and reads later can. */
const DRAINED_BYTES = 4 * 1024 * 1024;
const DRAIN_MS = 500;
/** Requests that are being answered get this long when the server ends: less than an interrupted verb gets. */
const CLOSE_GRACE_MS = 700;
/** One write to a socket keeps this much in memory, so that a file is read while the socket takes what was read. */
const SOCKET_BYTES = 512 * 1024;

export async function serveHttp(handler: RequestHandler, options: HttpOptions = {}): Promise<HttpServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const server = createServer({ highWaterMark: SOCKET_BYTES }, (request, response) => {
    answer(handler, request, response).catch(() => response.destroy());
  });
  // A large blob over a slow line takes its time; that bytes come at all is watched where they are read.
  server.requestTimeout = 0;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // not of a pipe
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${shown}:${address.port}`, port: address.port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(timer);
}

async function answer(handler: RequestHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = requestOf(incoming);
  // A handler that rejects has no answer: the connection ends without one.
  const response = request instanceof Request ? await handler.fetch(request) : request;
  const hasRest = !incoming.complete;
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  // Whoever is still sending is told to stop, and given a moment to read that: unread bytes would make the end of the
  // connection a reset, which takes the answer back.
  if (hasRest) outgoing.setHeader('connection', 'close');
  if (!(await sendBody(response, outgoing))) return endEarly(outgoing);
  if (hasRest) await drain(incoming);
  outgoing.end();
}

/** The request as the fetch standard has it, or what is answered to one that is none there. */
function requestOf(incoming: IncomingMessage): Request | Response {
  const { method = 'GET', url: target = '/', headers } = incoming;
  const init: RequestInit & { duplex?: 'half' } = { method };
  if (method !== 'GET' && method !== 'HEAD' && hasBody(incoming)) {
    // The connection stays when the rest of a body is not wanted: the answer goes out on it.
    init.body = readableStream(incoming.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>);
    init.duplex = 'half';
  }
  try {
    checkTarget(target);
    return new Request(new URL(target, `http://${headers.host ?? 'localhost'}`), {
      ...init,
      headers: headersOf(incoming),
    });
  } catch (error) {
    const isKnown = error instanceof Refusal;
    return refusalResponse(
      isKnown ? error : new Refusal('NAME_INVALID', 'the request is not one that can be answered'),
    );
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A URL resolves `..` silently, so a path would name something else than it spells; no name of ours has dots alone. */
function checkTarget(target: string): void {
  const [path = ''] = target.split(/[?#]/, 1);
  const hasDots = path.split(/[/\\]/).some((each) => /^(?:\.|%2e){1,2}$/i.test(each));
  if (!path.startsWith('/') || hasDots || path.includes('\\')) {
    throw new Refusal('NAME_INVALID', 'the path is not one of a registry');
  }
}

/** Sends a body; false when it failed, or is not as long as was announced. */
async function sendBody(response: Response, outgoing: ServerResponse): Promise<boolean> {
  const { body, headers } = response;
  outgoing.flushHeaders();
  if (body === null) return true;
  const part = fileOf(response);
  if (part !== undefined) return sendFile(part, outgoing);
  const length = headers.get('content-length');
  const reader = body.getReader();
  outgoing.on('close', () => reader.cancel().catch(() => {}));
  let sent = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || outgoing.destroyed) break;
      sent += value.length;
      if (!outgoing.write(value)) await drained(outgoing);
    }
  } catch {
    return false;
  }
  return length === null || sent === Number(length);
}

/** A client must not wait for what does not come; what was sent it may have. */
function endEarly({ socket }: ServerResponse): void {
  setImmediate(() => socket?.destroySoon());
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed) resolve();
    const settle = (): void => {
      outgoing.off('drain', settle);
      outgoing.off('close', settle);
      resolve();
    };
    outgoing.on('drain', settle);
    outgoing.on('close', settle);
  });
}

/** Reads a little of what is still coming, and then waits a little: the client is to read, or to end, before we do. */
async function drain(incoming: IncomingMessage): Promise<void> {
  let read = 0;
  incoming.on('data', (chunk: Uint8Array) => {
    read += chunk.length;
    if (read > DRAINED_BYTES) incoming.pause();
  });
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    for (const end of ['end', 'close', 'error']) incoming.once(end, () => resolve());
    timer = setTimeout(resolve, DRAIN_MS);
  });
  clearTimeout(timer);
}
