/** Picks files of an image for the demo to change: well-known ones if there are any, otherwise the first it finds. */

import { posix } from 'node:path';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../tree/node.js';
import type { Kernel } from '../../union/kernel.js';

export interface PickedFiles {
  readonly modify: string | undefined;
  readonly remove: string | undefined;
}

const WELL_KNOWN = ['/etc/os-release', '/etc/passwd', '/etc/hosts', '/etc/group'];
/** Looking stops after this many names: a large image has a file long before. */
const LOOKED_AT = 2000;

export function pickFiles(kernel: Kernel): PickedFiles {
  const known = WELL_KNOWN.find((path) => kernel.find(path, true) !== undefined);
  const found = firstFiles(kernel);
  const modify = known === undefined ? found[0] : kernel.realpath(known);
  return { modify, remove: found.find((path) => path !== modify) };
}

/** Up to two files, deepest directories last. */
function firstFiles(kernel: Kernel): string[] {
  const files: string[] = [];
  const directories = ['/'];
  let looked = 0;
  for (let directory = directories.shift(); directory !== undefined; directory = directories.shift()) {
    for (const { name, mode } of kernel.readdirEntries(directory)) {
      looked += 1;
      const path = posix.join(directory, name);
      if ((mode & S_IFMT) === S_IFDIR) directories.push(path);
      else if ((mode & S_IFMT) === S_IFREG) files.push(path);
    }
    if (files.length >= 2 || looked > LOOKED_AT) break;
  }
  return files;
}
