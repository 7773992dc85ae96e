/** The build cache on the shelf: what each step made, by its key, and the parts of the key beside it. */

import { utf8 } from '../base/bytes.js';
import { isStratumError } from '../base/error.js';
import { canonicalJson, isJsonObject, type JsonValue, parseJson } from '../base/json.js';
import type { KeyPart } from '../build/step-key.js';
import type { StepCache, StepRecord } from '../build/store.js';
import { type DiffID, type Digest, encodedOf, isDigest } from '../digest/digest.js';
import { digestOf } from '../digest/hasher.js';
import type { ImageLayer } from '../image/image.js';
import type { EngineContext } from './context.js';

const STEPS = 'steps';
const PARTS = 'step-parts';
const SLOTS = 'step-slots';
/** So many steps are remembered under one name. */
const SLOT_LENGTH = 8;
/** As this cache writes it. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export class ShelfStepCache implements StepCache {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async find(key: string): Promise<StepRecord | undefined> {
    const record = await readRecord(this.#context, `${STEPS}/${nameOf(key)}`);
    if (record === undefined) return undefined;
    return (await this.#context.blobs.stat(record.layer.digest)) === undefined ? undefined : record;
  }

  async keep(record: StepRecord, parts: readonly KeyPart[], slots: readonly string[]): Promise<void> {
    const { shelf } = this.#context;
    const name = nameOf(record.key);
    await shelf.write(`${PARTS}/${name}`, canonicalJson(parts.map(({ name: part, value }) => [part, value])));
    await shelf.write(`${STEPS}/${name}`, canonicalJson(record));
    for (const slot of slots) {
      const keys = await this.#slot(slot);
      const next = [record.key, ...keys.filter((key) => key !== record.key)].slice(0, SLOT_LENGTH);
      await shelf.write(slotName(slot), canonicalJson(next));
    }
  }

  async similar(slots: readonly string[]): Promise<{ key: string; parts: readonly KeyPart[] }[]> {
    const keys = new Set<string>();
    for (const slot of slots) for (const key of await this.#slot(slot)) keys.add(key);
    const found: { key: string; parts: readonly KeyPart[] }[] = [];
    for (const key of keys) {
      const parts = await this.parts(key);
      if (parts !== undefined) found.push({ key, parts });
    }
    return found;
  }

  /** The parts of a key that was kept. */
  async parts(key: string): Promise<readonly KeyPart[] | undefined> {
    const bytes = await this.#context.shelf.read(`${PARTS}/${nameOf(key)}`);
    return bytes && partsOf(readJson(bytes));
  }

  async #slot(slot: string): Promise<readonly string[]> {
    const bytes = await this.#context.shelf.read(slotName(slot));
    const keys = bytes && readJson(bytes);
    return Array.isArray(keys) ? (keys as readonly JsonValue[]).filter(isDigestText) : [];
  }
}

/** The layers that cached steps made. */
export async function cachedLayers(context: EngineContext): Promise<ImageLayer[]> {
  const layers: ImageLayer[] = [];
  for (const { name } of await context.shelf.list(STEPS)) {
    const record = await readRecord(context, `${STEPS}/${name}`);
    if (record !== undefined) layers.push(record.layer);
  }
  return layers;
}

/** Forgets every step; returns the bytes that this frees on the shelf. */
export async function dropSteps(context: EngineContext): Promise<number> {
  let freed = 0;
  for (const folder of [STEPS, PARTS, SLOTS]) {
    for (const { name, sizeBytes } of await context.shelf.list(folder)) {
      if (await context.shelf.delete(`${folder}/${name}`)) freed += sizeBytes;
    }
  }
  return freed;
}

async function readRecord(context: EngineContext, name: string): Promise<StepRecord | undefined> {
  const bytes = await context.shelf.read(name);
  return bytes && recordOf(readJson(bytes));
}

/** A cache that cannot be read is as if it were empty: what it held is made again. */
function readJson(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (isStratumError(error)) return undefined;
    throw error;
  }
}

/** A record as it was written; undefined for anything else. */
export function recordOf(value: JsonValue | undefined): StepRecord | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['layer'])) return undefined;
  const { key, keys, title, layer, created } = value;
  const { digest, diffId, size, mediaType } = layer;
  if (!isDigestText(digest) || !isDigestText(diffId)) return undefined;
  if (typeof size !== 'number' || typeof mediaType !== 'string') return undefined;
  if (typeof key !== 'string' || typeof title !== 'string') return undefined;
  const known = Array.isArray(keys) ? (keys as readonly JsonValue[]).filter(isDigestText) : [key];
  const made = typeof created === 'string' && RFC_3339.test(created) ? created : undefined;
  return { key, keys: known, title, layer: { digest, diffId: diffId as DiffID, size, mediaType }, created: made };
}

export function isDigestText(value: JsonValue | undefined): value is Digest {
  return typeof value === 'string' && isDigest(value);
}

/** Pairs of name and value. */
export function partsOf(value: JsonValue | undefined): KeyPart[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const pairs = value as readonly JsonValue[];
  const parts = pairs.map((pair) => {
    const [name, text] = Array.isArray(pair) ? (pair as readonly JsonValue[]) : [];
    return typeof name === 'string' && typeof text === 'string' ? { name, value: text } : undefined;
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function nameOf(key: string): string {
  return `${encodedOf(key as Digest)}.json`;
}

function slotName(slot: string): string {
  return `${SLOTS}/${encodedOf(digestOf(utf8(slot)))}.json`;
}
