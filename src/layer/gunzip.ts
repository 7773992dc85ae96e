/**
 * A portable gunzip (RFC 1952) that reads members joined end to end, as image tools write them; the platform's
 * DecompressionStream refuses those.
 */

import { StratumError } from '../base/error.js';
import { crc32 } from './crc32.js';
import { Inflate } from './inflate.js';

const HEADER_LIMIT = 64 * 1024;
const TRAILER_BYTES = 8;

type State = 'header' | 'data' | 'trailer';

/** Feed it with {@link push}, then call {@link end}; both fail with LAYER_INVALID. Output belongs to the consumer. */
export class Gunzip {
  private readonly inflate: Inflate;
  private state: State = 'header';
  private members = 0;
  private crc = 0;
  private size = 0;

  constructor(emit: (bytes: Uint8Array) => void) {
    this.inflate = new Inflate((bytes) => {
      this.crc = crc32(bytes, this.crc);
      this.size += bytes.length;
      emit(bytes);
    });
  }

  push(chunk: Uint8Array): void {
    this.inflate.feed(chunk);
    while (this.step());
  }

  end(): void {
    this.inflate.feed(undefined);
    while (this.step());
    const isWhole = this.state === 'header' && this.members > 0 && this.inflate.rest().length === 0;
    if (!isWhole) throw this.error('gzip data is truncated');
  }

  /** False when more input is needed. */
  private step(): boolean {
    if (this.state === 'header') return this.header();
    if (this.state === 'trailer') return this.trailer();
    if (!this.inflate.run()) return false;
    this.state = 'trailer';
    return true;
  }

  /** A member's header; behind the last one only zeros may stand. */
  private header(): boolean {
    if (this.members > 0) this.skipZeros();
    const rest = this.inflate.rest();
    if (rest.length === 0) return false;
    const end = headerEnd(rest);
    if (end === 0) throw this.error(this.members === 0 ? 'no gzip data' : 'gzip data is followed by something else');
    if (end === undefined && rest.length > HEADER_LIMIT) throw this.error('gzip header is too long');
    if (end === undefined) return false;
    this.inflate.skip(end);
    this.inflate.start();
    this.members++;
    this.crc = 0;
    this.size = 0;
    this.state = 'data';
    return true;
  }

  private skipZeros(): void {
    const rest = this.inflate.rest();
    let zeros = 0;
    while (zeros < rest.length && rest[zeros] === 0) zeros++;
    this.inflate.skip(zeros);
  }

  private trailer(): boolean {
    const rest = this.inflate.rest();
    if (rest.length < TRAILER_BYTES) return false;
    const view = new DataView(rest.buffer, rest.byteOffset, TRAILER_BYTES);
    if (view.getUint32(0, true) !== this.crc) throw this.error('gzip checksum does not match');
    if (view.getUint32(4, true) !== this.size % 2 ** 32) throw this.error('gzip size does not match');
    this.inflate.skip(TRAILER_BYTES);
    this.state = 'header';
    return true;
  }

  private error(what: string): StratumError {
    return new StratumError('LAYER_INVALID', what, { offset: this.inflate.offset });
  }
}

const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Where the deflate data starts; 0 when this is no gzip header, `undefined` when more bytes are needed. */
function headerEnd(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== undefined && bytes[0] !== 0x1f) return 0;
  if (bytes[1] !== undefined && bytes[1] !== 0x8b) return 0;
  if (bytes.length < 10) return undefined;
  const flags = bytes[3] as number;
  if (bytes[2] !== 8 || flags > 31) return 0;
  let at: number | undefined = 10;
  if (flags & FLAG_EXTRA) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + (bytes[at] as number) + ((bytes[at + 1] as number) << 8);
  }
  if (flags & FLAG_NAME) at = afterZero(bytes, at);
  if (flags & FLAG_COMMENT && at !== undefined) at = afterZero(bytes, at);
  if (at !== undefined && flags & FLAG_CRC) at += 2;
  return at === undefined || at > bytes.length ? undefined : at;
}

function afterZero(bytes: Uint8Array, at: number): number | undefined {
  const zero = bytes.indexOf(0, at);
  return zero < 0 ? undefined : zero + 1;
}
