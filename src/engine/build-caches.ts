/** Cache mounts: directories that outlive a build, kept on the shelf. */

import { utf8 } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { canonicalJson, parseJsonObject } from '../base/json.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import { type CacheMount, cacheKey } from '../build/cache-mount.js';
import type { HeldCache } from '../build/store.js';
import { encodedOf } from '../digest/digest.js';
import { digestOf } from '../digest/hasher.js';
import type { UnionFs } from '../fs/union-fs.js';
import { volume } from '../union/mount-sources.js';
import type { EngineContext } from './context.js';

/** One cache mount as the store keeps it. */
export interface BuildCacheSummary {
  /** 64 hexadecimal digits: what it begins with is part of what it is. */
  readonly key: string;
  /** As `RUN --mount=type=cache,id=` has it; the target without one. */
  readonly id: string;
  /** RFC 3339. */
  readonly lastUsed: string;
  /** Bytes of its content as a tar. */
  readonly size: number;
}

const FOLDER = 'build-caches';

/** The content of a cache mount, for a build. */
export async function holdCache(context: EngineContext, mount: CacheMount, begin: () => UnionFs): Promise<HeldCache> {
  const key = nameOf(mount);
  const held = await context.kept.hold(`${FOLDER}/${key}.tar`, begin);
  return {
    source: volume(held.union),
    async release() {
      await held.release();
      await writeRecord(context, key, mount.id);
    },
  };
}

/** The cache mounts of a store. */
export class BuildCaches {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** All, by id. */
  async list(): Promise<BuildCacheSummary[]> {
    const entries = await this.#context.shelf.list(FOLDER);
    const sizes = new Map(entries.map(({ name, sizeBytes }) => [name, sizeBytes]));
    const found: BuildCacheSummary[] = [];
    for (const { name } of entries) {
      if (!name.endsWith('.json')) continue;
      const bytes = await this.#context.shelf.read(`${FOLDER}/${name}`);
      if (bytes === undefined) continue;
      const { id, lastUsed } = parseJsonObject(bytes, { file: `${FOLDER}/${name}` });
      const key = name.slice(0, -'.json'.length);
      found.push({ key, id: String(id), lastUsed: String(lastUsed), size: sizes.get(`${key}.tar`) ?? 0 });
    }
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** By id, key, or the beginning of a key. Fails with VOLUME_UNKNOWN, and with CONFLICT when several are meant. */
  async get(text: string): Promise<BuildCacheSummary> {
    const all = await this.list();
    const hits = all.filter(({ id, key }) => id === text || (text !== '' && key.startsWith(text)));
    const [hit] = hits;
    if (hit === undefined) throw new StratumError('VOLUME_UNKNOWN', `no such build cache: ${text}`);
    if (hits.length > 1) throw new StratumError('CONFLICT', `several build caches are called ${text}: use their keys`);
    return hit;
  }

  async remove(text: string): Promise<void> {
    await this.#drop((await this.get(text)).key);
  }

  /** Removes all. */
  async prune(): Promise<{ keys: string[]; freedBytes: number }> {
    const all = await this.list();
    for (const { key } of all) await this.#drop(key);
    return { keys: all.map(({ key }) => key), freedBytes: all.reduce((sum, { size }) => sum + size, 0) };
  }

  /** The content as a tar. */
  async *export(text: string): ByteStream {
    const { key } = await this.get(text);
    yield* byteStream((await this.#context.kept.read(`${FOLDER}/${key}.tar`)) ?? []);
  }

  /** Puts the content of a tar in the place of the cache that `RUN --mount=type=cache` has under an id. */
  async import(id: string, source: ByteSource): Promise<void> {
    const key = nameOf({ id });
    await this.#context.kept.replace(`${FOLDER}/${key}.tar`, source);
    await writeRecord(this.#context, key, id);
  }

  async #drop(key: string): Promise<void> {
    await this.#context.shelf.delete(`${FOLDER}/${key}.tar`);
    await this.#context.shelf.delete(`${FOLDER}/${key}.json`);
  }
}

async function writeRecord(context: EngineContext, key: string, id: string): Promise<void> {
  await context.shelf.write(`${FOLDER}/${key}.json`, canonicalJson({ id, lastUsed: context.timestamp() }));
}

function nameOf(mount: CacheMount): string {
  return encodedOf(digestOf(utf8(cacheKey(mount))));
}
