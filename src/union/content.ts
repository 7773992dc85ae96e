/**
 * What a written file holds: extents over the lower content and over buffers of its own, in the order of the file.
 * Copying a file up makes one extent, whatever its size; only what is written takes memory.
 */

import { NO_BYTES } from '../base/bytes.js';
import type { SyncBytes } from '../tree/node.js';

/** Names who may write to a buffer in place; a view gets a new one at every fork. */
export type Owner = object;

/** Below this a growing tail is reallocated in larger steps; above it, new buffers are added behind. */
const SMALL_TAIL_BYTES = 64 * 1024;
const LARGEST_TAIL_BYTES = 4 * 1024 * 1024;
/** Small files share slabs: an ArrayBuffer costs more than what such a file holds. */
const SHARED_BYTES = 1024;
const SLAB_BYTES = 16 * 1024;

/** `length` bytes of the file from `start`: of a lower slice, of a buffer, or zeros (a hole). */
interface Extent {
  start: number;
  length: number;
  /** Where the extent begins in its source. */
  offset: number;
  readonly lower: SyncBytes | undefined;
  buffer: Uint8Array | undefined;
  /** Where the extent's part of the buffer ends, and another's may begin. */
  limit: number;
  readonly owner: Owner | undefined;
}

export class Content {
  #extents: Extent[];
  #size: number;
  /** What the file lay in before it was emptied: a file that is written anew needs no other buffer. */
  #spare: Extent | undefined;

  private constructor(extents: Extent[], size: number) {
    this.#extents = extents;
    this.#size = size;
    this.#spare = undefined;
  }

  static empty(): Content {
    return new Content([], 0);
  }

  static over(lower: SyncBytes, offset: number, length: number): Content {
    return new Content(length === 0 ? [] : [extentOf(0, length, offset, lower)], length);
  }

  /** True when the content still is one lower slice, as it was copied up. */
  isSlice(lower: SyncBytes, offset: number, length: number): boolean {
    if (length === 0) return this.#size === 0;
    const [only, more] = this.#extents;
    return more === undefined && only?.lower === lower && only.offset === offset && only.length === length;
  }

  get size(): number {
    return this.#size;
  }

  /** The same content for another owner; buffers are shared until one of the two writes. */
  clone(): Content {
    return new Content(
      this.#extents.map((extent) => ({ ...extent })),
      this.#size,
    );
  }

  /** Fills `into` from `position`; returns the number of bytes, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): number {
    const end = Math.min(position + into.length, this.#size);
    if (end <= position) return 0;
    for (let i = this.#indexAt(position); i < this.#extents.length; i++) {
      const extent = this.#extents[i] as Extent;
      if (extent.start >= end) break;
      const from = Math.max(extent.start, position);
      const to = Math.min(extent.start + extent.length, end);
      copyExtent(extent, from, to, into, from - position);
    }
    return end - position;
  }

  /** All bytes; a view where one extent holds them, so the caller must not write to it. */
  whole(): Uint8Array {
    return this.view(0, this.#size);
  }

  /** Some bytes that are there; a view where one extent holds them, so the caller must not write to it. */
  view(position: number, length: number): Uint8Array {
    if (length === 0) return NO_BYTES;
    const { start, length: held, offset, lower, buffer } = this.#extents[this.#indexAt(position)] as Extent;
    if (position + length <= start + held) {
      const at = offset + position - start;
      if (lower !== undefined) return lower.read(at, length);
      if (buffer !== undefined) return buffer.subarray(at, at + length);
    }
    const out = new Uint8Array(length);
    this.read(out, position);
    return out;
  }

  /** Bytes of a range that lie in buffers: those that a write made. */
  heldIn(from: number, to: number): number {
    let held = 0;
    if (from >= to || this.#extents.length === 0) return 0;
    for (let i = this.#indexAt(from); i < this.#extents.length; i++) {
      const extent = this.#extents[i] as Extent;
      if (extent.start >= to) break;
      if (extent.buffer === undefined) continue;
      held += Math.max(0, Math.min(extent.start + extent.length, to) - Math.max(extent.start, from));
    }
    return held;
  }

  /** Writes a copy of `bytes` at `position`; a gap before it becomes a hole. */
  write(bytes: Uint8Array, position: number, owner: Owner): void {
    if (bytes.length === 0) return;
    if (position > this.#size) this.#addHole(position - this.#size);
    if (position === this.#size) this.#append(bytes, owner);
    else if (!this.#overwriteInPlace(bytes, position, owner)) this.#replace(bytes, position, owner);
  }

  /** Cuts the file, or lengthens it by a hole. */
  truncate(size: number): void {
    if (size > this.#size) this.#addHole(size - this.#size);
    else if (size < this.#size) {
      if (size === 0) this.#spare = spareOf(this.#extents);
      this.#extents = this.#slice(0, size);
      this.#size = size;
    }
  }

  /** Index of the extent that holds a position below the size. */
  #indexAt(position: number): number {
    let low = 0;
    let high = this.#extents.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#extents[middle] as Extent).start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #addHole(length: number): void {
    this.#extents.push(extentOf(this.#size, length, 0, undefined));
    this.#size += length;
  }

  #append(bytes: Uint8Array, owner: Owner): void {
    const tail = this.#extents.at(-1);
    if (tail?.buffer !== undefined && tail.owner === owner && growTail(tail, bytes.length)) {
      tail.buffer.set(bytes, tail.offset + tail.length);
      tail.length += bytes.length;
    } else if (tail === undefined && fits(this.#spare, bytes, owner)) {
      const { buffer, offset, limit } = this.#spare;
      buffer.set(bytes, offset);
      this.#extents = [{ start: 0, length: bytes.length, offset, lower: undefined, buffer, limit, owner }];
      this.#spare = undefined;
    } else {
      const extent = ownExtent(this.#size, bytes, owner, tailCapacity(this.#size, bytes.length, tail));
      // A pushed array has room for seventeen; most files stay at one.
      if (tail === undefined) this.#extents = [extent];
      else this.#extents.push(extent);
    }
    this.#size += bytes.length;
  }

  /** Writes where the owner's buffer already lies; false when the range is not wholly inside one. */
  #overwriteInPlace(bytes: Uint8Array, position: number, owner: Owner): boolean {
    const extent = this.#extents[this.#indexAt(position)];
    if (extent?.buffer === undefined || extent.owner !== owner) return false;
    if (position + bytes.length > extent.start + extent.length) return false;
    extent.buffer.set(bytes, extent.offset + position - extent.start);
    return true;
  }

  #replace(bytes: Uint8Array, position: number, owner: Owner): void {
    const end = position + bytes.length;
    const before = this.#slice(0, position);
    const after = this.#slice(end, this.#size);
    this.#extents = [...before, ownExtent(position, bytes, owner, bytes.length), ...after];
    this.#size = Math.max(this.#size, end);
  }

  /** The extents of a range; those at its edges are cut. */
  #slice(from: number, to: number): Extent[] {
    if (from >= to) return [];
    const cut: Extent[] = [];
    for (let i = this.#indexAt(from); i < this.#extents.length; i++) {
      const extent = this.#extents[i] as Extent;
      const start = Math.max(extent.start, from);
      const end = Math.min(extent.start + extent.length, to);
      if (start >= end) break;
      cut.push({ ...extent, start, length: end - start, offset: extent.offset + start - extent.start });
    }
    return cut;
  }
}

function copyExtent(extent: Extent, from: number, to: number, into: Uint8Array, at: number): void {
  const offset = extent.offset + from - extent.start;
  if (extent.lower !== undefined) into.set(extent.lower.read(offset, to - from), at);
  else if (extent.buffer !== undefined) into.set(extent.buffer.subarray(offset, offset + to - from), at);
  else into.fill(0, at, at + to - from);
}

/** An extent over a lower slice, or over nothing: a hole. */
function extentOf(start: number, length: number, offset: number, lower: SyncBytes | undefined): Extent {
  return { start, length, offset, lower, buffer: undefined, limit: 0, owner: undefined };
}

function ownExtent(start: number, bytes: Uint8Array, owner: Owner, capacity: number): Extent {
  const { length } = bytes;
  if (capacity <= SHARED_BYTES) {
    if (slabFilled + capacity > slab.length) {
      slab = new Uint8Array(SLAB_BYTES);
      slabFilled = 0;
    }
    const offset = slabFilled;
    slabFilled += capacity;
    slab.set(bytes, offset);
    return { start, length, offset, lower: undefined, buffer: slab, limit: slabFilled, owner };
  }
  const buffer = new Uint8Array(capacity);
  buffer.set(bytes);
  return { start, length, offset: 0, lower: undefined, buffer, limit: capacity, owner };
}

/** The slab in use: what is filled of it belongs to extents, wherever they are. */
let slab: Uint8Array = NO_BYTES;
let slabFilled = 0;

/** The first buffer fits its bytes exactly: most files are written once. */
function tailCapacity(size: number, added: number, tail: Extent | undefined): number {
  if (tail?.buffer === undefined) return added;
  return Math.max(added, Math.min(LARGEST_TAIL_BYTES, Math.max(SMALL_TAIL_BYTES, size >> 3)));
}

/** The buffer of a file that lies in one, if it is a small one. */
function spareOf(extents: readonly Extent[]): Extent | undefined {
  const [only, more] = extents;
  return more === undefined && only?.buffer !== undefined && only.limit - only.offset <= SMALL_TAIL_BYTES
    ? only
    : undefined;
}

/** True when the bytes fill at least half of a spare of the owner's. */
function fits(spare: Extent | undefined, bytes: Uint8Array, owner: Owner): spare is Extent & { buffer: Uint8Array } {
  if (spare?.buffer === undefined || spare.owner !== owner) return false;
  const room = spare.limit - spare.offset;
  return bytes.length <= room && bytes.length * 2 >= room;
}

/** Makes room behind a small tail; false when a new buffer should follow it instead. */
function growTail(tail: Extent, added: number): boolean {
  const buffer = tail.buffer as Uint8Array;
  if (tail.offset + tail.length + added <= tail.limit) return true;
  const needed = tail.length + added;
  if (needed > SMALL_TAIL_BYTES) return false;
  const larger = new Uint8Array(Math.max(needed, Math.min(SMALL_TAIL_BYTES, Math.ceil(tail.length * 1.5))));
  larger.set(buffer.subarray(tail.offset, tail.offset + tail.length));
  tail.buffer = larger;
  tail.offset = 0;
  tail.limit = larger.length;
  return true;
}
