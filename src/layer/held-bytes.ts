/** A layer's uncompressed tar in memory, which its entries may point into before it is there. */

import { joinBytes, NO_BYTES } from '../base/bytes.js';
import type { SyncBytes } from '../tree/node.js';

/** Reads give views, never copies. */
export class HeldBytes implements SyncBytes {
  private bytes: Uint8Array = NO_BYTES;
  private chunks: Uint8Array[] = [];
  private gathered = 0;

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }

  /** Takes the next chunk; the tar is there once {@link finish} has been called. */
  add(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.gathered += chunk.length;
  }

  finish(): void {
    this.bytes = this.chunks.length === 0 ? NO_BYTES : joinBytes(this.chunks, this.gathered);
    this.chunks = [];
  }
}
