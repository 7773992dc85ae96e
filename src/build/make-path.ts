/** Directories with their parents, by the system calls of a view. */

import { isDirectory } from '../tree/node.js';
import { FsError } from '../union/errno.js';
import type { Kernel } from '../union/kernel.js';

/** Makes what is missing of an absolute path; throws ENOTDIR where a file is in the way. */
export function makePath(kernel: Kernel, path: string, mode: number): void {
  let at = '';
  for (const name of path.split('/')) {
    if (name === '') continue;
    at += `/${name}`;
    const there = kernel.find(at, true);
    if (there === undefined) kernel.mkdir(at, mode);
    else if (!isDirectory(there)) throw new FsError('ENOTDIR', 'mkdir', at);
  }
}
