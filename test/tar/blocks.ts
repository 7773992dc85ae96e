/** Header blocks made by hand, for dialects that the writer never writes. */

import { joinBytes, utf8 } from '../../src/base/bytes.js';

export interface BlockFields {
  readonly name?: string;
  readonly flag?: string;
  readonly mode?: string;
  readonly uid?: string | Uint8Array;
  readonly size?: string | Uint8Array;
  readonly mtime?: string | Uint8Array;
  readonly linkname?: string;
  readonly magic?: string;
  readonly prefix?: string;
  /** Bytes put at an offset, before the checksum. */
  readonly at?: Readonly<Record<number, string | Uint8Array>>;
  /** Replaces the right checksum. */
  readonly checksum?: number;
}

export const GNU = 'ustar  \0';
export const USTAR = 'ustar\x0000';

/** One block with a right checksum. */
export function block(fields: BlockFields): Uint8Array {
  const out = new Uint8Array(512);
  const put = (at: number, value: string | Uint8Array) => out.set(typeof value === 'string' ? utf8(value) : value, at);
  put(0, fields.name ?? 'f');
  put(100, fields.mode ?? '0000644\0');
  put(108, fields.uid ?? '0000000\0');
  put(116, '0000000\0');
  put(124, fields.size ?? '00000000000\0');
  put(136, fields.mtime ?? '00000000000\0');
  put(148, '        ');
  put(156, fields.flag ?? '0');
  put(157, fields.linkname ?? '');
  put(257, fields.magic ?? USTAR);
  put(345, fields.prefix ?? '');
  for (const [at, value] of Object.entries(fields.at ?? {})) put(Number(at), value);
  const sum = fields.checksum ?? out.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return out;
}

/** A block that describes the next member, with its body. */
export function describing(flag: string, body: string | Uint8Array, magic: string = USTAR): Uint8Array {
  const bytes = typeof body === 'string' ? utf8(body) : body;
  return joinBytes([block({ flag, size: octal(bytes.length), magic }), padded(bytes)]);
}

/** PAX records as they stand in a body. */
export function pax(...records: [key: string, value: string][]): string {
  return records.map(([key, value]) => record(`${key}=${value}\n`)).join('');
}

function record(rest: string): string {
  const size = utf8(rest).length + 1;
  let total = size + String(size).length;
  if (String(total).length > String(size).length) total = size + String(total).length;
  return `${total} ${rest}`;
}

/** Bytes filled with zeros to whole blocks. */
export function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  out.set(bytes);
  return out;
}

export function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`;
}

export const END: Uint8Array = new Uint8Array(1024);

/** A whole stream. */
export function stream(...parts: Uint8Array[]): Uint8Array {
  return joinBytes([...parts, END]);
}
