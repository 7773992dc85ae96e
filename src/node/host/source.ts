/** A directory or a file of the machine, to be mounted in a view. */

import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Credentials } from '../../union/access.js';
import type { Kernel } from '../../union/kernel.js';
import type { MountSource } from '../../union/mounts/source.js';
import { HostKernel } from './kernel.js';

class HostSource implements MountSource {
  readonly kind = 'host';
  readonly base: string;
  readonly #root: string;

  constructor(root: string, base: string) {
    this.base = base;
    this.#root = root;
  }

  get identity(): string {
    return this.#root;
  }

  kernelAs(who: Credentials): Kernel {
    return new HostKernel(this.#root, who);
  }

  /** The machine is one for all. */
  fork(): MountSource {
    return this;
  }
}

/**
 * A directory or a file of the machine, as a source for `mount`. Every view and fork that mounts it sees the same files,
 * and what they write is written there. No symlink and no `..` leads out of a directory: symlinks lead to where they
 * say in the view. Extended attributes are EOPNOTSUPP. Throws as node:fs does for a path that is not there.
 */
export function hostPath(path: string): MountSource {
  const real = realpathSync.native(path);
  if (statSync(real).isDirectory()) return new HostSource(real, '');
  return new HostSource(dirname(real), `/${basename(real)}`);
}
