/**
 * The part of Go's templates that `--format` understands: `{{.A.B}}`, `{{json .A}}`, `{{index .A 0 "key"}}`, and text.
 * Everything else is refused by name, never printed wrong.
 */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.js';
import { UsageError } from './usage.js';

interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
}

interface ValuePiece {
  readonly kind: 'value';
  /** Names of fields from the root of the data; empty for all of it. */
  readonly path: readonly string[];
  /** Keys and positions that `index` steps through afterwards. */
  readonly steps: readonly (string | number)[];
  readonly asJson: boolean;
}

export type Template = readonly (TextPiece | ValuePiece)[];

const FIELD = String.raw`\.(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?`;
const ACTION = new RegExp(String.raw`^(?:(json|index)\s+)?(${FIELD})((?:\s+(?:\d+|"(?:[^"\\]|\\.)*"))*)$`);
const STEP = /\d+|"(?:[^"\\]|\\.)*"/g;
const SUPPORTED = 'Use {{.Field}}, {{.Field.Field}}, {{json .Field}} or {{index .Field 0}}.';

/** Parses a template; `\t` and `\n` in its text are a tab and a line's end, as Docker reads them. */
export function parseTemplate(source: string): Template {
  const pieces: (TextPiece | ValuePiece)[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    const text = source.slice(at, open === -1 ? source.length : open);
    if (text !== '') pieces.push({ kind: 'text', text: text.replaceAll('\\t', '\t').replaceAll('\\n', '\n') });
    if (open === -1) break;
    const close = source.indexOf('}}', open);
    if (close === -1) throw new UsageError(`template: unclosed action ${JSON.stringify(source.slice(open))}`);
    pieces.push(parseAction(source.slice(open + 2, close).trim()));
    at = close + 2;
  }
  return pieces;
}

/** Fills a template in; fails when it names a field that the data does not have. */
export function renderTemplate(template: Template, data: JsonValue): string {
  return template.map((piece) => (piece.kind === 'text' ? piece.text : renderValue(piece, data))).join('');
}

/** The first field that each value names: what heads its column in a table. */
export function templateFields(template: Template): string[] {
  return template.flatMap((piece) => (piece.kind === 'value' ? [piece.path[0] ?? ''] : []));
}

function parseAction(action: string): ValuePiece {
  const match = ACTION.exec(action);
  const [, verb, field = '', steps = ''] = match ?? [];
  if (match === null || (verb !== 'index' && steps !== '')) {
    throw new UsageError(`template: {{${action}}} is not supported`, SUPPORTED);
  }
  return {
    kind: 'value',
    path: field.split('.').filter((name) => name !== ''),
    steps: [...steps.matchAll(STEP)].map(([step]) => JSON.parse(step) as string | number),
    asJson: verb === 'json',
  };
}

function renderValue(piece: ValuePiece, data: JsonValue): string {
  let value = data;
  for (const name of [...piece.path, ...piece.steps]) value = member(value, name);
  return piece.asJson ? JSON.stringify(value) : goText(value);
}

function member(value: JsonValue, name: string | number): JsonValue {
  if (Array.isArray(value) && typeof name === 'number') {
    const items = value as readonly JsonValue[];
    if (name < items.length) return items[name] as JsonValue;
    throw new UsageError(`template: index ${name} is out of range: there are ${items.length}`);
  }
  if (isJsonObject(value) && Object.hasOwn(value, name)) return value[name] as JsonValue;
  throw new UsageError(`template: there is no field ${JSON.stringify(name)}`, knownFields(value));
}

function knownFields(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const names = Object.keys(value as JsonObject);
  return names.length === 0 ? undefined : `There are ${names.join(', ')}.`;
}

/** A value as Go's %v prints it. */
function goText(value: JsonValue): string {
  if (value === null) return '<no value>';
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${pairs.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
}
