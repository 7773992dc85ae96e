/** A file of the machine as a view tells of it. */

import type { BigIntStats } from 'node:fs';
import type { LayerOrigin, Xattrs } from '../../tree/node.js';
import type { InodeStat } from '../../union/kernel.js';

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
  readonly xattrs: Xattrs | undefined;
  readonly origin: LayerOrigin = HOST;
  readonly device: number;
  readonly size: number;
  readonly nlink: number;
  readonly rdev: number;

  constructor(stats: BigIntStats) {
    const nsec = ((stats.mtimeNs % SECOND_NS) + SECOND_NS) % SECOND_NS;
    this.ino = Number(stats.ino);
    this.mode = Number(stats.mode);
    this.uid = Number(stats.uid);
    this.gid = Number(stats.gid);
    this.mtimeSec = Number((stats.mtimeNs - nsec) / SECOND_NS);
    this.mtimeNsec = Number(nsec);
    this.xattrs = undefined;
    this.device = Number(stats.dev);
    this.size = Number(stats.size);
    this.nlink = Number(stats.nlink);
    this.rdev = Number(stats.rdev);
  }
}
