/** Where a path of a container leads, whether it is there or not. */

import { StratumError } from '../base/error.js';
import { isSymlink } from '../tree/node.js';
import type { Kernel } from '../union/kernel.js';

const SYMLINK_LIMIT = 40;

/**
 * The path without symlinks and dots, in the root of the kernel: `..` stops there, and so does an absolute target. What
 * is missing is kept as it is written, behind a symlink as well. Fails with PATH_INVALID at a loop.
 */
export function realPath(kernel: Kernel, path: string): string {
  const pending = path.split('/').reverse();
  let real: string[] = [];
  let followed = 0;
  while (pending.length > 0) {
    const name = pending.pop() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      real.pop();
      continue;
    }
    const at = `/${[...real, name].join('/')}`;
    const node = kernel.find(at, false);
    if (node === undefined || !isSymlink(node)) {
      real.push(name);
      continue;
    }
    if (++followed > SYMLINK_LIMIT) throw new StratumError('PATH_INVALID', 'too many symlinks', { entry: path });
    const target = kernel.readlink(at);
    if (target.startsWith('/')) real = [];
    pending.push(...target.split('/').reverse());
  }
  return `/${real.join('/')}`;
}
