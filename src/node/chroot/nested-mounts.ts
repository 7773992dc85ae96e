/** Mounts below other mounts: their points are made in the outer one, by its own view. */

import { StratumError } from '../../base/error.js';
import type { RunMountPoint } from '../../build/runtime.js';
import { isDirectory, isSymlink } from '../../tree/node.js';
import { ROOT } from '../../union/access.js';
import type { ViewSource } from '../../union/mount-sources.js';

/**
 * Makes the directory that a mount needs in the mount around it. Fails with RUNTIME_FAILED where a symlink stands on the
 * way: the machine would follow it out of the container.
 */
export function makePointInside(point: RunMountPoint, all: readonly RunMountPoint[]): void {
  const outer = all.find((each) => each !== point && point.target.startsWith(`${each.target}/`));
  if (outer === undefined || outer.source.kind === 'host' || outer.source.kind === 'tmpfs') return;
  const { view, base } = outer.source as ViewSource;
  const kernel = view.ownKernelAs(ROOT);
  let at = base;
  for (const name of point.target.slice(outer.target.length + 1).split('/')) {
    at = `${at}/${name}`;
    const there = kernel.find(at, false);
    if (there === undefined) kernel.mkdir(at, 0o755);
    else if (isSymlink(there) || !isDirectory(there)) {
      throw new StratumError('RUNTIME_FAILED', `mount point ${point.target} is no directory in the mount around it`);
    }
  }
}
