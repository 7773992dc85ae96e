/** The client against every quirk of our own registry: it copes, or says what is wrong. */

import { beforeEach, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/base/error.js';
import { canonicalJson } from '../../../src/base/json.js';
import { collectBytes } from '../../../src/base/stream.js';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../../../src/image/media-type.js';
import { RegistryClient } from '../../../src/registry/client/client.js';
import type { Repository } from '../../../src/registry/client/repository.js';
import type { RegistryClientOptions } from '../../../src/registry/client/settings.js';
import type { QuirkSettings } from '../../../src/registry/server/quirks/quirk.js';
import { QUIRK_NAMES, type QuirkName, withQuirk } from '../../../src/registry/server/quirks/quirks.js';
import { createRegistry, type RequestHandler } from '../../../src/registry/server/registry.js';
import { bytes, REGISTRY } from './scripted.js';

const LAYER = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251);
const CONFIG = bytes(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }));
const layer = { mediaType: OCI_LAYER, digest: digestOf(LAYER), size: LAYER.length };
const config = { mediaType: OCI_CONFIG, digest: digestOf(CONFIG), size: CONFIG.length };
const MANIFEST = canonicalJson({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] });

let registry: RequestHandler;

beforeEach(() => {
  registry = createRegistry({ blobs: new MemoryBlobs() });
});

function repository(handler: RequestHandler, options: RegistryClientOptions = {}, name = 'app'): Repository {
  const client = new RegistryClient({
    fetch: (request) => handler.fetch(request),
    credentials: { lookup: async () => ({ username: 'alice', password: 's3cret' }) },
    idleMs: 200,
    ...options,
    retry: { sleep: async () => undefined, random: () => 0.5, ...options.retry },
  });
  return client.repository({ registry: REGISTRY, repository: name });
}

async function push(to: Repository): Promise<void> {
  await to.putBlob(config, (offset) => CONFIG.subarray(offset));
  await to.putBlob(layer, (offset) => LAYER.subarray(offset), { mountFrom: ['other'] });
  await to.putManifest('v1', MANIFEST, OCI_MANIFEST);
}

/** Reads all there is of the image, and where it is listed. */
async function pull(from: Repository): Promise<void> {
  const { bytes: manifest, document } = await from.manifest((await from.resolve('v1')).digest);
  expect(Buffer.from(manifest).equals(MANIFEST)).toBe(true);
  if (document.kind !== 'manifest') throw new Error('an index');
  for (const each of [document.config, ...document.layers]) await collectBytes(from.blob(each));
  const tags: string[] = [];
  for await (const tag of from.tags({ pageSize: 1 })) tags.push(tag);
  expect(tags).toEqual(['v1']);
  expect(await from.referrers(digestOf(MANIFEST))).toEqual([]);
}

interface Outcome {
  readonly push: 'works' | ErrorCode;
  readonly pull: 'works' | ErrorCode;
  readonly settings?: Partial<QuirkSettings>;
}

const works: Outcome = { push: 'works', pull: 'works' };

const OUTCOMES: Readonly<Record<QuirkName, Outcome>> = {
  'registry-2.8': works,
  'no-referrers': works,
  'no-mount': works,
  'no-single-post': works,
  'no-head': works,
  'no-ranges': works,
  'no-digest': works,
  warning: works,
  // Nobody is there.
  'redirect-elsewhere': { push: 'REGISTRY_UNREACHABLE', pull: 'REGISTRY_UNREACHABLE' },
  flaky: { ...works, settings: { rate: 0.2 } },
  'too-many': { ...works, settings: { times: 3 } },
  'server-error': { ...works, settings: { times: 3 } },
  'cut-connection': { ...works, settings: { times: 3 } },
  'cut-answer': { ...works, settings: { times: 3 } },
  'cut-body': { ...works, settings: { times: 3 } },
  'stalled-body': { ...works, settings: { times: 1 } },
  'slow-body': { ...works, settings: { delayMs: 0 } },
  'wrong-bytes': { push: 'works', pull: 'DIGEST_INVALID' },
  'longer-body': { push: 'works', pull: 'SIZE_INVALID' },
  'shorter-body': { push: 'works', pull: 'SIZE_INVALID', settings: { afterBytes: 5 } },
  'endless-body': { push: 'works', pull: 'SIZE_INVALID' },
  // It is believed by HEAD, and found out when the digest is read.
  'lying-digest': { push: 'works', pull: 'MANIFEST_UNKNOWN' },
  'wrong-range': works,
  'huge-json': { push: 'works', pull: 'LIMIT_EXCEEDED' },
  'manifest-and-index': { push: 'works', pull: 'MANIFEST_INVALID' },
  'bearer-loop': { push: 'UNAUTHORIZED', pull: 'UNAUTHORIZED' },
  'basic-loop': { push: 'UNAUTHORIZED', pull: 'UNAUTHORIZED' },
  'realm-elsewhere': { push: 'REGISTRY_UNREACHABLE', pull: 'REGISTRY_UNREACHABLE' },
  'redirect-loop': { push: 'REGISTRY_INVALID', pull: 'REGISTRY_INVALID' },
  'link-loop': { push: 'works', pull: 'REGISTRY_INVALID' },
};

/** Hosts of the quirks that do not exist are not looked for. */
function reachable(handler: RequestHandler): RequestHandler {
  return {
    fetch: (request) =>
      new URL(request.url).host === REGISTRY ? handler.fetch(request) : Promise.reject(new TypeError('fetch failed')),
  };
}

test.each(QUIRK_NAMES)('%s', async (quirk) => {
  const expected = OUTCOMES[quirk];
  const quirky = reachable(withQuirk(registry, quirk, expected.settings ?? {}));
  expect(await outcome(push(repository(quirky)))).toBe(expected.push);
  if (expected.push !== 'works') await push(repository(registry));
  // Counts what is left of the quirk anew.
  const again = reachable(withQuirk(registry, quirk, expected.settings ?? {}));
  expect(await outcome(pull(repository(again)))).toBe(expected.pull);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a server with a bad day, seed %i', async (seed) => {
  const quirky = withQuirk(registry, 'flaky', { seed, rate: 0.3 });
  const patient = { retry: { attempts: 12 } };
  await push(repository(quirky, patient));
  await pull(repository(quirky, patient));
});

test('a mount is tried where the blob is known to be', async () => {
  await push(repository(registry, {}, 'other'));
  const to = repository(registry);
  expect(await to.putBlob(layer, () => LAYER, { mountFrom: ['none', 'other'] })).toBe('mounted');
  expect(
    await repository(withQuirk(registry, 'no-mount'), {}, 'third').putBlob(config, () => CONFIG, {
      mountFrom: ['other'],
    }),
  ).toBe('uploaded');
});

async function outcome(work: Promise<void>): Promise<string> {
  try {
    await work;
    return 'works';
  } catch (error) {
    expect(error).toHaveProperty('name', 'StratumError');
    return (error as { code: string }).code;
  }
}
