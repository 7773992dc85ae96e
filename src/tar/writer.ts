/** Writes tar streams: the same members give the same bytes, always; bodies pass by reference. */

import { compareNames, encodeName, NO_BYTES, utf8, utf8Text } from '../base/bytes.js';
import { keepShapesOf } from '../base/shapes.js';
import { TAR_BLOCK, type TarHeader, tarPadding } from './entry.js';
import { octalMax } from './field.js';
import {
  LOCAL_PAX,
  type NumberMisfits,
  numberMisfits,
  splitName,
  typeFlag,
  type UstarFields,
  type UstarName,
  writeHeader,
} from './header.js';
import { formatPax, formatPaxTime, type WrittenRecord, XATTR_PREFIX } from './pax.js';

/** A member to write: its header, and a body of `header.size` bytes in pieces. */
export interface TarMember {
  readonly header: TarHeader;
  readonly body?: Iterable<Uint8Array>;
}

/** Two zero blocks end a stream (POSIX pax, "ustar Interchange Format"). */
export const TAR_END_BYTES: number = 2 * TAR_BLOCK;

/** Headers and small bodies are gathered into chunks of this size: hashing many tiny chunks costs more than a copy. */
const GATHER_BYTES = 64 * 1024;
/** Bodies from this size on pass by reference. */
const REFERENCE_BYTES = 4 * 1024;

/**
 * Writes members in the order given. Headers are ustar, with PAX records only for what ustar cannot say. A body that
 * is not as long as its header says is a RangeError.
 */
export function* writeTar(members: Iterable<TarMember>): Generator<Uint8Array, void, undefined> {
  const gather = new Gather();
  for (const { header, body } of members) {
    const blocks = headerBlocks(header);
    if (!gather.fits(blocks.length)) yield* gather.flush();
    gather.addHeader(blocks);
    let left = header.size;
    for (const piece of body ?? []) {
      left -= piece.length;
      if (left < 0) break;
      if (piece.length >= REFERENCE_BYTES || !gather.fits(piece.length)) yield* gather.flush();
      if (piece.length >= REFERENCE_BYTES) yield piece;
      else gather.add(piece);
    }
    if (left !== 0) throw new RangeError(`body of ${JSON.stringify(header.path)} is not ${header.size} bytes long`);
    if (!gather.fits(tarPadding(header.size))) yield* gather.flush();
    gather.addZeros(tarPadding(header.size));
  }
  if (!gather.fits(TAR_END_BYTES)) yield* gather.flush();
  gather.addZeros(TAR_END_BYTES);
  yield* gather.flush();
}

/** The header blocks of a member: a ustar block, with an extended header before it where that does not suffice. */
export function encodeHeader(header: TarHeader): Uint8Array {
  const blocks = headerBlocks(header);
  const out = new Uint8Array(blocks.length);
  writeBlocks(out, 0, blocks);
  return out;
}

/** What the blocks of a header will say. */
interface HeaderBlocks {
  /** Bytes in all. */
  readonly length: number;
  /** PAX records; empty where ustar suffices. */
  readonly records: Uint8Array;
  readonly fields: UstarFields;
}

function headerBlocks(header: TarHeader): HeaderBlocks {
  const path = encodeName(header.type === 'directory' ? `${header.path}/` : header.path);
  const linkname = header.linkname === '' ? NO_BYTES : encodeName(header.linkname);
  const name = fitName(path);
  const misfits = numberMisfits(header);
  const records = paxRecords(
    header,
    name === undefined ? path : undefined,
    fitsLink(linkname) ? undefined : linkname,
    misfits,
  );
  const fields = {
    flag: typeFlag(header.type),
    path: name ?? { prefix: NO_BYTES, name: path.subarray(0, 100) },
    mode: header.mode,
    uid: misfits.uid ? octalMax(8) : header.uid,
    gid: misfits.gid ? octalMax(8) : header.gid,
    size: misfits.size ? octalMax(12) : header.size,
    mtimeSec: Math.min(Math.max(header.mtimeSec, 0), octalMax(12)),
    linkname: linkname.length > 100 ? linkname.subarray(0, 100) : linkname,
    devMajor: header.devMajor,
    devMinor: header.devMinor,
  };
  return { length: extendedLength(records) + TAR_BLOCK, records, fields };
}

/** Bytes of the extended header that holds some records. */
function extendedLength(records: Uint8Array): number {
  return records.length === 0 ? 0 : TAR_BLOCK + records.length + tarPadding(records.length);
}

/** Writes a header into zero bytes at `at`. */
function writeBlocks(out: Uint8Array, at: number, { records, fields }: HeaderBlocks): void {
  if (records.length > 0) {
    out.set(paxHeader(records.length), at);
    out.set(records, at + TAR_BLOCK);
  }
  writeHeader(out, at + extendedLength(records), fields);
}

/** The header of an extended header says nothing of its own. */
const PAX_FIELDS = {
  flag: LOCAL_PAX.charCodeAt(0),
  path: { prefix: NO_BYTES, name: utf8('PaxHeaders.0') },
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeSec: 0,
  linkname: NO_BYTES,
  devMajor: 0,
  devMinor: 0,
} as const;

/** Sizes of records repeat, and their headers with them: the last one is kept. */
let latestPaxHeader = new Uint8Array(0);
let latestPaxSize = -1;

function paxHeader(size: number): Uint8Array {
  if (size === latestPaxSize) return latestPaxHeader;
  latestPaxHeader = new Uint8Array(TAR_BLOCK);
  latestPaxSize = size;
  writeHeader(latestPaxHeader, 0, { ...PAX_FIELDS, size });
  return latestPaxHeader;
}

/**
 * Names that are UTF-8 but not ASCII go into a PAX record, whose encoding is known; bytes that are no text stay in the
 * header, where they are only bytes, as long as they fit.
 */
function fitName(name: Uint8Array): UstarName | undefined {
  return isAsciiOrBytes(name) ? splitName(name) : undefined;
}

function fitsLink(name: Uint8Array): boolean {
  return name.length <= 100 && isAsciiOrBytes(name);
}

function isAsciiOrBytes(name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if ((name[i] as number) >= 0x80) return !isUtf8(name);
  return true;
}

function isUtf8(bytes: Uint8Array): boolean {
  return utf8Text(bytes) !== undefined;
}

/** The records in the order of their keys; a long name that is no UTF-8 is announced as bytes. */
function paxRecords(
  header: TarHeader,
  path: Uint8Array | undefined,
  linkname: Uint8Array | undefined,
  misfits: NumberMisfits,
): Uint8Array {
  const records: WrittenRecord[] = [];
  for (const name of header.xattrs === undefined ? [] : [...header.xattrs.keys()].sort(compareNames)) {
    if (name.includes('=')) throw new RangeError(`PAX cannot hold the attribute name ${JSON.stringify(name)}`);
    records.push([encodeName(XATTR_PREFIX + name), header.xattrs?.get(name) ?? NO_BYTES]);
  }
  if (misfits.gid) records.push(['gid', String(header.gid)]);
  if ((path && !isUtf8(path)) || (linkname && !isUtf8(linkname))) records.push(['hdrcharset', 'BINARY']);
  if (linkname) records.push([utf8('linkpath'), linkname]);
  if (misfits.mtime) records.push(['mtime', formatPaxTime(header.mtimeSec, header.mtimeNsec)]);
  if (path) records.push([utf8('path'), path]);
  if (misfits.size) records.push(['size', String(header.size)]);
  if (misfits.uid) records.push(['uid', String(header.uid)]);
  return formatPax(records);
}

/** Gathers small pieces into chunks; what does not fit must wait for a {@link flush}. */
class Gather {
  private chunk = NO_BYTES;
  private start = 0;
  private end = 0;

  fits(length: number): boolean {
    return this.end + length <= this.chunk.length;
  }

  add(piece: Uint8Array): void {
    if (!this.fits(piece.length)) this.renew(GATHER_BYTES);
    this.chunk.set(piece, this.end);
    this.end += piece.length;
  }

  /** Headers are written where they will lie: to make and copy each takes longer than to write it. */
  addHeader(blocks: HeaderBlocks): void {
    // A long extended header may be larger than what a flush leaves.
    if (!this.fits(blocks.length)) this.renew(Math.max(blocks.length, GATHER_BYTES));
    writeBlocks(this.chunk, this.end, blocks);
    this.end += blocks.length;
  }

  addZeros(length: number): void {
    this.end += length;
  }

  /** Gives what was gathered; the rest of a chunk is used for what comes next. */
  *flush(): Generator<Uint8Array, void, undefined> {
    const gathered = this.chunk.subarray(this.start, this.end);
    this.start = this.end;
    if (this.chunk.length - this.end < REFERENCE_BYTES + TAR_BLOCK) this.renew(GATHER_BYTES);
    if (gathered.length > 0) yield gathered;
  }

  private renew(length: number): void {
    this.chunk = new Uint8Array(length);
    this.start = 0;
    this.end = 0;
  }
}

keepShapesOf(new Gather());
