/** A sparse file's content with its holes filled: zeros where nothing is stored. */

import type { SparseMap, SparseRegion } from '../tar/entry.js';
import type { SyncBytes } from '../tree/node.js';

interface PlacedRegion extends SparseRegion {
  /** Where its bytes are stored. */
  readonly stored: number;
}

/** Reads a sparse file as a whole file. */
export class SparseBytes implements SyncBytes {
  readonly size: number;
  private readonly stored: SyncBytes;
  private readonly regions: readonly PlacedRegion[];

  /** The regions' bytes follow one another in `stored` from `bodyOffset`. */
  constructor(map: SparseMap, stored: SyncBytes, bodyOffset: number) {
    this.size = map.size;
    this.stored = stored;
    let at = bodyOffset;
    this.regions = map.regions.map((region) => {
      const placed = { ...region, stored: at };
      at += region.size;
      return placed;
    });
  }

  read(offset: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = this.firstAfter(offset); i < this.regions.length; i++) {
      const region = this.regions[i] as PlacedRegion;
      if (region.offset >= offset + length) break;
      const from = Math.max(region.offset, offset);
      const to = Math.min(region.offset + region.size, offset + length);
      out.set(this.stored.read(region.stored + from - region.offset, to - from), from - offset);
    }
    return out;
  }

  /** The first region that ends behind `offset`. */
  private firstAfter(offset: number): number {
    let low = 0;
    let high = this.regions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const region = this.regions[middle] as PlacedRegion;
      if (region.offset + region.size > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
