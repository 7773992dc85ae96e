/** JSON as documents of record: canonical when we write it, strict when we read it. */

import stringify from 'fast-json-stable-stringify';
import { utf8, utf8Text } from './bytes.js';
import { type ErrorPlace, StratumError } from './error.js';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Documents nest deeper than this only to exhaust the reader's stack. */
export const JSON_DEPTH_LIMIT = 128;

/** Writes a value with sorted keys and no white space: equal values give equal bytes. */
export function canonicalJson(value: unknown): Uint8Array {
  return utf8(stringify(value));
}

/**
 * Parses a document as I-JSON (RFC 7493): UTF-8, no key twice in one object, no deeper than {@link JSON_DEPTH_LIMIT}.
 * Fails with JSON_INVALID at `place`.
 */
export function parseJson(bytes: Uint8Array, place: ErrorPlace = {}): JsonValue {
  const text = utf8Text(bytes);
  if (text === undefined) throw new StratumError('JSON_INVALID', 'JSON is not UTF-8', place);
  checkStructure(text, place);
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new StratumError('JSON_INVALID', `not JSON: ${(cause as Error).message}`, { ...place, cause });
  }
}

/** Parses a document that must be an object. */
export function parseJsonObject(bytes: Uint8Array, place: ErrorPlace = {}): JsonObject {
  const value = parseJson(bytes, place);
  if (isJsonObject(value)) return value;
  throw new StratumError('JSON_INVALID', 'JSON is not an object', place);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Finds depth and double keys in one pass over the text; everything else is left to JSON.parse. */
function checkStructure(text: string, place: ErrorPlace): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && isFollowedByColon(text, end))
        noteKey(keys, text.slice(at, end), { ...place, offset: at });
      at = end - 1;
    } else if (char === 0x7b) open.push(new Set());
    else if (char === 0x5b) open.push(undefined);
    else if (char === 0x7d || char === 0x5d) open.pop();
    if (open.length > JSON_DEPTH_LIMIT) {
      throw new StratumError('JSON_INVALID', `JSON nests deeper than ${JSON_DEPTH_LIMIT}`, { ...place, offset: at });
    }
  }
}

/** Index after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(text: string, at: number): boolean {
  let next = at;
  while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next++;
  return text.charCodeAt(next) === 0x3a;
}

function noteKey(keys: Set<string>, quoted: string, place: ErrorPlace): void {
  const key = quoted.includes('\\') ? unquote(quoted) : quoted.slice(1, -1);
  if (keys.has(key)) throw new StratumError('JSON_INVALID', `key ${JSON.stringify(key)} appears twice`, place);
  keys.add(key);
}

/** Text that is no valid string is left as it is: JSON.parse will say so. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}
