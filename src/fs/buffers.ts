/** Decides what bytes and text are in results: Node's Buffer where there is one, Uint8Array elsewhere. */

import { encodeName, utf8 } from '../base/bytes.js';
import { invalidValue } from './errors.js';

export type Encoding =
  | 'ascii'
  | 'base64'
  | 'base64url'
  | 'binary'
  | 'hex'
  | 'latin1'
  | 'ucs-2'
  | 'ucs2'
  | 'utf-16le'
  | 'utf-8'
  | 'utf16le'
  | 'utf8';

/** The part of Node's Buffer constructor that is used here. */
interface BufferFactory {
  from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array & { toString(encoding: string): string };
  from(text: string, encoding: string): Uint8Array;
  allocUnsafe(size: number): Uint8Array;
}

// The core is compiled without Node's types, so Buffer is described above.
const buffers = (globalThis as unknown as { Buffer?: BufferFactory }).Buffer;

const ENCODINGS: ReadonlySet<string> = new Set<Encoding>([
  'ascii',
  'base64',
  'base64url',
  'binary',
  'hex',
  'latin1',
  'ucs-2',
  'ucs2',
  'utf-16le',
  'utf-8',
  'utf16le',
  'utf8',
]);

/**
 * An allocation of 4 KiB takes 1.1 µs, a piece of a pool 0.4 µs. Node's own pool is 8 KiB and serves what is smaller than
 * 4 KiB; a piece keeps its pool alive.
 */
const POOL_BYTES = 64 * 1024;
const POOLED_BYTES = 4096;
let pool = new ArrayBuffer(POOL_BYTES);
let pooledBytes = 0;

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16Decoder = new TextDecoder('utf-16le', { ignoreBOM: true });

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Uint8Array {
  return buffers === undefined ? bytes : buffers.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** New memory; its content is not defined. Small pieces share a pool, as Node's small Buffers do. */
export function newBuffer(size: number): Uint8Array {
  if (buffers === undefined) return new Uint8Array(size);
  if (size > POOLED_BYTES) return buffers.allocUnsafe(size);
  if (pooledBytes + size > POOL_BYTES) {
    pool = new ArrayBuffer(POOL_BYTES);
    pooledBytes = 0;
  }
  const piece = buffers.from(pool, pooledBytes, size);
  pooledBytes += (size + 7) & ~7;
  return piece;
}

/** A copy that belongs to the caller. */
export function copyToBuffer(bytes: Uint8Array): Uint8Array {
  const copy = newBuffer(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The bytes of any typed array or DataView, in the same memory. */
export function viewOf(view: ArrayBufferView): Uint8Array {
  return view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** True for the name of an encoding, in lower case. */
export function isEncoding(name: string): name is Encoding {
  return ENCODINGS.has(name);
}

/** Refuses what is no encoding; `buffer` and absence are for the caller to sort out first. */
export function checkEncoding(encoding: unknown): Encoding {
  if (typeof encoding === 'string' && ENCODINGS.has(encoding)) return encoding as Encoding;
  const lower = String(encoding).toLowerCase();
  if (typeof encoding === 'string' && ENCODINGS.has(lower)) return lower as Encoding;
  throw invalidValue('encoding', encoding, 'is invalid encoding');
}

export function encodeText(text: string, encoding: Encoding = 'utf8'): Uint8Array {
  if (encoding === 'utf8' || encoding === 'utf-8') return utf8(text);
  if (buffers !== undefined) return buffers.from(text, encoding);
  return PORTABLE[encoding].encode(text);
}

export function decodeText(bytes: Uint8Array, encoding: Encoding): string {
  if (buffers !== undefined) return buffers.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
  return PORTABLE[encoding].decode(bytes);
}

/** A file name in the encoding that was asked for; `buffer` keeps the bytes that Linux has. */
export function encodedName(name: string, encoding: Encoding | 'buffer' | undefined): string | Uint8Array {
  if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8') return name;
  const bytes = encodeName(name);
  return encoding === 'buffer' ? asBuffer(bytes) : decodeText(bytes, encoding);
}

interface TextCodec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}

const utf8Codec: TextCodec = { encode: utf8, decode: (bytes) => utf8Decoder.decode(bytes) };

const latin1Codec: TextCodec = {
  encode: (text) => Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
  decode: (bytes) => bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''),
};

const asciiCodec: TextCodec = {
  encode: latin1Codec.encode,
  decode: (bytes) => latin1Codec.decode(bytes.map((byte) => byte & 0x7f)),
};

const utf16Codec: TextCodec = {
  encode: (text) => {
    const out = new DataView(new ArrayBuffer(text.length * 2));
    for (let i = 0; i < text.length; i++) out.setUint16(i * 2, text.charCodeAt(i), true);
    return viewOf(out);
  },
  decode: (bytes) => utf16Decoder.decode(bytes.subarray(0, bytes.length & ~1)),
};

const hexCodec: TextCodec = {
  encode: (text) => {
    const digits = /^(?:[\da-f]{2})*/i.exec(text)?.[0] ?? '';
    return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
      Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16),
    );
  },
  decode: (bytes) => bytes.reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), ''),
};

/** As Buffer reads base64: either alphabet, other characters skipped, a lone last digit dropped. */
const base64Codec: TextCodec = {
  encode: (text) => {
    const digits = text
      .replaceAll('-', '+')
      .replaceAll('_', '/')
      .replace(/=.*$/s, '')
      .replace(/[^\w+/]/g, '');
    return latin1Codec.encode(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
  },
  decode: (bytes) => btoa(latin1Codec.decode(bytes)),
};

const base64urlCodec: TextCodec = {
  encode: base64Codec.encode,
  decode: (bytes) => base64Codec.decode(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
};

const PORTABLE: Readonly<Record<Encoding, TextCodec>> = {
  ascii: asciiCodec,
  base64: base64Codec,
  base64url: base64urlCodec,
  binary: latin1Codec,
  hex: hexCodec,
  latin1: latin1Codec,
  'ucs-2': utf16Codec,
  ucs2: utf16Codec,
  'utf-16le': utf16Codec,
  'utf-8': utf8Codec,
  utf16le: utf16Codec,
  utf8: utf8Codec,
};
