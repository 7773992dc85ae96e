/** A file of the machine as a view tells of it. */

import type { BigIntStats } from 'node:fs';
import type { LayerOrigin, Xattrs } from '../../tree/node.js';
import type { InodeStat, Timestamp } from '../../union/kernel.js';

const HOST: LayerOrigin = { id: 'host' };
const SECOND_NS = 1_000_000_000n;

/** Attributes at the time of the call. Node has no call for extended attributes, so there are none. */
export class HostInode implements InodeStat {
  readonly ino: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  readonly atime: Timestamp;
  readonly ctime: Timestamp;
  readonly birthtime: Timestamp;
  readonly xattrs: Xattrs | undefined;
  readonly origin: LayerOrigin = HOST;
  readonly device: number;
  readonly size: number;
  readonly nlink: number;
  readonly rdev: number;

  constructor(stats: BigIntStats) {
    const mtime = timestampOf(stats.mtimeNs);
    this.ino = Number(stats.ino);
    this.mode = Number(stats.mode);
    this.uid = Number(stats.uid);
    this.gid = Number(stats.gid);
    this.mtimeSec = mtime.sec;
    this.mtimeNsec = mtime.nsec;
    this.atime = timestampOf(stats.atimeNs);
    this.ctime = timestampOf(stats.ctimeNs);
    this.birthtime = timestampOf(stats.birthtimeNs);
    this.xattrs = undefined;
    this.device = Number(stats.dev);
    this.size = Number(stats.size);
    this.nlink = Number(stats.nlink);
    this.rdev = Number(stats.rdev);
  }
}

function timestampOf(ns: bigint): Timestamp {
  const nsec = ((ns % SECOND_NS) + SECOND_NS) % SECOND_NS;
  return { sec: Number((ns - nsec) / SECOND_NS), nsec: Number(nsec) };
}
