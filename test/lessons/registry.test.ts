/** The registry of a lesson notes what it is asked, whoever asks. */

import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/digest/hasher.js';
import { createLessonRegistry } from '../../src/lessons/registry.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';
import { Learner } from './learner.js';

const ORIGIN = 'http://127.0.0.1:5000';
const BYTES = new TextEncoder().encode('a blob');
const DIGEST = digestOf(BYTES);
const LONG_MS = 120_000;

describe('a request', () => {
  test('for a blob, its upload in one piece or in several, and its way out', async () => {
    const registry = createLessonRegistry();
    const send = (method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> =>
      registry.fetch(new Request(new URL(path, ORIGIN), { method, ...(body !== undefined && { body }) }));

    await send('HEAD', `/v2/app/blobs/${DIGEST}`);
    const begun = await send('POST', '/v2/app/blobs/uploads/');
    const at = begun.headers.get('location') ?? '';
    const more = await send('PATCH', at, BYTES);
    const end = new URL(more.headers.get('location') ?? at, ORIGIN);
    end.searchParams.set('digest', DIGEST);
    expect((await send('PUT', end.href)).status).toBe(201);
    await send('HEAD', `/v2/app/blobs/${DIGEST.replace(':', '%3A')}`);
    await (await send('GET', `/v2/app/blobs/${DIGEST}`)).arrayBuffer();
    await send('POST', `/v2/other/blobs/uploads/?mount=${DIGEST}&from=app`);
    await send('GET', '/v2/');

    const blob = { repository: 'app', subject: DIGEST };
    expect(registry.traffic).toEqual([
      { kind: 'ask', ...blob, found: false, sizeBytes: 0 },
      { kind: 'send', ...blob, found: true, sizeBytes: BYTES.length },
      { kind: 'ask', ...blob, found: true, sizeBytes: 0 },
      { kind: 'fetch', ...blob, found: true, sizeBytes: BYTES.length },
      { kind: 'mount', repository: 'other', subject: DIGEST, found: true, sizeBytes: 0 },
    ]);
  });

  test.each([
    ['GET', '/v2/%zz/blobs/sha256:00'],
    ['GET', '/v2/app/manifests/%ff'],
    ['PUT', '/v2/app/manifests/a'],
    ['POST', '/v2/app/blobs/uploads/?digest=nonsense'],
    ['POST', '/v2/app/blobs/uploads/?mount=nonsense&from=nowhere'],
    ['PUT', `/v2/app/blobs/uploads/none?digest=${DIGEST}`],
    ['DELETE', `/v2/app/blobs/${DIGEST}`],
    ['GET', '/'],
  ])('%s %s that nobody should make is answered, and nothing of it is noted as done', async (method, path) => {
    const registry = createLessonRegistry();
    const body = method === 'PUT' || method === 'POST' ? { body: BYTES } : {};
    const answer = await registry.fetch(new Request(new URL(path, ORIGIN), { method, ...body }));
    expect(answer.status).toBeLessThan(500);
    expect(registry.traffic.filter(({ found }) => found)).toEqual([]);
  });
});

requires('skopeo')(
  'what another tool pushes counts as well',
  async () => {
    const learner = await Learner.begin('push-and-pull');
    try {
      await learner.solve();
      expect(learner.run.step?.id).toBe('push-a');
      const { folders, registryHost } = learner.place;
      const [from, to] = [`oci:${folders.store}:${registryHost}/app:a`, `docker://${registryHost}/app:a`];
      await run('skopeo', ['copy', '--dest-tls-verify=false', from, to]);
      const outcome = await learner.run.check();
      expect(outcome).toMatchObject({ kind: 'done', told: expect.stringContaining('was sent 5 blobs') });
    } finally {
      await learner.end();
    }
  },
  LONG_MS,
);
