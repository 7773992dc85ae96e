/** What can be mounted: anything that has system calls of its own. */

import type { Credentials } from '../access.js';
import type { FileSystemStat, Kernel } from '../kernel.js';

export type MountKind = 'tree' | 'volume' | 'tmpfs' | 'host';

/** A file system to mount, or a part of one. Made by `tree`, `volume`, `tmpfs` and `hostDirectory`. */
export interface MountSource {
  readonly kind: MountKind;
  /** What is mounted, as a path in the source: a directory or a file, and empty for the source's root. */
  readonly base: string;
  /** Stands for the file system: sources that have the same one are one device. */
  readonly identity: object | string;
  /** What its statfs says other than its kernel's. */
  readonly figures?: Partial<FileSystemStat>;
  /** Its calls with the rights of somebody. Its kernel need not follow symlinks: it is asked for plain paths only. */
  kernelAs(who: Credentials): Kernel;
  /**
   * What the fork of a view has in this one's place; itself, where it is shared. `forks` says what has become of each
   * identity so far, so that one file system that is mounted twice stays one.
   */
  fork(forks: Map<object | string, object | string>): MountSource;
}

export interface MountOptions {
  /** Refuses every change with EROFS. */
  readonly readOnly?: boolean;
  /** Makes the mount point where it is missing, in the tree below; such a directory or file is a change of that tree. */
  readonly create?: boolean;
}

/** A mount, as it is listed. */
export interface MountInfo {
  /** Absolute, without symlinks. */
  readonly path: string;
  readonly kind: MountKind;
  readonly readOnly: boolean;
}
