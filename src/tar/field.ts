/** The fields of a header block: octal and base-256 numbers, and text that ends at a NUL. */

import { decodeName } from '../base/bytes.js';
import { StratumError } from '../base/error.js';

/** Reads a name field: the bytes before the first NUL, or all of them. */
export function readText(block: Uint8Array, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end++;
  return end === at ? '' : decodeName(block.subarray(at, end));
}

/**
 * Reads a number: octal digits among spaces and NULs, or base-256 (GNU) when the first bit is set. An empty field is
 * 0. Fails with TAR_INVALID on other characters and on numbers that a double does not hold exactly.
 */
export function readNumber(block: Uint8Array, at: number, length: number, field: string): number {
  const value = ((block[at] as number) & 0x80) !== 0 ? readBase256(block, at, length) : readOctal(block, at, length);
  if (value !== undefined && Number.isSafeInteger(value)) return value;
  throw new StratumError('TAR_INVALID', `field ${field} is no number that tar can hold`);
}

function readOctal(block: Uint8Array, at: number, length: number): number | undefined {
  const end = at + length;
  let i = at;
  while (i < end && isBlank(block[i] as number)) i++;
  let value = 0;
  for (; i < end && !isBlank(block[i] as number); i++) {
    const digit = (block[i] as number) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  while (i < end && isBlank(block[i] as number)) i++;
  return i === end ? value : undefined;
}

/** Two's complement, most significant byte first; the topmost bit only marks the encoding. */
function readBase256(block: Uint8Array, at: number, length: number): number {
  const negative = ((block[at] as number) & 0x40) !== 0;
  let value = negative ? ((block[at] as number) | 0x80) - 0x100 : (block[at] as number) & 0x7f;
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] as number);
  return value;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0;
}

/** The largest number that a field of `length` bytes holds as octal digits with a NUL behind. */
export function octalMax(length: number): number {
  return 8 ** (length - 1) - 1;
}

/** Writes octal digits, filled with zeros from the left, and a NUL. */
export function writeOctal(block: Uint8Array, at: number, length: number, value: number): void {
  let rest = value;
  for (let i = at + length - 2; i >= at; i--) {
    block[i] = 0x30 + (rest % 8);
    rest = Math.floor(rest / 8);
  }
  block[at + length - 1] = 0;
}
