/** Gathers a layer's skeleton: what is left of its tar without bodies and their padding. */

import { joinBytes, NO_BYTES } from '../base/bytes.js';

/** A million headers in blocks of their own would keep the collector busy. */
const BLOCK_BYTES = 256 * 1024;

/** Copies what it is given, since headers are slices of chunks that should not stay alive. */
export class SkeletonGatherer {
  private readonly blocks: Uint8Array[] = [];
  private block: Uint8Array = NO_BYTES;
  private filled = 0;

  add(bytes: Uint8Array): void {
    if (this.filled + bytes.length > this.block.length) {
      this.close();
      this.block = new Uint8Array(Math.max(BLOCK_BYTES, bytes.length));
    }
    this.block.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  /** The whole skeleton. */
  finish(): Uint8Array {
    this.close();
    return this.blocks.length === 0 ? NO_BYTES : joinBytes(this.blocks);
  }

  private close(): void {
    if (this.filled > 0) this.blocks.push(this.block.subarray(0, this.filled));
    this.block = NO_BYTES;
    this.filled = 0;
  }
}
