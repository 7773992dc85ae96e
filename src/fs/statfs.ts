/** What statfs returns: a view has no disk of its own, so its figures are those of a large empty overlay. */

/** OVERLAYFS_SUPER_MAGIC of linux/magic.h. */
const OVERLAY_TYPE = 0x794c7630;
const BLOCK_SIZE = 4096;
const BLOCKS = 2 ** 28;
const INODES = 2 ** 32;

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

  private constructor(as: (figure: number) => N) {
    this.type = as(OVERLAY_TYPE);
    this.bsize = as(BLOCK_SIZE);
    this.blocks = as(BLOCKS);
    this.bfree = as(BLOCKS);
    this.bavail = as(BLOCKS);
    this.files = as(INODES);
    this.ffree = as(INODES);
  }

  static inNumbers(): StatFs {
    return new StatFs(Number);
  }

  static inBigInts(): StatFs<bigint> {
    return new StatFs(BigInt);
  }
}
