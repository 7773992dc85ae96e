/** Walks the frames of zstd data (RFC 8878, section 3.1) without decoding: the window each asks for, and where it ends. */

import { StratumError } from '../base/error.js';

/** The largest window a frame may ask for, as in the zstd tool; a decoder allocates it before the first byte. */
export const ZSTD_WINDOW_LIMIT: number = 128 * 1024 * 1024;

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;
const FRAME_HEADER_MAX = 18;

type State = 'frame' | 'header' | 'block' | 'skip';

/** A piece of a frame; the `last` one ends it. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** Feed it the same bytes as the decoder, before the decoder; fails with LAYER_INVALID or LIMIT_EXCEEDED. */
export class ZstdFrames {
  private state: State = 'frame';
  private readonly held: Uint8Array = new Uint8Array(FRAME_HEADER_MAX);
  private heldBytes = 0;
  private need = 4;
  private skip = 0;
  private afterSkip: State = 'frame';
  private checksum = false;
  private offset = 0;

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at = this.frameEnd(chunk, at);
  }

  /** Cuts a chunk where frames end. */
  *cut(chunk: Uint8Array): Generator<FramePiece, void, undefined> {
    let at = 0;
    while (at < chunk.length) {
      const end = this.frameEnd(chunk, at);
      yield { bytes: chunk.subarray(at, end), last: this.state === 'frame' && this.heldBytes === 0 };
      at = end;
    }
  }

  /** Walks on from `at` to where a frame or the chunk ends. */
  private frameEnd(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      at += this.take(chunk, at);
      if (this.state === 'frame' && this.heldBytes === 0) break;
    }
    return at;
  }

  private take(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.state === 'skip' ? this.skip : this.need - this.heldBytes, chunk.length - at);
    if (this.state === 'skip') this.skip -= length;
    else {
      this.held.set(chunk.subarray(at, at + length), this.heldBytes);
      this.heldBytes += length;
    }
    this.offset += length;
    this.advance();
    return length;
  }

  /** Fails when the data stops inside a frame. */
  end(): void {
    if (this.state !== 'frame' || this.heldBytes > 0) throw this.error('zstd data is truncated');
  }

  private advance(): void {
    if (this.state === 'skip') {
      if (this.skip === 0) this.expect(this.afterSkip);
    } else if (this.heldBytes === this.need) {
      if (this.state === 'frame') this.magic();
      else if (this.state === 'header') this.frameHeader();
      else this.block();
    }
  }

  private magic(): void {
    const magic = this.number(0, 4);
    if (magic === MAGIC) {
      this.state = 'header';
      this.need = 5;
    } else if (magic >>> 4 === SKIPPABLE) {
      this.state = 'block';
      this.need = 8;
    } else throw this.error('no zstd frame where one should start');
  }

  private frameHeader(): void {
    const descriptor = this.held[4] as number;
    const single = (descriptor & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
    const whole = 5 + (single ? 0 : 1) + dictionary + sizeBytes;
    if (this.need < whole) {
      this.need = whole;
      return;
    }
    const window = single ? this.contentSize(whole - sizeBytes, sizeBytes) : this.windowSize(this.held[5] as number);
    if (window > ZSTD_WINDOW_LIMIT)
      throw new StratumError('LIMIT_EXCEEDED', `zstd window of ${window} bytes`, { offset: this.offset });
    this.checksum = (descriptor & 4) !== 0;
    this.expect('block');
  }

  private contentSize(at: number, bytes: number): number {
    return this.number(at, bytes) + (bytes === 2 ? 256 : 0);
  }

  private windowSize(descriptor: number): number {
    const base = 2 ** (10 + (descriptor >> 3));
    return base + (base / 8) * (descriptor & 7);
  }

  /** A block's header, or the size of a skippable frame. */
  private block(): void {
    if (this.need === 8) {
      this.skipTo(this.number(4, 4), 'frame');
      return;
    }
    const header = this.number(0, 3);
    const type = (header >> 1) & 3;
    if (type === 3) throw this.error('unknown block type in zstd data');
    const size = type === 1 ? 1 : header >> 3;
    const last = (header & 1) !== 0;
    this.skipTo(size + (last && this.checksum ? 4 : 0), last ? 'frame' : 'block');
  }

  private skipTo(bytes: number, then: State): void {
    this.skip = bytes;
    this.afterSkip = then;
    if (bytes === 0) this.expect(then);
    else this.state = 'skip';
  }

  private expect(state: State): void {
    this.state = state;
    this.heldBytes = 0;
    this.need = state === 'block' ? 3 : 4;
  }

  /** Little-endian. */
  private number(at: number, bytes: number): number {
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (this.held[at + i] as number);
    return value;
  }

  private error(what: string): StratumError {
    return new StratumError('LAYER_INVALID', what, { offset: this.offset });
  }
}
