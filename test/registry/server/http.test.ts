/** The handler on a socket: what a client can do there that it cannot do to a function. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteStream, readableStream } from '../../../src/base/stream.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { type HttpServer, serveHttp } from '../../../src/node/registry/http-server.js';
import { withQuirk } from '../../../src/registry/server/quirks/quirks.js';
import type { Registry } from '../../../src/registry/server/registry.js';
import { stratumServe } from '../../kit/stratum-serve.js';
import { bytesOf, NAME, newRegistry, pushBlob, pushImage } from './kit.js';

let registry: Registry;
let server: HttpServer;
const open: Socket[] = [];

beforeEach(async () => {
  registry = newRegistry({ limits: { bodyIdleMs: 200 } });
  server = await serveHttp(registry);
});

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await server.close();
});

async function socketTo({ port }: HttpServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  open.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes as they are, and gives all that comes until the connection ends. */
async function raw(text: string, { end = false }: { readonly end?: boolean } = {}): Promise<string> {
  const socket = await socketTo(server);
  socket.write(text, 'latin1');
  if (end) socket.end();
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const get = (target: string): Promise<string> =>
  raw(`GET ${target} HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n`);

describe('a path as it is spelled', () => {
  test.each([
    '/v2/../../etc/passwd',
    '/v2/a/../b/tags/list',
    '/v2/%2e%2e/b/tags/list',
    '/v2/a/%2E./tags/list',
    '/v2/a/./tags/list',
    '/v2/a\\..\\b/tags/list',
    '/..',
    '*',
  ])('%s is refused', async (target) => {
    const answer = await get(target);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('{"errors":[{"code":"NAME_INVALID"');
  });

  test('with a byte that no path has is refused', async () => {
    expect(await get('/v2/a\0b/tags/list')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('with two slashes is refused', async () => {
    expect(await get('/v2//a/tags/list')).toContain('NAME_INVALID');
  });

  test('may have dots in its query', async () => {
    expect(await get('/v2/?last=../..')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('of a host that is none is refused', async () => {
    expect(await raw('GET /v2/ HTTP/1.1\r\nHost: a b:c\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a body on a socket', () => {
  const content = bytesOf(100_000);
  const digest = digestOf(content);
  const uploads = `/v2/${NAME}/blobs/uploads/`;

  const start = async (): Promise<string> => {
    const { headers } = await fetch(`${server.url}${uploads}`, { method: 'POST' });
    return headers.get('location') ?? '';
  };

  test('that ends before its Content-Length does is kept as far as it came', async () => {
    const location = await start();
    const socket = await socketTo(server);
    socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n${'x'.repeat(1000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await expect.poll(async () => (await fetch(`${server.url}${location}`)).headers.get('range')).toBe('0-999');
  });

  test('that stops is not waited for', async () => {
    const location = await start();
    const head = `PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n`;
    const answer = await raw(`${head}${'x'.repeat(1000)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*BLOB_UPLOAD_INVALID/);
    expect(answer).toMatch(/connection: close/i);
  });

  test('that nobody wants is answered, and the connection ends', async () => {
    const location = await start();
    const head = `PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Range: 7-99999999\r\nContent-Length: 99999993\r\n\r\n`;
    const socket = await socketTo(server);
    socket.write(head);
    let sent = 0;
    const piece = new Uint8Array(65_536);
    const pump = (): void => {
      while (!socket.destroyed && sent < 99_000_000) {
        sent += piece.length;
        if (!socket.write(piece)) return void socket.once('drain', pump);
      }
    };
    pump();
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 416 /);
    expect(sent).toBeLessThan(50_000_000);
  });

  test('in chunks is taken, and what is sent is what comes', async () => {
    const location = await start();
    const halves = [content.subarray(0, 50_000), content.subarray(50_000)];
    const init = { method: 'PATCH', body: readableStream(byteStream(halves)), duplex: 'half' } as RequestInit;
    expect((await fetch(`${server.url}${location}`, init)).status).toBe(202);
    const done = await fetch(`${server.url}${location}?digest=${digest}`, { method: 'PUT' });
    expect(done.status).toBe(201);
    const got = await fetch(`${server.url}${done.headers.get('location')}`);
    expect(digestOf(new Uint8Array(await got.arrayBuffer()))).toBe(digest);
  });

  test('in chunks that are none ends the connection', async () => {
    const location = await start();
    const head = `PATCH ${location} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await raw(`${head}zzz\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`${server.url}${location}`)).headers.get('range')).toBe('0-0');
  });

  test('with two lengths is refused', async () => {
    const location = await start();
    const head = `PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n`;
    expect(await raw(`${head}abcdef`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('is not read for a HEAD, and one connection serves many', async () => {
    await pushBlob(registry, content);
    for (let i = 0; i < 20; i++) {
      const { status, headers } = await fetch(`${server.url}/v2/${NAME}/blobs/${digest}`, { method: 'HEAD' });
      expect([status, headers.get('content-length')]).toEqual([200, '100000']);
    }
  });

  test('is given up when the client goes away', async () => {
    const large = await pushBlob(registry, bytesOf(8_000_000));
    const socket = await socketTo(server);
    socket.write(`GET /v2/${NAME}/blobs/${large} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    expect((await fetch(`${server.url}/v2/`)).status).toBe(200);
  });
});

describe('a quirk on a socket', () => {
  let layer: string;

  beforeEach(async () => {
    const image = await pushImage(registry);
    layer = `/v2/${NAME}/blobs/${image.layer}`;
  });

  test.each(['cut-body', 'cut-connection', 'cut-answer'] as const)('%s ends the connection', async (quirk) => {
    const cutting = await serveHttp(withQuirk(registry, quirk));
    await expect(fetch(`${cutting.url}${layer}`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    await cutting.close();
  });

  test('registry-2.8 announces more than it sends', async () => {
    const old = await serveHttp(withQuirk(registry, 'registry-2.8'));
    const answer = await fetch(`${old.url}${layer}`, { headers: { range: 'bytes=9000-' } });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([416, '2048']);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    await old.close();
  });
});

describe('stratum serve', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'stratum-serve-'));

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('keeps what was pushed, and ends when it is asked to', async () => {
    const content = bytesOf(5000);
    const digest = digestOf(content);
    const first = await stratumServe(join(scratch, 'kept'));
    const pushed = await fetch(`${first.url}/v2/${NAME}/blobs/uploads/?digest=${digest}`, {
      method: 'POST',
      body: content as Uint8Array<ArrayBuffer>,
    });
    expect(pushed.status).toBe(201);
    expect(await first.stop()).toBe(0);
    const second = await stratumServe(join(scratch, 'kept'), ['--read-only']);
    const got = await fetch(`${second.url}/v2/${NAME}/blobs/${digest}`);
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(content);
    expect((await fetch(`${second.url}/v2/${NAME}/blobs/${digest}`, { method: 'DELETE' })).status).toBe(405);
    expect(await second.stop('SIGINT')).toBe(130);
  });
});
