/**
 * A link that holds everything: `#v1.` and the state as canonical JSON, deflated, in base64url. What a link holds was
 * written by anybody, so every length in it has a limit.
 */

import { StratumError } from '../base/error.js';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.js';
import type { Act, Edit, Start } from './act.js';
import { ACTS_LIMIT, FILES_LIMIT, LINK_LIMIT_CHARACTERS, STATE_LIMIT_BYTES, TEXT_LIMIT } from './limits.js';

export interface LinkState {
  readonly start: Start;
  readonly acts: readonly Act[];
}

const PREFIX = '#v1.';
const VERSIONED = /^#v(\d+)\./;

/** The fragment of a state; acts that need a file of the learner's disk are left out, with those behind them. */
export async function encodeLink(state: LinkState): Promise<string> {
  const loaded = state.acts.findIndex(({ kind }) => kind === 'load');
  const acts = loaded < 0 ? state.acts : state.acts.slice(0, loaded);
  const json = canonicalJson({ start: state.start, acts });
  const fragment = PREFIX + toBase64Url(await deflated(json));
  if (fragment.length > LINK_LIMIT_CHARACTERS) {
    const text = `a link of ${fragment.length} characters is too long: ${LINK_LIMIT_CHARACTERS} are the most`;
    throw new StratumError('LIMIT_EXCEEDED', text);
  }
  return fragment;
}

/** The state of a fragment; undefined for none. Fails with LIMIT_EXCEEDED, UNSUPPORTED (later version), JSON_INVALID. */
export async function decodeLink(fragment: string): Promise<LinkState | undefined> {
  if (fragment === '' || fragment === '#') return undefined;
  const version = VERSIONED.exec(fragment)?.[1];
  if (version === undefined) return undefined;
  if (version !== '1') {
    throw new StratumError('UNSUPPORTED', `this link was made by a later playground (version ${version.slice(0, 10)})`);
  }
  if (fragment.length > LINK_LIMIT_CHARACTERS) {
    const text = `this link has ${fragment.length} characters: ${LINK_LIMIT_CHARACTERS} are the most`;
    throw new StratumError('LIMIT_EXCEEDED', text);
  }
  return stateOf(await parsed(fragment.slice(PREFIX.length)));
}

async function parsed(text: string): Promise<JsonObject> {
  const json = await inflated(fromBase64Url(text));
  try {
    return parseJsonObject(json);
  } catch {
    throw damaged();
  }
}

function damaged(): StratumError {
  return new StratumError('JSON_INVALID', 'this link is damaged: it holds no state of a playground');
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A small text can unpack to a large one: the limit holds while it is unpacked. */
async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > STATE_LIMIT_BYTES) {
        throw new StratumError('LIMIT_EXCEEDED', `this link unpacks to more than ${STATE_LIMIT_BYTES} bytes`);
      }
      chunks.push(next.value as Uint8Array<ArrayBuffer>);
    }
  } catch (error) {
    throw error instanceof StratumError ? error : damaged();
  } finally {
    await reader.cancel().catch(() => {});
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array {
  if (!/^[\w-]+$/.test(text)) throw damaged();
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch {
    throw damaged();
  }
}

function stateOf({ start, acts }: JsonObject): LinkState {
  if (!Array.isArray(acts) || acts.length > ACTS_LIMIT) throw damaged();
  return { start: startOf(start), acts: acts.map(actOf) };
}

function startOf(value: JsonValue | undefined): Start {
  if (!isObject(value)) throw damaged();
  if (value['kind'] === 'lesson') return { kind: 'lesson', id: textOf(value['id']) };
  const files = value['files'];
  if (value['kind'] !== 'files' || !isObject(files)) throw damaged();
  const entries = Object.entries(files);
  if (entries.length > FILES_LIMIT) throw damaged();
  return { kind: 'files', files: Object.fromEntries(entries.map(([path, text]) => [path, textOf(text)])) };
}

function actOf(value: JsonValue): Act {
  if (!isObject(value)) throw damaged();
  const edits = value['edits'] === undefined ? {} : { edits: editsOf(value['edits']) };
  switch (value['kind']) {
    case 'type':
      return { kind: 'type', line: textOf(value['line']), ...edits };
    case 'shell':
      return { kind: 'shell', container: textOf(value['container']), line: textOf(value['line']), ...edits };
    case 'answer':
      return { kind: 'answer', text: textOf(value['text']), ...edits };
    case 'save':
      return { kind: 'save', ...edits };
    case 'skip':
      return { kind: 'skip', ...edits };
    default:
      throw damaged();
  }
}

function editsOf(value: JsonValue): Edit[] {
  if (!Array.isArray(value) || value.length > FILES_LIMIT) throw damaged();
  return value.map((edit) => {
    if (!isObject(edit)) throw damaged();
    const path = textOf(edit['path']);
    return edit['text'] === undefined ? { path } : { path, text: textOf(edit['text']) };
  });
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value !== 'string' || value.length > TEXT_LIMIT) throw damaged();
  return value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}
