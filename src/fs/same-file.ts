/** Whether two paths led to one file. */

import type { InodeStat } from '../union/kernel.js';

/** An inode number means something on its own device only. */
export function isSameFile(a: InodeStat, b: InodeStat): boolean {
  return a.ino === b.ino && a.device === b.device;
}
