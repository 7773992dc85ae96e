/** How much a view may hold, and the count of what it holds. A view without limits counts nothing. */

import { type CallNames, FsError, fail } from './errno.js';
import type { FileSystemStat } from './kernel.js';
import { UpperFile, type UpperNode } from './upper.js';

export interface Limits {
  /** Bytes that were written and are still there. What lies in the layers below does not count. */
  readonly bytes?: number;
  /** Files, directories and the like that were made and are still there. */
  readonly inodes?: number;
  /** What it fails with beyond these two: ENOSPC, as a full disk, without it. */
  readonly error?: 'ENOSPC' | 'EDQUOT';
  /** Descriptors open at a time; more is EMFILE. */
  readonly openFiles?: number;
}

/** Counts what one view holds. Whatever would be too much is refused before anything is changed. */
export class Usage {
  readonly limits: Limits;
  bytes = 0;
  inodes = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  fork(): Usage {
    const fork = new Usage(this.limits);
    fork.bytes = this.bytes;
    fork.inodes = this.inodes;
    return fork;
  }

  /** A write of so many bytes is about to be made. */
  beforeWrite({ content }: UpperFile, position: number, length: number): void {
    const added = length - content.heldIn(position, position + length);
    if (added > 0 && this.bytes + added > (this.limits.bytes ?? Number.POSITIVE_INFINITY)) {
      throw new FsError(this.#error, 'write');
    }
    this.bytes += added;
  }

  /** A file is about to be cut. */
  beforeResize({ content }: UpperFile, size: number): void {
    this.bytes -= content.heldIn(size, content.size);
  }

  beforeMake(call: CallNames): void {
    if (this.inodes >= (this.limits.inodes ?? Number.POSITIVE_INFINITY)) {
      fail(this.#error, call);
    }
    this.inodes++;
  }

  /** An inode without a name is kept for those who have it open: it counts until they close it, and is never refused. */
  afterKept(inode: UpperNode): void {
    this.inodes++;
    if (inode instanceof UpperFile) this.bytes += inode.content.heldIn(0, inode.size);
  }

  /** An inode is gone; `isMade` says that it was made here, not copied up. */
  afterDrop(inode: UpperNode, isMade: boolean): void {
    if (isMade) this.inodes--;
    if (inode instanceof UpperFile) this.bytes -= inode.content.heldIn(0, inode.size);
  }

  /** What statfs says of the limits that there are: sizes in blocks. */
  figures(bsize: number): Partial<FileSystemStat> {
    const { bytes, inodes } = this.limits;
    const blocks = bytes === undefined ? 0 : Math.ceil(bytes / bsize);
    const free = Math.max(0, blocks - Math.ceil(this.bytes / bsize));
    return {
      ...(bytes === undefined ? {} : { blocks, bfree: free, bavail: free }),
      ...(inodes === undefined ? {} : { files: inodes, ffree: inodes - this.inodes }),
    };
  }

  get #error(): 'ENOSPC' | 'EDQUOT' {
    return this.limits.error ?? 'ENOSPC';
  }
}
