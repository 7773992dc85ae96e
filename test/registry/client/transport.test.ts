/** HTTP by `node:http`: connections that are kept, certificates, and proxies. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import '../../../src/node/platform.js';
import { collectBytes } from '../../../src/base/stream.js';
import { nodeTransport } from '../../../src/node/registry/http-transport.js';
import { proxyFor } from '../../../src/node/registry/proxy.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import type { HttpRequest } from '../../../src/registry/client/transport.js';
import { isMet, requires } from '../../kit/requires.js';
import { run } from '../../kit/run.js';

const SIZE = 200_000;
const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  // Those of a tunnel are no server's any more.
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, headers: {}, verifyTls: true, signal: new AbortController().signal, ...more };
}

const text = async (request: HttpRequest): Promise<string> =>
  Buffer.from(await collectBytes((await nodeTransport(request)).body)).toString();

describe('a connection', () => {
  test('is kept for the next request, after bodies of every kind', async () => {
    const ports = new Set<number | undefined>();
    const server = createServer((request, response) => {
      ports.add(request.socket.remotePort);
      if (request.url === '/none') response.writeHead(204).end();
      else request.resume().on('end', () => response.setHeader('content-length', SIZE).end('x'.repeat(SIZE)));
    });
    const origin = `http://127.0.0.1:${await listen(server)}`;
    await text(get(`${origin}/some`));
    await text(get(`${origin}/none`));
    await text(get(`${origin}/some`, { method: 'HEAD' }));
    const body = { size: 3, open: () => [new Uint8Array(1), new Uint8Array(2)] };
    await text(get(`${origin}/some`, { method: 'PUT', headers: { 'content-length': '3' }, body }));
    await text(get(`${origin}/some`));
    expect(ports.size).toBe(1);
  });

  test('that the server closed meanwhile is replaced, unless a body was on its way', async () => {
    let count = 0;
    const server = createServer((request, response) => {
      count++;
      // Closes after the answer without saying so, as servers that idle too long do.
      if (count === 1) response.end('first', () => setTimeout(() => request.socket.resetAndDestroy(), 1));
      else response.end('second');
    });
    const origin = `http://127.0.0.1:${await listen(server)}`;
    expect(await text(get(origin))).toBe('first');
    expect(await text(get(origin))).toBe('second');
  });

  test('ends with the signal, while a body comes too', async () => {
    const server = createServer((_request, response) => void response.write('some'));
    const control = new AbortController();
    const answer = await nodeTransport(get(`http://127.0.0.1:${await listen(server)}`, { signal: control.signal }));
    setTimeout(() => control.abort(), 10);
    await expect(collectBytes(answer.body)).rejects.toThrow();
  });

  test('to nobody says why', async () => {
    const server = createServer();
    const host = `127.0.0.1:${await listen(server)}`;
    await new Promise((resolve) => server.close(resolve));
    const client = new RegistryClient({ retry: { attempts: 1 } });
    await expect(client.ping(host)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: `${host}: cannot reach ${host}: connect ECONNREFUSED ${host}`,
    });
  });
});

describe('a certificate', () => {
  const withOpenssl = requires('openssl');
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stratum-tls-'));
    const subject = ['-subj', '/CN=localhost', '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
    if (isMet('openssl'))
      await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const secure = (): Promise<number> =>
    listen(
      createTlsServer(
        { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) },
        (_request, response) => void response.end('{}'),
      ),
    );

  withOpenssl('that nobody vouches for is refused, and taken when that is told', async () => {
    const host = `localhost:${await secure()}`;
    const options = { retry: { attempts: 1 } };
    await expect(new RegistryClient(options).ping(host)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining('self-signed certificate'),
    });
    expect(await new RegistryClient({ ...options, verifyTls: false }).ping(host)).toMatchObject({
      origin: `https://${host}`,
    });
  });

  withOpenssl('is judged through a tunnel too', async () => {
    const port = await secure();
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url = '', headers }, socket, head) => {
      asked.push(`${url} ${headers['proxy-authorization']}`);
      const behind = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        behind.write(head);
        behind.pipe(socket).pipe(behind);
      });
      for (const each of [socket, behind]) each.on('error', () => undefined);
    });
    const before = process.env['https_proxy'];
    process.env['https_proxy'] = `http://me:word@127.0.0.1:${await listen(proxy)}`;
    try {
      await expect(text(get('https://registry.test/v2/'))).rejects.toThrow('self-signed certificate');
      expect(await text(get('https://registry.test/v2/', { verifyTls: false }))).toBe('{}');
      expect(await text(get('https://registry.test/v2/', { verifyTls: false }))).toBe('{}');
      const me = `Basic ${Buffer.from('me:word').toString('base64')}`;
      expect(asked).toEqual([`registry.test:443 ${me}`, `registry.test:443 ${me}`]);
    } finally {
      if (before === undefined) delete process.env['https_proxy'];
      else process.env['https_proxy'] = before;
    }
  });
});

describe('a proxy', () => {
  const proxy = 'http://proxy.test:3128';

  test.each([
    ['https://r.test/', { https_proxy: proxy }, proxy],
    ['https://r.test/', { HTTPS_PROXY: 'proxy.test:3128' }, proxy],
    ['https://r.test/', { http_proxy: proxy }, undefined],
    ['http://r.test/', { http_proxy: proxy }, proxy],
    ['http://r.test/', { HTTP_PROXY: proxy }, undefined],
    ['https://r.test/', { ALL_PROXY: proxy }, proxy],
    ['https://r.test/', { https_proxy: 'socks5://proxy.test' }, undefined],
    ['https://r.test/', { https_proxy: '' }, undefined],
    ['https://localhost/', { https_proxy: proxy }, undefined],
    ['https://127.0.0.1:5000/', { https_proxy: proxy }, undefined],
    ['https://r.test/', { https_proxy: proxy, no_proxy: 'r.test' }, undefined],
    ['https://a.r.test/', { https_proxy: proxy, NO_PROXY: 'x, .r.test' }, undefined],
    ['https://xr.test/', { https_proxy: proxy, no_proxy: 'r.test' }, proxy],
    ['https://r.test/', { https_proxy: proxy, no_proxy: 'r.test:8443' }, proxy],
    ['https://r.test:8443/', { https_proxy: proxy, no_proxy: 'r.test:8443' }, undefined],
    ['https://r.test/', { https_proxy: proxy, no_proxy: '*' }, undefined],
  ])('for %s with %j is %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(expected === undefined ? undefined : `${expected}/`);
  });

  test('is told the whole URL of what is not secret', async () => {
    const seen: unknown[] = [];
    const server = createServer(({ url, headers }, response) => {
      seen.push([url, headers.host]);
      response.end('from the proxy');
    });
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = `http://127.0.0.1:${await listen(server)}`;
    try {
      expect(await text(get('http://registry.test:5000/v2/?a=b'))).toBe('from the proxy');
      expect(seen).toEqual([['http://registry.test:5000/v2/?a=b', 'registry.test:5000']]);
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
  });
});
