/** realpath as Node's own code finds it: `..` is taken out of the text first, and errors name the part that failed. */

import { isSymlink } from '../tree/node.js';
import type { Kernel } from '../union/kernel.js';
import { absolutePath } from './relative-kernel.js';

/** The path without symlinks; fails with the error of the lstat or stat that Node would have stopped at. */
export function walkedPath(kernel: Kernel, path: string): string {
  const absolute = absolutePath(kernel, path);
  try {
    return kernel.realpath(absolute);
  } catch (error) {
    blame(kernel, absolute);
    throw error;
  }
}

/** Goes down the path and throws at the first part that cannot be looked up. */
function blame(kernel: Kernel, absolute: string): void {
  let reached = '';
  for (const part of absolute.split('/').slice(1)) {
    const path = `${reached}/${part}`;
    const inode = kernel.lstat(path);
    if (!isSymlink(inode)) reached = path;
    else {
      kernel.stat(path);
      reached = kernel.realpath(path);
    }
  }
}
