/** What stat returns: numbers as Node's Stats has them; a Date is made when it is asked for. */

import type { InodeStat, Kernel, Timestamp } from '../union/kernel.js';
import { constants } from './constants.js';
import { TypedInode } from './typed-inode.js';

const BLOCK_SIZE = 4096;
/** Disk use is counted in units of 512 bytes, in whole blocks. */
const UNITS_PER_BLOCK = BLOCK_SIZE / 512;
const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;

/**
 * Attributes of an inode at the time of the call. A layer keeps one time, the mtime, which then stands for all four.
 * The `Date` fields are accessors on the prototype: making four Dates costs more than the look-up. Fields are declared,
 * not initialised, so that each is written once.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the prototype is linked to TypedInode's right below the class.
export class Stats {
  declare dev: number;
  declare mode: number;
  declare nlink: number;
  declare uid: number;
  declare gid: number;
  declare rdev: number;
  declare blksize: number;
  declare ino: number;
  declare size: number;
  declare blocks: number;
  declare atimeMs: number;
  declare mtimeMs: number;
  declare ctimeMs: number;
  declare birthtimeMs: number;

  constructor(kernel: Kernel, inode: InodeStat) {
    const size = kernel.sizeOf(inode);
    const time = inode.mtimeSec * 1000 + inode.mtimeNsec / 1e6;
    this.dev = kernel.device ?? (inode.device as number); // an inode tells where the kernel does not
    this.mode = inode.mode;
    this.nlink = kernel.linksOf(inode);
    this.uid = inode.uid;
    this.gid = inode.gid;
    this.rdev = kernel.deviceOf(inode);
    this.blksize = BLOCK_SIZE;
    this.ino = inode.ino;
    this.size = size;
    this.blocks = Math.ceil(size / BLOCK_SIZE) * UNITS_PER_BLOCK;
    const { atime, ctime, birthtime } = inode;
    this.atimeMs = atime === undefined ? time : millisecondsOf(atime);
    this.mtimeMs = time;
    this.ctimeMs = ctime === undefined ? time : millisecondsOf(ctime);
    this.birthtimeMs = birthtime === undefined ? time : millisecondsOf(birthtime);
  }

  get atime(): Date {
    return new Date(Math.round(this.atimeMs));
  }

  get mtime(): Date {
    return new Date(Math.round(this.mtimeMs));
  }

  get ctime(): Date {
    return new Date(Math.round(this.ctimeMs));
  }

  get birthtime(): Date {
    return new Date(Math.round(this.birthtimeMs));
  }

  /** The dates too, which are no fields of their own. */
  toJSON(): object {
    return withDates(this);
  }

  protected typeBits(): number {
    return this.mode & constants.S_IFMT;
  }
}

/** A derived class would do but for its price: V8 makes its instances in 600 ns instead of 25 (Node 20). */
export interface Stats extends TypedInode {}
Object.setPrototypeOf(Stats.prototype, TypedInode.prototype);

/** Stats in bigints, with times in nanoseconds. */
export class BigIntStats extends TypedInode {
  declare dev: bigint;
  declare mode: bigint;
  declare nlink: bigint;
  declare uid: bigint;
  declare gid: bigint;
  declare rdev: bigint;
  declare blksize: bigint;
  declare ino: bigint;
  declare size: bigint;
  declare blocks: bigint;
  declare atimeMs: bigint;
  declare mtimeMs: bigint;
  declare ctimeMs: bigint;
  declare birthtimeMs: bigint;
  declare atimeNs: bigint;
  declare mtimeNs: bigint;
  declare ctimeNs: bigint;
  declare birthtimeNs: bigint;

  constructor(kernel: Kernel, inode: InodeStat) {
    super();
    const stats = new Stats(kernel, inode);
    const time = BigInt(inode.mtimeSec) * NS_PER_SECOND + BigInt(inode.mtimeNsec);
    this.dev = BigInt(stats.dev);
    this.mode = BigInt(stats.mode);
    this.nlink = BigInt(stats.nlink);
    this.uid = BigInt(stats.uid);
    this.gid = BigInt(stats.gid);
    this.rdev = BigInt(stats.rdev);
    this.blksize = BigInt(stats.blksize);
    this.ino = BigInt(stats.ino);
    this.size = BigInt(stats.size);
    this.blocks = BigInt(stats.blocks);
    this.atimeNs = nanosecondsOf(inode.atime) ?? time;
    this.mtimeNs = time;
    this.ctimeNs = nanosecondsOf(inode.ctime) ?? time;
    this.birthtimeNs = nanosecondsOf(inode.birthtime) ?? time;
    this.atimeMs = this.atimeNs / NS_PER_MS;
    this.mtimeMs = time / NS_PER_MS;
    this.ctimeMs = this.ctimeNs / NS_PER_MS;
    this.birthtimeMs = this.birthtimeNs / NS_PER_MS;
  }

  get atime(): Date {
    return new Date(Number(this.atimeMs));
  }

  get mtime(): Date {
    return new Date(Number(this.mtimeMs));
  }

  get ctime(): Date {
    return new Date(Number(this.ctimeMs));
  }

  get birthtime(): Date {
    return new Date(Number(this.birthtimeMs));
  }

  protected override typeBits(): number {
    return Number(this.mode) & constants.S_IFMT;
  }
}

function withDates(stats: Stats): object {
  const { atime, mtime, ctime, birthtime } = stats;
  return { ...stats, atime, mtime, ctime, birthtime };
}

/** The stats of what is not there: every number is zero. */
export function noStats(kernel: Kernel, bigint: boolean): Stats | BigIntStats {
  const root = kernel.stat('/');
  if (!bigint) return zeroed(new Stats(kernel, root), 0);
  return zeroed(new BigIntStats(kernel, root), 0n);
}

function zeroed<S extends object>(stats: S, zero: number | bigint): S {
  return Object.assign(stats, Object.fromEntries(Object.keys(stats).map((field) => [field, zero])));
}

function millisecondsOf({ sec, nsec }: Timestamp): number {
  return sec * 1000 + nsec / 1e6;
}

function nanosecondsOf(time: Timestamp | undefined): bigint | undefined {
  return time === undefined ? undefined : BigInt(time.sec) * NS_PER_SECOND + BigInt(time.nsec);
}
