/**
 * A build cache outside the store: an artifact in an OCI layout or a registry. Its config lists the steps with every key they are known
 * by, its layers are what they made. Only what a build hits is copied in.
 */

import { StratumError } from '../base/error.js';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.js';
import { MemoryBlobs } from '../blob/memory.js';
import type { BlobReader } from '../blob/store.js';
import type { StagePlan, Step } from '../build/step.js';
import type { KeyPart } from '../build/step-key.js';
import type { StepOutcome } from '../build/step-outcome.js';
import type { StepCache, StepRecord } from '../build/store.js';
import { storeReader } from '../image/copy.js';
import { readManifest, readSmallBlob } from '../image/image.js';
import { storeArtifact } from '../image/mutate.js';
import { CACHE_TYPE, type CacheSource, type CacheTarget, cacheName, openCache, writeCache } from './cache-places.js';
import { withdraw } from './collect.js';
import type { EngineContext } from './context.js';
import { isDigestText, partsOf, recordOf, ShelfStepCache } from './step-cache.js';

/** The list of steps is read whole. */
const LIST_LIMIT_BYTES = 256 * 1024 * 1024;

interface KeyWithParts {
  readonly key: string;
  readonly parts: readonly KeyPart[];
}

interface ForeignStep {
  readonly record: StepRecord;
  /** The last of them is the one that is found by the slots. */
  readonly keys: readonly KeyWithParts[];
  readonly slots: readonly string[];
  readonly blobs: BlobReader;
}

/** The steps of a store, and behind them those of caches from elsewhere. */
export class CacheWithSources implements StepCache {
  readonly #own: ShelfStepCache;
  readonly #context: EngineContext;
  readonly #warn: (text: string) => void;
  readonly #byKey: Map<string, ForeignStep> = new Map();
  readonly #steps: ForeignStep[] = [];

  constructor(context: EngineContext, warn: (text: string) => void) {
    this.#own = new ShelfStepCache(context);
    this.#context = context;
    this.#warn = warn;
  }

  /** A source that cannot be read makes nothing but a warning: a build can do without it. */
  async add(source: CacheSource): Promise<void> {
    try {
      for (const step of await readCache(this.#context, source)) {
        this.#steps.push(step);
        for (const { key } of step.keys) if (!this.#byKey.has(key)) this.#byKey.set(key, step);
      }
    } catch (error) {
      if (!(error instanceof StratumError)) throw error;
      this.#warn(`no build cache from ${cacheName(source)}: ${error.message}`);
    }
  }

  async find(key: string): Promise<StepRecord | undefined> {
    const own = await this.#own.find(key);
    if (own !== undefined) return own;
    const step = this.#byKey.get(key);
    if (step === undefined || !(await this.#bring(step))) return undefined;
    for (const [index, { key: known, parts }] of step.keys.entries()) {
      const isLast = index === step.keys.length - 1;
      await this.#own.keep({ ...step.record, key: known }, parts, isLast ? step.slots : []);
    }
    return { ...step.record, key };
  }

  keep(...[record, parts, slots]: Parameters<StepCache['keep']>): ReturnType<StepCache['keep']> {
    return this.#own.keep(record, parts, slots);
  }

  async similar(slots: readonly string[]): Promise<readonly KeyWithParts[]> {
    const foreign = this.#steps.filter((step) => step.slots.some((slot) => slots.includes(slot)));
    return [...(await this.#own.similar(slots)), ...foreign.flatMap(({ keys }) => keys.slice(-1))];
  }

  /** Copies the layer of a step into the store, verified; false when the cache has not what it says. */
  async #bring({ record: { layer, title }, blobs }: ForeignStep): Promise<boolean> {
    const { digest, size } = layer;
    const isKnown = (await this.#context.blobs.stat(digest)) !== undefined;
    try {
      if (!isKnown) await this.#context.blobs.put(blobs.get(digest), { digest, size });
      await this.#context.layers.layer(layer, { content: false });
      return true;
    } catch (error) {
      if (!(error instanceof StratumError)) throw error;
      if (!isKnown) await withdraw(this.#context, [digest]);
      this.#warn(`the build cache has no whole layer for ${title}: ${error.message}`);
      return false;
    }
  }
}

/** Writes what a build's steps made into a layout, or under a name of a registry. */
export async function exportCache(
  context: EngineContext,
  built: { readonly steps: readonly StepOutcome[]; readonly target: StagePlan },
  target: CacheTarget,
): Promise<void> {
  const wanted = new Set(stepsOf(built.target));
  const steps = target.mode === 'max' ? built.steps : built.steps.filter(({ step }) => wanted.has(step));
  const made = new MemoryBlobs();
  const list = canonicalJson({ steps: await Promise.all(steps.map((outcome) => listed(context, outcome))) });
  const layers = [...new Map(steps.map(({ layer }) => [layer.digest, layer])).values()];
  const descriptor = await storeArtifact(made, { type: CACHE_TYPE, config: await made.put(list), layers });
  const [own, stored] = [storeReader(made), storeReader(context.blobs)];
  await writeCache(context, target, {
    descriptor,
    reader: {
      has: async (each) => (await own.has(each)) || (await stored.has(each)),
      async *get(each, offset) {
        yield* ((await own.has(each)) ? own : stored).get(each, offset);
      },
    },
  });
}

function stepsOf({ base, steps }: StagePlan): readonly Step[] {
  return base.kind === 'stage' ? [...stepsOf(base.stage), ...steps] : steps;
}

async function listed(context: EngineContext, { step, layer, created, keys, slots }: StepOutcome): Promise<JsonObject> {
  const cache = new ShelfStepCache(context);
  const known: JsonValue[] = [];
  for (const key of keys) {
    const parts = await cache.parts(key);
    if (parts !== undefined) known.push({ key, parts: parts.map(({ name, value }) => [name, value]) });
  }
  const { digest, diffId, size, mediaType } = layer;
  return {
    title: step.title,
    layer: { digest, diffId, size, mediaType },
    ...(created === undefined ? {} : { created }),
    keys: known,
    slots: [...slots],
  };
}

async function readCache(context: EngineContext, source: CacheSource): Promise<ForeignStep[]> {
  const { blobs, descriptor } = await openCache(context, source);
  const place = { file: cacheName(source) };
  const manifest = await readManifest(blobs, descriptor);
  if (manifest.kind === 'index' || manifest.artifactType !== CACHE_TYPE) {
    throw new StratumError('MANIFEST_INVALID', 'not a build cache', place);
  }
  const { steps } = parseJsonObject(await readSmallBlob(blobs, manifest.config, LIST_LIMIT_BYTES), place);
  if (!Array.isArray(steps)) throw new StratumError('MANIFEST_INVALID', 'steps is not a list', place);
  return (steps as readonly JsonValue[]).flatMap((value) => foreignStep(value, blobs) ?? []);
}

/** A step that is not spelled as it should be is as if it were not there. */
function foreignStep(value: JsonValue, blobs: BlobReader): ForeignStep | undefined {
  if (!isJsonObject(value) || !Array.isArray(value['keys']) || !Array.isArray(value['slots'])) return undefined;
  const keys = (value['keys'] as readonly JsonValue[]).flatMap((each): KeyWithParts[] => {
    if (!isJsonObject(each) || !isDigestText(each['key'])) return [];
    const parts = partsOf(each['parts']);
    return parts === undefined ? [] : [{ key: each['key'], parts }];
  });
  const last = keys.at(-1);
  const record = last && recordOf({ ...value, key: last.key, keys: keys.map(({ key }) => key) });
  if (record === undefined) return undefined;
  const slots = (value['slots'] as readonly JsonValue[]).filter((slot) => typeof slot === 'string');
  return { record, keys, slots, blobs };
}
