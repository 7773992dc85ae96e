/** Values as Node's error messages show them. */

const SHOWN_LIMIT = 128;
const PRIMITIVE_LIMIT = 28;

/** What follows "Received " in a message about a wrong type. */
export function receivedSuffix(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object') return `type ${typeof value} (${shortened(primitive(value))})`;
  const name = constructorName(value);
  return name === undefined ? '[Object: null prototype] {}' : `an instance of ${name}`;
}

/** What follows "Received " in a message about a wrong value. */
export function shown(value: unknown): string {
  const text = inspected(value);
  return text.length > SHOWN_LIMIT ? `${text.slice(0, SHOWN_LIMIT)}...` : text;
}

/** A number, with `_` between thousands once it is beyond 32 bits. */
export function withSeparators(value: number | bigint): string {
  const suffix = typeof value === 'bigint' ? 'n' : '';
  const large = typeof value === 'bigint' ? value > 2n ** 32n || value < -(2n ** 32n) : isLargeInteger(value);
  return (large ? String(value).replace(/\B(?=(\d{3})+$)/g, '_') : String(value)) + suffix;
}

function isLargeInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) > 2 ** 32;
}

function inspected(value: unknown): string {
  if (value instanceof Uint8Array) return bytes(value);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(inspected).join(', ')} ]`;
  if (typeof value === 'function') return `[Function: ${value.name === '' ? '(anonymous)' : value.name}]`;
  if (typeof value !== 'object' || value === null) return primitive(value);
  const name = constructorName(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${primitive(field)}`);
  const body = fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  return name === undefined || name === 'Object' ? body : `${name} ${body}`;
}

function bytes(value: Uint8Array): string {
  const name = constructorName(value);
  if (name === 'Buffer') return `<Buffer ${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}>`;
  return `${name}(${value.length}) ${value.length === 0 ? '[]' : `[ ${[...value].join(', ')} ]`}`;
}

function primitive(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'object' && value !== null ? '[Object]' : String(value);
}

function quoted(text: string): string {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '`';
  return mark + text.replace(/[\p{Cc}\\]/gu, escaped) + mark;
}

function escaped(char: string): string {
  const known = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' }[char];
  return known ?? `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function shortened(text: string): string {
  return text.length > PRIMITIVE_LIMIT ? `${text.slice(0, PRIMITIVE_LIMIT - 3)}...` : text;
}

function constructorName(value: object): string | undefined {
  const made: unknown = value.constructor;
  return typeof made === 'function' && made.name !== '' ? made.name : undefined;
}
