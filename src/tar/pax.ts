/** PAX extended headers (POSIX.1-2024, pax, "pax Extended Header"): records of `length key=value` and what they say. */

import { decodeName, joinBytes, NO_BYTES, utf8, utf8Text } from '../base/bytes.js';
import { StratumError } from '../base/error.js';

/** Records in force for a member: raw values by key. An empty value of a standard key takes the record back. */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

export const XATTR_PREFIX = 'SCHILY.xattr.';
export const SPARSE_MAP = 'GNU.sparse.map';

const DIGITS = /^\d{1,16}$/;
const TIME = /^(-?)(\d{1,15})(?:\.(\d*))?$/;
const NANOS = 1_000_000_000;

/** Parses the body of an extended header over the records that hold already; fails with TAR_INVALID. */
export function parsePax(body: Uint8Array, inherited: PaxRecords | undefined): PaxRecords {
  const records = new Map(inherited ?? []);
  const sparse: string[] = [];
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const { key, value, end } = parseRecord(body, at);
    // Sparse format 0.0 repeats two keys; joined, they are the map of format 0.1.
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') sparse.push(utf8Text(value) ?? '');
    else if (value.length === 0 && !key.startsWith(XATTR_PREFIX)) records.delete(key);
    else records.set(key, value);
    at = end;
  }
  if (sparse.length > 0) records.set(SPARSE_MAP, utf8(sparse.join(',')));
  return records;
}

interface PaxRecord {
  readonly key: string;
  readonly value: Uint8Array;
  readonly end: number;
}

function parseRecord(body: Uint8Array, at: number): PaxRecord {
  const space = body.indexOf(0x20, at);
  const digits = space < 0 ? '' : (utf8Text(body.subarray(at, space)) ?? '');
  const end = at + (DIGITS.test(digits) ? Number(digits) : Number.NaN);
  const equals = body.indexOf(0x3d, space);
  // Written so that NaN fails too.
  if (!(end <= body.length && end > equals && body[end - 1] === 0x0a && equals > space + 1)) {
    throw new StratumError('TAR_INVALID', 'malformed PAX record');
  }
  const key = decodeName(body.subarray(space + 1, equals));
  // A copy, since values outlive the chunk; `slice` of a Node Buffer would be a view.
  return { key, value: new Uint8Array(body.subarray(equals + 1, end - 1)), end };
}

/** A name among the records; one with a NUL inside is refused, since no file can have it. */
export function paxName(records: PaxRecords | undefined, key: string): string | undefined {
  const value = records?.get(key);
  if (value === undefined) return undefined;
  if (value.includes(0)) throw new StratumError('TAR_INVALID', `PAX ${key} holds a NUL`);
  return decodeName(value);
}

/** A decimal number among the records. */
export function paxNumber(records: PaxRecords | undefined, key: string): number | undefined {
  const value = records?.get(key);
  if (value === undefined) return undefined;
  return parseDecimal(value, key);
}

/** Parses decimal digits that a double holds exactly; fails with TAR_INVALID naming `key`. */
export function parseDecimal(value: Uint8Array, key: string): number {
  const text = utf8Text(value) ?? '';
  const number = Number(text);
  if (DIGITS.test(text) && Number.isSafeInteger(number)) return number;
  throw new StratumError('TAR_INVALID', `PAX ${key} is no number that tar can hold`);
}

export interface PaxTime {
  /** Whole seconds, rounded down. */
  readonly sec: number;
  readonly nsec: number;
}

/** A time among the records: decimal seconds, cut to nanoseconds. */
export function paxTime(records: PaxRecords | undefined, key: string): PaxTime | undefined {
  const value = records?.get(key);
  if (value === undefined) return undefined;
  const match = TIME.exec(utf8Text(value) ?? '');
  if (match === null) throw new StratumError('TAR_INVALID', `PAX ${key} is no time`);
  const sec = Number(match[2]);
  const nsec = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match[1] === '') return { sec, nsec };
  return nsec === 0 ? { sec: 0 - sec, nsec: 0 } : { sec: -sec - 1, nsec: NANOS - nsec };
}

/** Writes a time as {@link paxTime} reads it. */
export function formatPaxTime(sec: number, nsec: number): string {
  if (nsec === 0) return String(sec);
  if (sec >= 0) return `${sec}.${fraction(nsec)}`;
  return `-${-sec - 1}.${fraction(NANOS - nsec)}`;
}

function fraction(nsec: number): string {
  return String(nsec).padStart(9, '0').replace(/0+$/, '');
}

/** The extended attributes among the records; `undefined` when there are none. */
export function paxXattrs(records: PaxRecords | undefined): ReadonlyMap<string, Uint8Array> | undefined {
  let xattrs: Map<string, Uint8Array> | undefined;
  for (const [key, value] of records ?? []) {
    if (!key.startsWith(XATTR_PREFIX)) continue;
    xattrs ??= new Map();
    xattrs.set(key.slice(XATTR_PREFIX.length), value);
  }
  return xattrs;
}

/** A record to write: bytes as they are, or text of ASCII alone, which takes one step. */
export type WrittenRecord = readonly [key: string, value: string] | readonly [key: Uint8Array, value: Uint8Array];

/** Writes records in the order of the keys given. */
export function formatPax(records: Iterable<WrittenRecord>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [key, value] of records) {
    const length = recordLength(key.length + value.length + 3);
    if (typeof key === 'string') parts.push(utf8(`${length} ${key}=${value as string}\n`));
    else parts.push(utf8(`${length} `), key, EQUALS, value as Uint8Array, NEWLINE);
  }
  return parts.length === 0 ? NO_BYTES : joinBytes(parts);
}

const EQUALS = utf8('=');
const NEWLINE = utf8('\n');

/** A record's length counts its own digits. */
function recordLength(rest: number): number {
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return length;
}
