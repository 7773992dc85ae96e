/** Image configs: parsed once, strictly where it matters; fields that nobody knows stay in the bytes. */

import { type ErrorPlace, StratumError } from '../base/error.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.js';
import { type DiffID, parseDigest } from '../digest/digest.js';
import { DEFAULT_PLATFORM, type Platform, platformOf } from './platform.js';

/** One step of an image's making (image-spec, config.md, "history"). */
export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export interface ImageConfig {
  /** The whole document, unknown fields included. */
  readonly document: JsonObject;
  readonly diffIds: readonly DiffID[];
  readonly history: readonly HistoryEntry[];
  readonly platform: Platform;
  /** RFC 3339. */
  readonly created: string | undefined;
  /** What a container runs with: Env, Cmd, Entrypoint, … */
  readonly config: JsonObject;
}

/** Parses a config; fails with CONFIG_INVALID. */
export function parseConfig(bytes: Uint8Array, place: ErrorPlace = {}): ImageConfig {
  const document = parseJsonObject(bytes, place);
  const { rootfs, history, created, config } = document;
  if (!isJsonObject(rootfs)) throw invalid('rootfs is not an object', place);
  if (rootfs['type'] !== 'layers') throw invalid(`rootfs.type ${JSON.stringify(rootfs['type'])}, not "layers"`, place);
  return {
    document,
    diffIds: list(rootfs['diff_ids'] ?? [], 'rootfs.diff_ids', place).map((id) => parseDigest(id) as DiffID),
    history: list(history ?? [], 'history', place).map((entry) => historyEntry(entry, place)),
    platform: platformOf(document) ?? DEFAULT_PLATFORM,
    created: typeof created === 'string' ? created : undefined,
    config: isJsonObject(config) ? config : {},
  };
}

/**
 * Pairs history entries with layers by their place: an entry that is not empty made the next layer. A config whose
 * history does not fit its layers is common; layers without an entry come at the end, entries without one have none.
 */
export function pairHistory(config: ImageConfig): { entry: HistoryEntry; layer: number | undefined }[] {
  let next = 0;
  const pairs = config.history.map((entry) => {
    const makesLayer = entry.empty_layer !== true && next < config.diffIds.length;
    return { entry, layer: makesLayer ? next++ : undefined };
  });
  const rest = Array.from({ length: config.diffIds.length - next }, (_, i) => ({ entry: {}, layer: next + i }));
  return [...pairs, ...rest];
}

function list(value: JsonValue, field: string, place: ErrorPlace): readonly JsonValue[] {
  // Go writes an empty list as null.
  if (value === null) return [];
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw invalid(`${field} is not a list`, place);
}

function historyEntry(value: JsonValue, place: ErrorPlace): HistoryEntry {
  if (isJsonObject(value)) return value as HistoryEntry;
  throw invalid('history entry is not an object', place);
}

function invalid(what: string, place: ErrorPlace): StratumError {
  return new StratumError('CONFIG_INVALID', what, place);
}
