/** The maps of sparse files: old GNU headers and PAX formats 0.0, 0.1 and 1.0 (GNU tar manual, "Sparse Formats"). */

import { joinBytes, utf8Text } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { type SparseMap, type SparseRegion, TAR_BLOCK } from './entry.js';
import { readNumber } from './field.js';
import { type PaxRecords, paxNumber, SPARSE_MAP } from './pax.js';

const HEADER_REGIONS = 4;
const EXTENSION_REGIONS = 21;
const REGION_BYTES = 24;

/** Regions in an old GNU header, and whether extension blocks follow. */
export function headerRegions(block: Uint8Array): { regions: SparseRegion[]; extended: boolean; size: number } {
  return {
    regions: readRegions(block, 386, HEADER_REGIONS),
    extended: block[482] !== 0,
    size: readNumber(block, 483, 12, 'realsize'),
  };
}

/** Regions in an extension block, and whether another follows. */
export function extensionRegions(block: Uint8Array): { regions: SparseRegion[]; extended: boolean } {
  return { regions: readRegions(block, 0, EXTENSION_REGIONS), extended: block[504] !== 0 };
}

function readRegions(block: Uint8Array, at: number, count: number): SparseRegion[] {
  const regions: SparseRegion[] = [];
  for (let i = 0; i < count; i++) {
    const from = at + i * REGION_BYTES;
    if (block[from] === 0) break;
    regions.push({
      offset: readNumber(block, from, 12, 'sparse offset'),
      size: readNumber(block, from + 12, 12, 'sparse size'),
    });
  }
  return regions;
}

/** The size of the whole file if the records say that it is sparse. */
export function paxSparseSize(records: PaxRecords | undefined): number | undefined {
  return paxNumber(records, 'GNU.sparse.realsize') ?? paxNumber(records, 'GNU.sparse.size');
}

/** True when the map stands at the head of the body (format 1.0). */
export function isMapInBody(records: PaxRecords | undefined): boolean {
  return records?.has('GNU.sparse.major') === true && paxNumber(records, 'GNU.sparse.major') === 1;
}

/** The regions of formats 0.0 and 0.1; `undefined` when there is no map. */
export function paxRegions(records: PaxRecords | undefined): SparseRegion[] | undefined {
  const map = records?.get(SPARSE_MAP);
  if (map === undefined) return undefined;
  return pairUp((utf8Text(map) ?? '').split(','));
}

/** The map of format 1.0: decimal lines, first their count, in blocks at the head of the body. */
export class BodyMap {
  private readonly blocks: Uint8Array[] = [];
  private lines = 0;
  private linesNeeded: number | undefined;

  /** Bytes taken from the body so far. */
  get size(): number {
    return this.blocks.length * TAR_BLOCK;
  }

  /** Takes the next block; the regions once the map is complete. */
  push(block: Uint8Array): SparseRegion[] | undefined {
    this.blocks.push(block);
    for (const byte of block) if (byte === 0x0a) this.lines++;
    if (this.lines === 0) return undefined;
    this.linesNeeded ??= 1 + 2 * decimal(this.text()[0] as string);
    return this.lines < this.linesNeeded ? undefined : pairUp(this.text().slice(1, this.linesNeeded));
  }

  private text(): string[] {
    return (utf8Text(joinBytes([...this.blocks])) ?? '').split('\n');
  }
}

function pairUp(numbers: readonly string[]): SparseRegion[] {
  if (numbers.length % 2 !== 0) throw new StratumError('TAR_INVALID', 'sparse map has an odd number of values');
  const regions: SparseRegion[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    regions.push({ offset: decimal(numbers[i] as string), size: decimal(numbers[i + 1] as string) });
  }
  return regions;
}

function decimal(text: string): number {
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new StratumError('TAR_INVALID', 'sparse map holds what is no number');
}

/** Makes a map of regions that are in order, do not overlap, stay in the file and fill `stored` bytes exactly. */
export function checkedSparseMap(size: number, regions: readonly SparseRegion[], stored: number): SparseMap {
  let end = 0;
  let sum = 0;
  for (const region of regions) {
    if (region.offset < end || region.offset + region.size > size)
      throw new StratumError('TAR_INVALID', 'sparse map contradicts itself');
    end = region.offset + region.size;
    sum += region.size;
  }
  if (sum !== stored) throw new StratumError('TAR_INVALID', `sparse map covers ${sum} bytes, the body has ${stored}`);
  return { size, regions: regions.filter((region) => region.size > 0) };
}
