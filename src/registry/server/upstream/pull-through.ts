/**
 * A cache before another registry: what is asked for and not here is fetched, verified, kept, and then given as
 * everything else. Content never changes, so it is fetched once; tags do, so they are asked for again.
 */

import { StratumError } from '../../../base/error.js';
import { algorithmOf, type Digest, parseDigest } from '../../../digest/digest.js';
import { digestOf } from '../../../digest/hasher.js';
import type { Call, Handler } from '../call.js';
import { getBlob } from '../handlers/get-blob.js';
import { getManifest } from '../handlers/get-manifest.js';
import { readPushedManifest } from '../pushed-manifest.js';
import { type ManifestReference, parseManifestReference } from '../reference.js';
import { Refusal } from '../refusal.js';
import type { Route } from '../routes.js';
import { keepBlob } from '../store-blob.js';
import type { Upstream, UpstreamManifest } from './upstream.js';

/** The same routes, with content of the upstream behind them. */
export function pullThrough(routes: readonly Route[], upstream: Upstream): readonly Route[] {
  const fetched = new Map<Handler, Handler>([
    [getManifest, fetchedFirst(getManifest, new ManifestSource(upstream))],
    [getBlob, fetchedFirst(getBlob, new BlobSource(upstream))],
  ]);
  return routes.map(({ path, endpoints }) => ({
    path,
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([method, { action, handler }]) => {
        return [method, { action, handler: fetched.get(handler) ?? handler }];
      }),
    ),
  }));
}

interface Source {
  /** Sees to it that what a call asks for is here, if the upstream has it. */
  provide(call: Call): Promise<void>;
}

function fetchedFirst(handler: Handler, source: Source): Handler {
  return async (call) => {
    await source.provide(call);
    return handler(call);
  };
}

/** A tag that was asked for this long ago is not asked for again. */
const TAG_FRESH_MS = 60 * 1000;
/** Tags that this is known of; of all others it is asked again. */
const TAGS_REMEMBERED = 10_000;

class ManifestSource implements Source {
  readonly #upstream: Upstream;
  readonly #checkedMs: Map<string, number> = new Map();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  async provide(call: Call): Promise<void> {
    const { repository, last, parts } = call;
    const reference = parseManifestReference(last);
    if (reference.kind === 'digest') {
      if ((await repository.manifest(reference.digest)) === undefined) await this.#fetch(call, reference);
      return;
    }
    const key = `${repository.name}:${reference.tag}`;
    const isHere = (await repository.tag(reference.tag)) !== undefined;
    if (isHere && parts.now() - (this.#checkedMs.get(key) ?? Number.NEGATIVE_INFINITY) < TAG_FRESH_MS) return;
    try {
      await this.#fetch(call, reference);
    } catch (error) {
      // Better what the tag named when the upstream was last heard of than nothing.
      if (!isHere) throw error;
      return;
    }
    if (this.#checkedMs.size >= TAGS_REMEMBERED) this.#checkedMs.clear();
    this.#checkedMs.set(key, parts.now());
  }

  async #fetch(call: Call, reference: ManifestReference): Promise<void> {
    const { repository, parts, last } = call;
    const found = await fromUpstream(() => this.#upstream.manifest(repository.name, last));
    if (found !== undefined) return this.#keep(call, reference, found);
    if (reference.kind === 'tag') await parts.turns.take(repository.name, () => repository.removeTag(reference.tag));
  }

  async #keep(call: Call, reference: ManifestReference, { bytes, mediaType }: UpstreamManifest): Promise<void> {
    const { repository, parts } = call;
    if (bytes.length > parts.limits.manifestBytes) throw untrue(`a manifest of ${bytes.length} bytes`);
    const digest = digestOf(bytes, reference.kind === 'digest' ? algorithmOf(reference.digest) : 'sha256');
    if (reference.kind === 'digest' && reference.digest !== digest) throw untrue(`${digest} as ${reference.digest}`);
    const { record } = await fromUpstream(async () => readPushedManifest(bytes, mediaType, parts.now()));
    await parts.turns.take(repository.name, () =>
      parts.gate.shared(async () => {
        await parts.blobs.put(bytes, { digest, size: bytes.length });
        await repository.putManifest(digest, record);
        if (reference.kind === 'tag') await repository.putTag(reference.tag, digest);
      }),
    );
  }
}

class BlobSource implements Source {
  readonly #upstream: Upstream;
  /** Many who ask for one blob wait for one fetch. */
  readonly #fetching: Map<string, Promise<void>> = new Map();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  async provide(call: Call): Promise<void> {
    const { repository, last, parts } = call;
    const digest = parseDigest(last);
    if ((await repository.hasBlob(digest)) && (await parts.blobs.stat(digest)) !== undefined) return;
    const key = `${repository.name}@${digest}`;
    const fetching = this.#fetching.get(key) ?? this.#fetch(call, digest).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, fetching);
    await fetching;
  }

  async #fetch({ repository, parts }: Call, digest: Digest): Promise<void> {
    const source = await fromUpstream(() => this.#upstream.blob(repository.name, digest));
    if (source === undefined) return;
    const upload = await parts.uploads.start({ repository: repository.name, algorithm: algorithmOf(digest) });
    try {
      const whole = { source, span: undefined, length: undefined };
      await fromUpstream(() => keepBlob({ parts, repository }, upload, digest, whole));
    } finally {
      await upload.cancel();
    }
  }
}

/** What goes wrong there is not the caller's fault: a 502. */
async function fromUpstream<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'TOOMANYREQUESTS') throw error;
    throw untrue(error instanceof StratumError ? error.what : 'it cannot be reached');
  }
}

function untrue(what: string): Refusal {
  return new Refusal('MANIFEST_UNKNOWN', `the registry behind this one failed: ${what}`, { status: 502 });
}
