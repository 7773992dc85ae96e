/** Calls that change the attributes of a path: mode, owner, times. */

import type { Kernel } from '../../union/kernel.js';
import { modeOf, ownerOf, type PathLike, pathOf, timeOf } from '../arguments.js';
import type { TimeLike } from './descriptors.js';

export interface AttributeCalls {
  chmodSync(path: PathLike, mode: number | string): void;
  chownSync(path: PathLike, uid: number, gid: number): void;
  lchownSync(path: PathLike, uid: number, gid: number): void;
  utimesSync(path: PathLike, atime: TimeLike, mtime: TimeLike): void;
  lutimesSync(path: PathLike, atime: TimeLike, mtime: TimeLike): void;
}

export function attributeCalls(kernel: Kernel): AttributeCalls {
  return {
    chmodSync: (path, mode) => kernel.chmod(pathOf(path), modeOf(mode)),
    chownSync: (path, uid, gid) => kernel.chown(pathOf(path), ownerOf(uid, 'uid'), ownerOf(gid, 'gid')),
    lchownSync: (path, uid, gid) => kernel.lchown(pathOf(path), ownerOf(uid, 'uid'), ownerOf(gid, 'gid')),
    utimesSync: (path, atime, mtime) => kernel.utimes(pathOf(path), timeOf(atime), timeOf(mtime)),
    lutimesSync: (path, atime, mtime) => kernel.lutimes(pathOf(path), timeOf(atime), timeOf(mtime)),
  };
}
