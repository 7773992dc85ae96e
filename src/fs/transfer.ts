/** The argument forms of read and write, each turned into the bytes and the position that are meant. */

import { bufferOf, dataOf, integerOf } from './arguments.js';
import { type Encoding, isEncoding, newBuffer, viewOf } from './buffers.js';
import { invalidType, invalidValue, outOfRange } from './errors.js';

/** Where in the file: `null` and -1 are the descriptor's own position. */
export type Position = number | bigint | null;

export interface TransferOptions {
  readonly offset?: number | null;
  readonly length?: number | null;
  readonly position?: Position;
}

/** A part of a buffer, and where in the file it belongs (`undefined`: at the descriptor's position). */
export interface Transfer {
  readonly bytes: Uint8Array;
  readonly position: number | undefined;
}

/** What Node reads into when `read` is called without a buffer. */
const DEFAULT_READ_BYTES = 16384;
const MAX_INT32 = 2 ** 31 - 1;
const MAX_POSITION = 2n ** 63n - 1n;

/** `read(fd, buffer, offset, length, position)` or `read(fd, buffer, options)`. */
export function readTransfer(
  buffer: ArrayBufferView,
  offsetOrOptions?: number | TransferOptions | null,
  length?: number | null,
  position?: Position,
): Transfer {
  const bytes = bufferOf(buffer);
  if (length === undefined && position === undefined) return readByOptions(bytes, offsetOrOptions);
  return readRange(bytes, offsetOrOptions as number | undefined, length, position);
}

function readByOptions(bytes: Uint8Array, options: number | TransferOptions | null | undefined): Transfer {
  if (options !== undefined && (typeof options !== 'object' || Array.isArray(options))) {
    throw invalidType('options', 'of type object', options);
  }
  const { offset = 0, length, position = null } = options ?? {};
  return readRange(bytes, offset, length ?? bytes.length - (offset ?? 0), position);
}

function readRange(
  bytes: Uint8Array,
  offset: number | null | undefined,
  length: number | null | undefined,
  position: Position | undefined,
): Transfer {
  const from = offset === undefined || offset === null ? 0 : integerOf(offset, 'offset', 0);
  const count = (length ?? 0) | 0;
  if (count === 0) return { bytes: bytes.subarray(0, 0), position: readPosition(position) };
  if (bytes.length === 0) throw invalidValue('buffer', bytes, 'is empty and cannot be written');
  if (count < 0) throw outOfRange('length', '>= 0', count);
  if (from + count > bytes.length) throw outOfRange('length', `<= ${bytes.length - from}`, count);
  return { bytes: part(bytes, from, count), position: readPosition(position) };
}

function readPosition(position: Position | undefined): number | undefined {
  if (position === undefined || position === null) return undefined;
  if (typeof position === 'bigint') {
    if (position > MAX_POSITION || position < -MAX_POSITION - 1n) {
      throw outOfRange('position', `>= ${-MAX_POSITION - 1n} && <= ${MAX_POSITION}`, position);
    }
    return position < 0n ? undefined : Number(position);
  }
  if (typeof position !== 'number') throw invalidType('position', 'of type bigint or integer', position);
  integerOf(position, 'position', -1);
  return position < 0 ? undefined : position;
}

/** `write(fd, buffer, offset, length, position)`, `write(fd, buffer, options)` or `write(fd, text, position, encoding)`. */
export function writeTransfer(
  data: ArrayBufferView | string,
  offsetOrOptions?: number | TransferOptions | null,
  lengthOrEncoding?: number | string | null,
  position?: number | null,
): Transfer {
  if (typeof data === 'string') {
    const encoding = textEncoding(lengthOrEncoding);
    if (encoding === 'hex' && data.length % 2 !== 0) {
      throw invalidValue('encoding', encoding, `is invalid for data of length ${data.length}`);
    }
    return { bytes: dataOf(data, encoding), position: writePosition(offsetOrOptions) };
  }
  if (!ArrayBuffer.isView(data)) dataOf(data, undefined, 'buffer');
  const bytes = viewOf(data);
  if (typeof offsetOrOptions === 'object' && offsetOrOptions !== null) {
    return writeRange(bytes, offsetOrOptions.offset, offsetOrOptions.length, offsetOrOptions.position);
  }
  return writeRange(bytes, offsetOrOptions, lengthOrEncoding, position);
}

function writeRange(bytes: Uint8Array, offset: unknown, length: unknown, position: unknown): Transfer {
  const from = offset === undefined || offset === null ? 0 : integerOf(offset, 'offset', 0);
  const count = typeof length === 'number' ? length : bytes.length - from;
  if (from > bytes.length) throw outOfRange('offset', `<= ${bytes.length}`, from);
  if (count > bytes.length - from) throw outOfRange('length', `<= ${bytes.length - from}`, count);
  if (count < 0) throw outOfRange('length', '>= 0', count);
  integerOf(count, 'length', 0, MAX_INT32);
  return { bytes: part(bytes, from, count), position: writePosition(position) };
}

/** What is no number means the descriptor's position. */
export function writePosition(position: unknown): number | undefined {
  return typeof position === 'number' && position >= 0 ? position : undefined;
}

/** As in Node, an encoding that does not exist is UTF-8 here. */
function textEncoding(encoding: unknown): Encoding | undefined {
  return typeof encoding === 'string' && isEncoding(encoding) ? encoding : undefined;
}

/** The whole buffer as it is, or a part of the same memory. */
function part(bytes: Uint8Array, from: number, count: number): Uint8Array {
  return count === bytes.length ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset + from, count);
}

/** The buffer and the rest of what `read` was given: `(fd, options)` brings the buffer in the options, or none. */
export function readArguments(rest: readonly unknown[]): [ArrayBufferView, ...unknown[]] {
  const [first, ...more] = rest;
  const isOptions =
    first === undefined || (typeof first === 'object' && !ArrayBuffer.isView(first) && more.length === 0);
  if (!isOptions) return [first as ArrayBufferView, ...more]; // readTransfer refuses what is no buffer
  const options = (first ?? {}) as TransferOptions & { readonly buffer?: ArrayBufferView };
  return [options.buffer === undefined ? newBuffer(DEFAULT_READ_BYTES) : options.buffer, options];
}
