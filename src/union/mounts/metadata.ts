/** Calls that change attributes and sizes by path, over mounts. */

import { isDirectory, isFile } from '../../tree/node.js';
import { fail } from '../errno.js';
import type { Kernel } from '../kernel.js';
import { found, refuseReadOnly, relay, textOf } from './reach.js';
import type { MountedView, WalkMode } from './walk.js';

type MetadataCalls = Pick<
  Kernel,
  'chmod' | 'chown' | 'lchown' | 'utimes' | 'lutimes' | 'setxattr' | 'removexattr' | 'truncate'
>;

export function metadataCalls(view: MountedView): MetadataCalls {
  const at = (path: string, syscall: string, act: (kernel: Kernel, text: string) => void, mode?: WalkMode): void => {
    const call = { syscall, path };
    const spot = found(view, path, mode ?? 'follow', call);
    refuseReadOnly(spot, call);
    relay(() => act(spot.kernel, textOf(spot)), spot, path);
  };
  return {
    chmod: (path, mode) => at(path, 'chmod', (kernel, text) => kernel.chmod(text, mode)),
    chown: (path, uid, gid) => at(path, 'chown', (kernel, text) => kernel.chown(text, uid, gid)),
    lchown: (path, uid, gid) => at(path, 'lchown', (kernel, text) => kernel.lchown(text, uid, gid), 'nofollow'),
    utimes: (path, atime, mtime) => at(path, 'utime', (kernel, text) => kernel.utimes(text, atime, mtime)),
    lutimes: (path, atime, mtime) =>
      at(path, 'lutime', (kernel, text) => kernel.lutimes(text, atime, mtime), 'nofollow'),
    setxattr: (path, name, value) => at(path, 'setxattr', (kernel, text) => kernel.setxattr(text, name, value)),
    removexattr: (path, name) => at(path, 'removexattr', (kernel, text) => kernel.removexattr(text, name)),
    truncate(path, size) {
      const call = { syscall: 'open', path };
      const spot = found(view, path, 'follow', call);
      if (isDirectory(spot.inode)) fail('EISDIR', call);
      if (isFile(spot.inode) && size >= 0) refuseReadOnly(spot, call);
      relay(() => spot.kernel.truncate(textOf(spot), size), spot, path);
    },
  };
}
