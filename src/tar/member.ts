/** Gathers the headers of one member, whichever dialects they mix, and says what they come to. */

import { StratumError } from '../base/error.js';
import type { SparseRegion, TarEntry } from './entry.js';
import { readText } from './field.js';
import {
  entryType,
  GLOBAL_PAX,
  GNU_LONG_LINK,
  GNU_LONG_NAME,
  GNU_SPARSE,
  isGnuHeader,
  LOCAL_PAX,
  type RawHeader,
  SOLARIS_PAX,
} from './header.js';
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

/** True for the type flags of headers that only describe the member after them. */
export function isDescriptive(flag: string): boolean {
  return (
    flag === LOCAL_PAX ||
    flag === GLOBAL_PAX ||
    flag === SOLARIS_PAX ||
    flag === GNU_LONG_NAME ||
    flag === GNU_LONG_LINK
  );
}

export class MemberHeaders {
  /** Bytes of the global records so far, all of which are kept. */
  globalBytes = 0;
  private globals: PaxRecords | undefined;
  private locals: PaxRecords | undefined;
  private longName: string | undefined;
  private longLink: string | undefined;
  private path: string | undefined;
  private regions: SparseRegion[] = [];
  private realSize: number | undefined;
  private bodyMap: BodyMap | undefined;

  /** The best name for the member so far. */
  get name(): string | undefined {
    return this.path ?? this.longName;
  }

  /** False when nothing has been said of the next member yet. */
  get isStarted(): boolean {
    return this.locals !== undefined || this.longName !== undefined || this.longLink !== undefined;
  }

  /** Takes the body of a descriptive header. */
  describe(flag: string, body: Uint8Array): void {
    if (flag === GLOBAL_PAX) {
      this.globals = parsePax(body, this.globals);
      this.globalBytes += body.length;
    } else if (flag === GNU_LONG_NAME) this.longName = readText(body, 0, body.length);
    else if (flag === GNU_LONG_LINK) this.longLink = readText(body, 0, body.length);
    else this.locals = parsePax(body, this.locals ?? this.globals);
  }

  /** Takes the header of the member itself; says what must be read before the member is complete. */
  start(raw: RawHeader, block: Uint8Array): 'extension' | 'map' | undefined {
    if (raw.flag === GNU_SPARSE && isGnuHeader(block)) {
      const { regions, extended, size } = headerRegions(block);
      this.regions = regions;
      this.realSize = size;
      return extended ? 'extension' : undefined;
    }
    return isMapInBody(this.records) ? 'map' : undefined;
  }

  /** Takes an extension block of an old GNU sparse file; true when another follows. */
  extend(block: Uint8Array): boolean {
    const { regions, extended } = extensionRegions(block);
    for (const region of regions) this.regions.push(region);
    return extended;
  }

  /** Takes a block of the map at the head of a body; true when another follows. */
  extendMap(raw: RawHeader, block: Uint8Array): boolean {
    this.bodyMap ??= new BodyMap();
    const regions = this.bodyMap.push(block);
    const size = paxNumber(this.records, 'size') ?? raw.size;
    if (this.bodyMap.size > size) throw new StratumError('TAR_INVALID', 'sparse map is longer than its file');
    if (regions !== undefined) this.regions = regions;
    return regions === undefined;
  }

  /** The member; PAX records win over long names, which win over the header. */
  entry(raw: RawHeader, headerOffset: number, bodyOffset: number): TarEntry {
    const pax = this.records;
    const path = paxName(pax, 'GNU.sparse.name') ?? paxName(pax, 'path') ?? this.longName ?? raw.path;
    this.path = path;
    const type = entryType(raw.flag, path);
    if (type === undefined) throw new StratumError('TAR_INVALID', `unknown type flag ${JSON.stringify(raw.flag)}`);
    const mtime = paxTime(pax, 'mtime');
    const stored = type === 'file' ? (paxNumber(pax, 'size') ?? raw.size) - this.mapBytes : 0;
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
      headerOffset,
      bodyOffset,
    };
  }

  private sparseMap(pax: PaxRecords | undefined, stored: number): TarEntry['sparse'] {
    const size = this.realSize ?? paxSparseSize(pax);
    if (size === undefined) return undefined;
    const regions = paxRegions(pax) ?? this.regions;
    return checkedSparseMap(size, regions, stored);
  }

  /** What described this member describes no other. */
  forget(): void {
    this.locals = undefined;
    this.longName = undefined;
    this.longLink = undefined;
    this.path = undefined;
    this.realSize = undefined;
    this.regions = [];
    this.bodyMap = undefined;
  }

  private get records(): PaxRecords | undefined {
    return this.locals ?? this.globals;
  }

  /** Bytes at the head of the body that are map, not content. */
  private get mapBytes(): number {
    return this.bodyMap?.size ?? 0;
  }
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
