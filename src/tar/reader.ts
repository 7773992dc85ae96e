/** A push parser of tar streams: chunks in, members and slices of their bodies out, nothing copied, nothing awaited. */

import { joinBytes } from '../base/bytes.js';
import { isStratumError, placed, StratumError } from '../base/error.js';
import { type SparseRegion, TAR_BLOCK, type TarEntry, tarPadding } from './entry.js';
import { readText } from './field.js';
import {
  entryType,
  GLOBAL_PAX,
  GNU_LONG_LINK,
  GNU_LONG_NAME,
  GNU_SPARSE,
  isGnuHeader,
  isZeroBlock,
  LOCAL_PAX,
  parseHeader,
  type RawHeader,
  SOLARIS_PAX,
} from './header.js';
import { checkLimit, TAR_LIMITS, type TarLimits } from './limits.js';
import { type PaxRecords, parsePax, paxName, paxNumber, paxTime, paxXattrs } from './pax.js';
import {
  BodyMap,
  checkedSparseMap,
  extensionRegions,
  headerRegions,
  isMapInBody,
  paxRegions,
  paxSparseSize,
} from './sparse.js';

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

  private globals: PaxRecords | undefined;
  private globalBytes = 0;
  private locals: PaxRecords | undefined;
  private longName: string | undefined;
  private longLink: string | undefined;
  private raw: RawHeader | undefined;
  private regions: SparseRegion[] = [];
  private realSize: number | undefined;
  private bodyMap: BodyMap | undefined;
  private path: string | undefined;
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
    else if (this.phase === 'records') this.records(bytes);
    else if (this.phase === 'extension') this.extension(bytes);
    else this.map(bytes);
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
    if (isDescriptive(raw.flag)) {
      checkLimit(this.limits, 'headerBytes', this.headerBytes + raw.size);
      if (raw.size === 0) this.records(new Uint8Array(0));
      else this.expect('records', raw.size + tarPadding(raw.size));
    } else if (raw.flag === GNU_SPARSE && isGnuHeader(block)) {
      const { regions, extended, size } = headerRegions(block);
      this.regions = regions;
      this.realSize = size;
      if (extended) this.expect('extension', TAR_BLOCK);
      else this.member();
    } else if (isMapInBody(this.paxRecords())) {
      this.expect('map', TAR_BLOCK);
    } else this.member();
  }

  private records(padded: Uint8Array): void {
    const raw = this.raw as RawHeader;
    const body = padded.subarray(0, raw.size);
    if (raw.flag === GLOBAL_PAX) {
      this.globals = parsePax(body, this.globals);
      this.globalBytes += body.length;
      checkLimit(this.limits, 'headerBytes', this.globalBytes);
      // A global header may stand alone at the end of a stream.
      if (this.locals === undefined && this.longName === undefined && this.longLink === undefined) this.headerBytes = 0;
    } else if (raw.flag === GNU_LONG_NAME) this.longName = readText(body, 0, body.length);
    else if (raw.flag === GNU_LONG_LINK) this.longLink = readText(body, 0, body.length);
    else this.locals = parsePax(body, this.locals ?? this.globals);
    this.expect('header', TAR_BLOCK);
  }

  private extension(block: Uint8Array): void {
    const { regions, extended } = extensionRegions(block);
    for (const region of regions) this.regions.push(region);
    if (extended) this.expect('extension', TAR_BLOCK);
    else this.member();
  }

  private map(block: Uint8Array): void {
    this.bodyMap ??= new BodyMap();
    const size = paxNumber(this.paxRecords(), 'size') ?? (this.raw as RawHeader).size;
    const regions = this.bodyMap.push(block);
    if (this.bodyMap.size > size) throw new StratumError('TAR_INVALID', 'sparse map is longer than its file');
    if (regions === undefined) {
      this.expect('map', TAR_BLOCK);
    } else {
      this.regions = regions;
      this.member();
    }
  }

  /** The headers of a member are complete. */
  private member(): void {
    const raw = this.raw as RawHeader;
    const entry = this.entryOf(raw, this.paxRecords());
    checkLimit(this.limits, 'pathLength', Math.max(entry.path.length, entry.linkname.length));
    checkLimit(this.limits, 'entries', ++this.entries);
    this.sink.entry(entry);
    this.forget();
    this.expectBody(entry.size);
  }

  private entryOf(raw: RawHeader, pax: PaxRecords | undefined): TarEntry {
    const path = paxName(pax, 'GNU.sparse.name') ?? paxName(pax, 'path') ?? this.longName ?? raw.path;
    this.path = path;
    const type = entryType(raw.flag, path);
    if (type === undefined) throw new StratumError('TAR_INVALID', `unknown type flag ${JSON.stringify(raw.flag)}`);
    const mtime = paxTime(pax, 'mtime');
    const stored = type === 'file' ? (paxNumber(pax, 'size') ?? raw.size) - (this.bodyMap?.size ?? 0) : 0;
    const device = type === 'character' || type === 'block';
    return {
      path: type === 'directory' ? withoutSlashes(path) : path,
      type,
      mode: raw.mode,
      uid: checkedId(paxNumber(pax, 'uid') ?? raw.uid),
      gid: checkedId(paxNumber(pax, 'gid') ?? raw.gid),
      size: stored,
      mtimeSec: mtime?.sec ?? raw.mtimeSec,
      mtimeNsec: mtime?.nsec ?? 0,
      linkname:
        type === 'link' || type === 'symlink' ? (paxName(pax, 'linkpath') ?? this.longLink ?? raw.linkname) : '',
      devMajor: device ? raw.devMajor : 0,
      devMinor: device ? raw.devMinor : 0,
      xattrs: paxXattrs(pax),
      sparse: type === 'file' ? this.sparseMap(pax, stored) : undefined,
      headerOffset: this.headerOffset,
      bodyOffset: this.offset,
    };
  }

  private sparseMap(pax: PaxRecords | undefined, stored: number): TarEntry['sparse'] {
    const size = this.realSize ?? paxSparseSize(pax);
    if (size === undefined) return undefined;
    const regions = paxRegions(pax) ?? this.regions;
    return checkedSparseMap(size, regions, stored);
  }

  private paxRecords(): PaxRecords | undefined {
    return this.locals ?? this.globals;
  }

  /** What described the last member describes no other. */
  private forget(): void {
    this.locals = undefined;
    this.longName = undefined;
    this.longLink = undefined;
    this.path = undefined;
    this.realSize = undefined;
    this.regions = [];
    this.bodyMap = undefined;
    this.headerBytes = 0;
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
      const entry = this.path ?? this.longName ?? (this.raw?.path || undefined);
      throw placed(error, { offset: this.offset, ...(entry !== undefined && { entry: entry.slice(0, SHOWN_PATH) }) });
    }
  }
}

/** Longer names are cut in errors. */
const SHOWN_PATH = 300;

function isDescriptive(flag: string): boolean {
  return (
    flag === LOCAL_PAX ||
    flag === GLOBAL_PAX ||
    flag === SOLARIS_PAX ||
    flag === GNU_LONG_NAME ||
    flag === GNU_LONG_LINK
  );
}

/** The kernel's ids have 32 bits. */
function checkedId(id: number): number {
  if (id >= 0 && id <= 0xffffffff) return id;
  throw new StratumError('TAR_INVALID', `owner ${id} is out of range`);
}

/** Directories are named with a slash behind, in some dialects with several. */
function withoutSlashes(path: string): string {
  return path.replace(/(?<=[^/])\/+$/, '');
}
