/** A push parser of tar streams: chunks in, members and slices of their bodies out, nothing copied, nothing awaited. */

import { joinBytes, NO_BYTES } from '../base/bytes.js';
import { isStratumError, placed, StratumError } from '../base/error.js';
import { TAR_BLOCK, type TarEntry, tarPadding } from './entry.js';
import { isZeroBlock, parseHeader, type RawHeader } from './header.js';
import { checkLimit, TAR_LIMITS, type TarLimits } from './limits.js';
import { isDescriptive, MemberHeaders } from './member.js';

/** Where a reader delivers. */
export interface TarSink {
  /** A member whose headers are complete; its body follows. */
  entry(entry: TarEntry): void;
  /** A slice of the stored body of the last member; without this method bodies are skipped. */
  body?(bytes: Uint8Array): void;
  /** Every byte that is neither body nor padding, in order, as slices: together they are the skeleton. */
  header?(bytes: Uint8Array): void;
}

export interface TarReaderOptions {
  /** True when the stream is a skeleton: headers as they were, bodies and their padding left out. */
  readonly skeleton?: boolean;
  readonly limits?: Partial<TarLimits>;
}

/** What the next bytes are. */
type Phase = 'header' | 'records' | 'extension' | 'map' | 'body' | 'padding' | 'end';

/**
 * Reads ustar, PAX, GNU, star and v7. Feed it with {@link push}, then call {@link end}; both fail with TAR_INVALID or
 * LIMIT_EXCEEDED, naming offset and, if it is known, entry. After two zero blocks the rest of a stream is ignored.
 */
export class TarReader {
  private readonly sink: TarSink;
  private readonly skeleton: boolean;
  private readonly limits: TarLimits;
  private phase: Phase = 'header';
  /** Position in the stream as it is with bodies. */
  private offset = 0;
  /** Bytes that the phase still needs. */
  private need: number = TAR_BLOCK;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private zeroBlocks = 0;
  private entries = 0;

  private readonly member: MemberHeaders = new MemberHeaders();
  private raw: RawHeader | undefined;
  private headerOffset = 0;
  private headerBytes = 0;
  private bodySize = 0;

  constructor(sink: TarSink, options: TarReaderOptions = {}) {
    this.sink = sink;
    this.skeleton = options.skeleton ?? false;
    this.limits = { ...TAR_LIMITS, ...options.limits };
  }

  /** Takes the next bytes of the stream; slices of them go to the sink. */
  push(chunk: Uint8Array): void {
    this.guard(() => {
      let at = 0;
      while (at < chunk.length) at += this.take(chunk, at);
      checkLimit(this.limits, 'totalBytes', this.offset);
    });
  }

  /** Says that the stream is over; fails when it stops in the middle of a member. */
  end(): void {
    this.guard(() => {
      const between =
        this.phase === 'end' || (this.phase === 'header' && this.heldBytes === 0 && this.headerBytes === 0);
      // A body whose padding alone is missing is whole: some writers leave the last padding out.
      if (!between && this.phase !== 'padding') throw new StratumError('TAR_INVALID', 'tar stream is truncated');
    });
  }

  /** Uses some bytes of the chunk and returns how many. */
  private take(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.need, chunk.length - at);
    if (this.phase === 'end') return this.pass(chunk.length - at);
    if (this.phase === 'body' || this.phase === 'padding') {
      if (this.phase === 'body') this.sink.body?.(chunk.subarray(at, at + length));
      this.need -= length;
      this.offset += length;
      if (this.need === 0) this.bodyDone();
      return length;
    }
    this.hold(chunk.subarray(at, at + length));
    return length;
  }

  private pass(length: number): number {
    this.offset += length;
    return length;
  }

  /** Collects what must be read as a whole; a piece that lies in one chunk is not copied. */
  private hold(piece: Uint8Array): void {
    this.held.push(piece);
    this.heldBytes += piece.length;
    this.need -= piece.length;
    if (this.need > 0) return;
    const whole = joinBytes(this.held, this.heldBytes);
    this.held = [];
    this.heldBytes = 0;
    this.offset += whole.length;
    this.whole(whole);
  }

  private whole(bytes: Uint8Array): void {
    if (this.phase === 'header' && isZeroBlock(bytes)) this.zeroBlock(bytes);
    else this.headers(bytes);
  }

  private headers(bytes: Uint8Array): void {
    if (this.zeroBlocks > 0) throw new StratumError('TAR_INVALID', 'header after a zero block');
    this.sink.header?.(bytes);
    if (this.headerBytes === 0) this.headerOffset = this.offset - bytes.length;
    this.headerBytes += bytes.length;
    checkLimit(this.limits, 'headerBytes', this.headerBytes);
    if (this.phase === 'header') this.header(bytes);
    else this.more(this.raw as RawHeader, bytes);
  }

  private more(raw: RawHeader, bytes: Uint8Array): void {
    if (this.phase === 'records') this.records(raw, bytes);
    else if (this.phase === 'extension') this.complete(raw, this.member.extend(bytes) ? 'extension' : undefined);
    else this.complete(raw, this.member.extendMap(raw, bytes) ? 'map' : undefined);
  }

  private zeroBlock(bytes: Uint8Array): void {
    if (this.headerBytes > 0) throw new StratumError('TAR_INVALID', 'extended header without a member');
    this.sink.header?.(bytes);
    this.zeroBlocks++;
    this.expect(this.zeroBlocks === 2 ? 'end' : 'header', TAR_BLOCK);
  }

  private header(block: Uint8Array): void {
    const raw = parseHeader(block);
    this.raw = raw;
    if (raw.size < 0) throw new StratumError('TAR_INVALID', 'negative size');
    if (!isDescriptive(raw.flag)) {
      this.complete(raw, this.member.start(raw, block));
      return;
    }
    checkLimit(this.limits, 'headerBytes', this.headerBytes + raw.size);
    if (raw.size === 0) this.records(raw, NO_BYTES);
    else this.expect('records', raw.size + tarPadding(raw.size));
  }

  private records(raw: RawHeader, padded: Uint8Array): void {
    this.member.describe(raw.flag, padded.subarray(0, raw.size));
    checkLimit(this.limits, 'headerBytes', this.member.globalBytes);
    // A global header may stand alone at the end of a stream.
    if (!this.member.isStarted) this.headerBytes = 0;
    this.expect('header', TAR_BLOCK);
  }

  /** Goes on to what a member still needs, or delivers it. */
  private complete(raw: RawHeader, missing: 'extension' | 'map' | undefined): void {
    if (missing !== undefined) {
      this.expect(missing, TAR_BLOCK);
      return;
    }
    const entry = this.member.entry(raw, this.headerOffset, this.offset);
    checkLimit(this.limits, 'pathLength', Math.max(entry.path.length, entry.linkname.length));
    checkLimit(this.limits, 'entries', ++this.entries);
    this.sink.entry(entry);
    this.member.forget();
    this.headerBytes = 0;
    this.expectBody(entry.size);
  }

  private expectBody(size: number): void {
    this.raw = undefined;
    this.bodySize = size;
    if (this.skeleton) {
      this.offset += size + tarPadding(size);
      this.expect('header', TAR_BLOCK);
    } else if (size === 0) this.expect('header', TAR_BLOCK);
    else this.expect('body', size);
  }

  private bodyDone(): void {
    const padding = this.phase === 'body' ? tarPadding(this.bodySize) : 0;
    if (padding > 0) this.expect('padding', padding);
    else this.expect('header', TAR_BLOCK);
  }

  private expect(phase: Phase, need: number): void {
    this.phase = phase;
    this.need = need;
  }

  /** Adds the place to an error that has none. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isStratumError(error) || error.offset !== undefined || error.entry !== undefined) throw error;
      const entry = this.member.name ?? (this.raw?.path || undefined);
      throw placed(error, { offset: this.offset, ...(entry !== undefined && { entry: entry.slice(0, SHOWN_PATH) }) });
    }
  }
}

/** Longer names are cut in errors. */
const SHOWN_PATH = 300;
