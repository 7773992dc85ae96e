/** What statfs returns, in numbers or in bigints. */

import type { FileSystemStat } from '../union/kernel.js';

/** `N` is bigint when the call asked for bigints. */
export class StatFs<N extends number | bigint = number> {
  readonly type: N;
  /** Bytes. */
  readonly bsize: N;
  readonly blocks: N;
  readonly bfree: N;
  readonly bavail: N;
  readonly files: N;
  readonly ffree: N;

  private constructor(figures: FileSystemStat, as: (figure: number) => N) {
    this.type = as(figures.type);
    this.bsize = as(figures.bsize);
    this.blocks = as(figures.blocks);
    this.bfree = as(figures.bfree);
    this.bavail = as(figures.bavail);
    this.files = as(figures.files);
    this.ffree = as(figures.ffree);
  }

  static inNumbers(figures: FileSystemStat): StatFs {
    return new StatFs(figures, Number);
  }

  static inBigInts(figures: FileSystemStat): StatFs<bigint> {
    return new StatFs(figures, BigInt);
  }
}
