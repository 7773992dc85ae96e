/** The 512-byte header block: its dialects read (v7, ustar, star, GNU), one of them written (ustar). */

import { NO_BYTES } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { TAR_BLOCK, type TarEntryType, type TarHeader } from './entry.js';
import { octalMax, readNumber, readText, writeOctal } from './field.js';

/** Type flags of the blocks that only describe the member after them. */
export const GLOBAL_PAX = 'g';
export const LOCAL_PAX = 'x';
export const SOLARIS_PAX = 'X';
export const GNU_LONG_NAME = 'L';
export const GNU_LONG_LINK = 'K';
export const GNU_SPARSE = 'S';

const TYPES: Readonly<Record<string, TarEntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  [GNU_SPARSE]: 'file',
};

const FLAGS: Readonly<Record<TarEntryType, number>> = {
  file: 0x30,
  link: 0x31,
  symlink: 0x32,
  character: 0x33,
  block: 0x34,
  directory: 0x35,
  fifo: 0x36,
};

/** A header block as it stands, before PAX records and long names change it. */
export interface RawHeader {
  readonly flag: string;
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeSec: number;
  readonly linkname: string;
  readonly devMajor: number;
  readonly devMinor: number;
}

type Dialect = 'v7' | 'ustar' | 'star' | 'gnu';

/** The type that a flag stands for; `undefined` when it is not one that Stratum reads. */
export function entryType(flag: string, path: string): TarEntryType | undefined {
  const type = TYPES[flag];
  // Archives older than ustar mark a directory by the slash alone.
  return type === 'file' && path.endsWith('/') ? 'directory' : type;
}

export function isZeroBlock(block: Uint8Array): boolean {
  for (let i = 0; i < TAR_BLOCK; i++) if (block[i] !== 0) return false;
  return true;
}

/** Reads a header block; fails with TAR_INVALID when its checksum or a number is wrong. */
export function parseHeader(block: Uint8Array): RawHeader {
  checkChecksum(block);
  const dialect = dialectOf(block);
  const device = dialect !== 'v7';
  return {
    flag: String.fromCharCode(block[156] as number),
    path: readPath(block, dialect),
    mode: readNumber(block, 100, 8, 'mode') & 0o7777,
    uid: readNumber(block, 108, 8, 'uid'),
    gid: readNumber(block, 116, 8, 'gid'),
    size: readNumber(block, 124, 12, 'size'),
    mtimeSec: readNumber(block, 136, 12, 'mtime'),
    linkname: readText(block, 157, 100),
    devMajor: device ? readNumber(block, 329, 8, 'devmajor') : 0,
    devMinor: device ? readNumber(block, 337, 8, 'devminor') : 0,
  };
}

/** True when the block can hold old GNU sparse fields; ustar keeps the prefix there. */
export function isGnuHeader(block: Uint8Array): boolean {
  return dialectOf(block) === 'gnu';
}

function dialectOf(block: Uint8Array): Dialect {
  if (!hasText(block, 257, 'ustar')) return 'v7';
  if (block[262] === 0) return hasText(block, 508, 'tar\0') ? 'star' : 'ustar';
  return hasText(block, 262, ' ') ? 'gnu' : 'v7';
}

function hasText(block: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (block[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function readPath(block: Uint8Array, dialect: Dialect): string {
  const name = readText(block, 0, 100);
  if (dialect !== 'ustar' && dialect !== 'star') return name;
  if (block[345] === 0) return name;
  return `${readText(block, 345, dialect === 'ustar' ? 155 : 131)}/${name}`;
}

/** Old writers summed signed bytes; both sums are accepted, as everywhere. */
function checkChecksum(block: Uint8Array): void {
  const stored = readNumber(block, 148, 8, 'checksum');
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let i = 0; i < TAR_BLOCK; i++) {
    if (i === 148) i = 156;
    const byte = block[i] as number;
    unsigned += byte;
    if (byte > 127) high++;
  }
  if (stored === unsigned || stored === unsigned - 256 * high) return;
  throw new StratumError('TAR_INVALID', 'wrong header checksum');
}

/** Which numbers of a header ustar cannot say, and PAX records must. */
export interface NumberMisfits {
  readonly size: boolean;
  readonly uid: boolean;
  readonly gid: boolean;
  readonly mtime: boolean;
}

/** A name as bytes, split where ustar splits it. */
export interface UstarName {
  readonly prefix: Uint8Array;
  readonly name: Uint8Array;
}

/** Splits a name at a slash into at most 155 and 100 bytes; `undefined` when no slash allows it. */
export function splitName(name: Uint8Array): UstarName | undefined {
  if (name.length <= 100) return { prefix: NO_BYTES, name };
  for (let slash = Math.min(155, name.length - 2); slash > 0; slash--) {
    if (name[slash] !== 0x2f) continue;
    return name.length - slash - 1 <= 100
      ? { prefix: name.subarray(0, slash), name: name.subarray(slash + 1) }
      : undefined;
  }
  return undefined;
}

/** The numbers of a header that do not fit into their octal fields. */
export function numberMisfits(header: TarHeader): NumberMisfits {
  return {
    size: header.size > octalMax(12),
    uid: header.uid > octalMax(8),
    gid: header.gid > octalMax(8),
    mtime: header.mtimeNsec !== 0 || header.mtimeSec < 0 || header.mtimeSec > octalMax(12),
  };
}

/** Fields as they go into a block: names already fitted, numbers within their fields. */
export interface UstarFields {
  readonly flag: number;
  readonly path: UstarName;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeSec: number;
  readonly linkname: Uint8Array;
  readonly devMajor: number;
  readonly devMinor: number;
}

export function typeFlag(type: TarEntryType): number {
  return FLAGS[type];
}

/** Writes a ustar header into 512 zero bytes at `at`. */
export function writeHeader(out: Uint8Array, at: number, fields: UstarFields): void {
  const { path, linkname } = fields;
  out.set(path.name, at);
  writeOctal(out, at + 100, 8, fields.mode);
  writeOctal(out, at + 108, 8, fields.uid);
  writeOctal(out, at + 116, 8, fields.gid);
  writeOctal(out, at + 124, 12, fields.size);
  writeOctal(out, at + 136, 12, fields.mtimeSec);
  out[at + 156] = fields.flag;
  if (linkname.length > 0) out.set(linkname, at + 157);
  out.set(USTAR_MAGIC, at + 257);
  writeOctal(out, at + 329, 8, fields.devMajor);
  writeOctal(out, at + 337, 8, fields.devMinor);
  if (path.prefix.length > 0) out.set(path.prefix, at + 345);
  writeChecksum(out, at, 345 + path.prefix.length);
}

const USTAR_MAGIC = Uint8Array.of(0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30);

/** Six digits, a NUL and a space: the one field that ends otherwise. From `length` on the block is zeros. */
function writeChecksum(out: Uint8Array, at: number, length: number): void {
  let sum = 8 * 0x20;
  for (let i = at; i < at + length; i++) sum += out[i] as number;
  writeOctal(out, at + 148, 7, sum);
  out[at + 155] = 0x20;
}
