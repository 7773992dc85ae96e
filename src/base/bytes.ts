/** Bytes and the names they spell: UTF-8 text, and file names that need not be UTF-8. */

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes that own nothing. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Encodes text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return shortAscii(text) ?? encoder.encode(text);
}

/** V8 keeps typed arrays up to this size on its own heap. */
const SHORT_BYTES = 64;

/** What most names and records are, in a fraction of an encoder's time; undefined for all else. */
function shortAscii(text: string): Uint8Array | undefined {
  if (text.length > SHORT_BYTES) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return undefined;
    bytes[i] = unit;
  }
  return bytes;
}

/** Decodes UTF-8; `undefined` when the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Decodes a file name. Linux names are bytes: a byte that is not part of valid UTF-8 becomes the lone surrogate
 * U+DC00 + byte (as in Python's PEP 383), so that every name survives a round trip.
 */
export function decodeName(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  return text ?? decodeEscaped(bytes);
}

/** Encodes a file name; the reverse of {@link decodeName}. */
export function encodeName(name: string): Uint8Array {
  return name.isWellFormed() ? utf8(name) : encodeEscaped(name);
}

/** True when both hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Joins chunks into one array of `size` bytes; a single chunk is returned as it is, not copied. */
export function joinBytes(chunks: readonly Uint8Array[], size?: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const out = new Uint8Array(size ?? chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += (byte < 16 ? '0' : '') + byte.toString(16);
  return out;
}

/** Orders two names by their UTF-8 bytes, as Go and C do; JavaScript's own order is by UTF-16 unit. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogate halves stand for code points above U+FFFF, so they sort after every other unit. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function decodeEscaped(bytes: Uint8Array): string {
  let out = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      out += String.fromCharCode(0xdc00 + (bytes[at] as number));
      at += 1;
    } else {
      out += strictDecoder.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return out;
}

/** Length of the valid UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  return utf8Text(bytes.subarray(at, at + length)) === undefined ? 0 : length;
}

function encodeEscaped(name: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    const escaped = unit >= 0xdc80 && unit <= 0xdcff && !isHighSurrogate(name.charCodeAt(i - 1));
    if (!escaped) continue;
    chunks.push(encoder.encode(name.slice(from, i)), Uint8Array.of(unit - 0xdc00));
    from = i + 1;
  }
  chunks.push(encoder.encode(name.slice(from)));
  return joinBytes(chunks.length === 1 ? [...chunks] : chunks);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
