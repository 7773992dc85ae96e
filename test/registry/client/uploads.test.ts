/** Blobs on their way into a registry, and what may happen to them there. */

import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import '../../../src/node/platform.js';
import { collectBytes } from '../../../src/base/stream.js';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { serveHttp } from '../../../src/node/registry/http-server.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import { createRegistry } from '../../../src/registry/server/registry.js';
import { startCuttingProxy } from './cutting-proxy.js';
import { type Answer, bytes, refused, type SeenRequest, scripted } from './scripted.js';

const CONTENT = bytes('0123456789');
const BLOB = { digest: digestOf(CONTENT), size: CONTENT.length };
const openAt = (offset: number): Uint8Array => CONTENT.subarray(offset);

/** A registry that lacks the blob and begins an upload. */
function taking(
  answers: Partial<Record<'PUT' | 'PATCH' | 'GET', Answer>>,
  headers: Record<string, string> = {},
): Answer {
  return (request, number) => {
    const { method } = request;
    if (method === 'HEAD') return new Response(null, { status: 404 });
    if (method === 'POST') return moved(202, '/upload?_state=a%2Fb', headers);
    return answers[method as 'PUT']?.(request, number) ?? new Response(null, { status: 201 });
  };
}

function moved(status: number, location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { location, ...headers } });
}

const steps = (seen: readonly SeenRequest[]): string[] =>
  seen.map(({ method, headers, body }) =>
    [method, headers.get('content-range'), body].filter((part) => part !== null && part !== '').join(' '),
  );

describe('an upload', () => {
  test('is one request, where it was begun, with the query of the location', async () => {
    const { repository, seen } = scripted(taking({}));
    expect(await repository.putBlob(BLOB, openAt)).toBe('uploaded');
    expect(steps(seen)).toEqual(['HEAD', 'POST', 'PUT 0123456789']);
    expect(seen[2]?.url.search).toBe(`?_state=a%2Fb&digest=${encodeURIComponent(BLOB.digest)}`);
    expect(seen[2]?.headers.get('content-length')).toBe('10');
  });

  test('of a source of too few bytes fails', async () => {
    const { repository } = scripted(taking({}));
    await expect(repository.putBlob({ ...BLOB, size: 11 }, openAt)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
  });

  test('of a source that fails, fails as it did', async () => {
    const reason = new Error('disk');
    const { repository, seen } = scripted(taking({}));
    // biome-ignore lint/correctness/useYield: it fails before
    const open = async function* (): AsyncGenerator<Uint8Array> {
      throw reason;
    };
    await expect(repository.putBlob(BLOB, open)).rejects.toBe(reason);
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('tells how far it is', async () => {
    const told: number[] = [];
    const { repository } = scripted(taking({}));
    const open = (): Iterable<Uint8Array> => [CONTENT.subarray(0, 4), CONTENT.subarray(4)];
    await repository.putBlob(BLOB, open, { onProgress: (currentBytes) => told.push(currentBytes) });
    expect(told).toEqual([4, 10]);
  });

  test('goes in chunks where the server wants them', async () => {
    const size = 40 * 1024 * 1024;
    const content = new Uint8Array(size).fill(1);
    const spans: (string | null)[] = [];
    const { repository } = scripted(
      taking(
        {
          PATCH: ({ headers }) => {
            spans.push(headers.get('content-range'));
            return moved(202, '/upload', { range: `0-${headers.get('content-range')?.split('-')[1]}` });
          },
        },
        { 'oci-chunk-min-length': '1000' },
      ),
    );
    await repository.putBlob({ digest: digestOf(content), size }, (offset) => content.subarray(offset));
    expect(spans).toEqual(['0-16777215', '16777216-33554431', '33554432-41943039']);
  });

  test('goes on behind what was received', async () => {
    const { repository, seen } = scripted(
      taking({
        PUT: ({ body }) => {
          if (body !== '') throw new TypeError('fetch failed');
          return new Response(null, { status: 201 });
        },
        GET: () => moved(204, '/upload?_state=second', { range: '0-3' }),
        PATCH: () => moved(202, '/upload?_state=third', { range: '0-9' }),
      }),
    );
    await repository.putBlob(BLOB, openAt);
    expect(steps(seen)).toEqual(['HEAD', 'POST', 'PUT 0123456789', 'HEAD', 'GET', 'PATCH 4-9 456789', 'PUT']);
    expect(seen.slice(5).map(({ url }) => url.searchParams.get('_state'))).toEqual(['second', 'third']);
  });

  test.each([
    ['it is not known any more', () => refused(404, 'BLOB_UPLOAD_UNKNOWN', 'unknown')],
    ['the server does not say what it has', () => moved(204, '/upload')],
    ['what it has is one byte or none', () => moved(204, '/upload', { range: '0-0' })],
    ['it has more than there is', () => moved(204, '/upload', { range: '0-10' })],
  ])('begins again when %s', async (_, get) => {
    let isCut = true;
    const { repository, seen } = scripted(
      taking({
        PUT: () => {
          if (!isCut) return new Response(null, { status: 201 });
          isCut = false;
          throw new TypeError('fetch failed');
        },
        GET: get,
      }),
    );
    await repository.putBlob(BLOB, openAt);
    expect(steps(seen).slice(-2)).toEqual(['POST', 'PUT 0123456789']);
  });

  test('begins again when what went on was not right after all', async () => {
    let puts = 0;
    const { repository, seen } = scripted(
      taking({
        PUT: () => {
          puts++;
          if (puts === 1) throw new TypeError('fetch failed');
          return puts === 2 ? refused(400, 'DIGEST_INVALID', 'no') : new Response(null, { status: 201 });
        },
        GET: () => moved(204, '/upload', { range: '0-3' }),
        PATCH: () => moved(202, '/upload'),
      }),
    );
    await repository.putBlob(BLOB, openAt);
    expect(steps(seen).slice(-2)).toEqual(['POST', 'PUT 0123456789']);
  });

  test('of which only the answer was lost is done', async () => {
    let isThere = false;
    const { repository, seen } = scripted((request, number) => {
      if (request.method === 'HEAD' && isThere) return new Response(null, { headers: { 'content-length': '10' } });
      return taking({
        PUT: () => {
          isThere = true;
          throw new TypeError('fetch failed');
        },
      })(request, number);
    });
    expect(await repository.putBlob(BLOB, openAt)).toBe('uploaded');
    expect(steps(seen)).toEqual(['HEAD', 'POST', 'PUT 0123456789', 'HEAD']);
  });

  test('that cannot be mounted goes on in what the server began', async () => {
    const { repository, seen } = scripted(taking({}));
    expect(await repository.putBlob(BLOB, openAt, { mountFrom: ['app', 'base'] })).toBe('uploaded');
    expect(steps(seen)).toEqual(['HEAD', 'POST', 'PUT 0123456789']);
    expect(Object.fromEntries(seen[1]?.url.searchParams ?? [])).toEqual({ mount: BLOB.digest, from: 'base' });
  });

  test('is not kept from a repository that one may not read', async () => {
    const { repository, seen } = scripted((request, number) =>
      request.url.searchParams.has('mount') ? refused(403, 'DENIED', 'no') : taking({})(request, number),
    );
    expect(await repository.putBlob(BLOB, openAt, { mountFrom: ['base'] })).toBe('uploaded');
    expect(steps(seen)).toEqual(['HEAD', 'POST', 'POST', 'PUT 0123456789']);
  });
});

test('over a connection that is cut, an upload goes on behind what our own registry has', async () => {
  const content = Uint8Array.from({ length: 8_000_000 }, (_, i) => (i * 31) % 253);
  const blob = { digest: digestOf(content), size: content.length };
  const server = await serveHttp(createRegistry({ blobs: new MemoryBlobs() }));
  const proxy = await startCuttingProxy(`127.0.0.1:${server.port}`, { toServer: [3_000_000, 2_000_000] });
  try {
    const client = new RegistryClient({ retry: { baseMs: 20 } });
    const repository = client.repository({ registry: proxy.host, repository: 'app' });
    const opened: number[] = [];
    await repository.putBlob(blob, (offset) => {
      opened.push(offset);
      return content.subarray(offset);
    });
    expect(proxy.cuts).toBe(2);
    expect(opened).toHaveLength(3);
    expect(opened[1]).toBeGreaterThan(0);
    expect(opened[2]).toBeGreaterThan(opened[1] ?? 0);
    expect(Buffer.from(await collectBytes(repository.blob(blob))).equals(content)).toBe(true);
  } finally {
    await proxy.stop();
    await server.close();
  }
});

test('a server that refuses while it is sent to is heard', async () => {
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') return void response.writeHead(404).end();
    if (request.method === 'POST') return void response.writeHead(202, { location: '/upload' }).end();
    response.writeHead(413, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'SIZE_INVALID', message: 'too large' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const size = 64 * 1024 * 1024;
    const chunk = new Uint8Array(1024 * 1024);
    const open = function* (): Generator<Uint8Array> {
      for (let i = 0; i < 64; i++) yield chunk;
    };
    const repository = new RegistryClient().repository({ registry: `127.0.0.1:${port}`, repository: 'app' });
    await expect(repository.putBlob({ digest: BLOB.digest, size }, open)).rejects.toMatchObject({
      code: 'SIZE_INVALID',
      message: expect.stringContaining('size invalid: too large (status 413)'),
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
