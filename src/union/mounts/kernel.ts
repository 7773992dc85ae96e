/** The kernel of a view that has mounts: it walks the paths itself and hands each call on. */

import type { Credentials } from '../access.js';
import type { Descriptors } from '../descriptors.js';
import type { Kernel } from '../kernel.js';
import { fileCalls } from './files.js';
import { lookCalls } from './look.js';
import { metadataCalls } from './metadata.js';
import { nameCalls } from './names.js';
import type { MountSource } from './source.js';
import type { Mount, MountTable } from './table.js';
import type { MountedView } from './walk.js';

/** `descriptors` are those of the root, which gives every open file its number. */
export function mountedKernel(table: MountTable, who: Credentials, descriptors: Descriptors): Kernel {
  const view = mountedView(table, who);
  return {
    device: undefined,
    ...lookCalls(view),
    ...nameCalls(view),
    ...metadataCalls(view),
    ...fileCalls(view, descriptors),
  };
}

export function mountedView(table: MountTable, who: Credentials): MountedView {
  const kernels = new Map<MountSource, Kernel>();
  return {
    table,
    who,
    kernelOf({ source }: Mount): Kernel {
      const known = kernels.get(source);
      if (known !== undefined) return known;
      const kernel = source.kernelAs(who);
      kernels.set(source, kernel);
      return kernel;
    },
  };
}
