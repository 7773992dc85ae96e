/** One side of a copy: the host, or the file system of a container. Paths are absolute, '/'-separated. */

import type { Xattrs } from '../../tree/node.js';

/** What is at a path. */
export interface FoundNode {
  /** Type and permission bits, as st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a regular file. */
  readonly size: number;
  /** Whole seconds since 1970, rounded down. */
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
  /** Identity of the inode on its side, and how many names it has. */
  readonly ino: number;
  readonly links: number;
  /** Device number of a device node, as st_rdev. */
  readonly device: number;
  readonly xattrs: Xattrs | undefined;
}

export interface CopySource {
  /** What is at the path; `undefined` when there is nothing. */
  find(path: string, follow: boolean): Promise<FoundNode | undefined>;
  /** The path without symlinks, `.` and `..`. */
  realpath(path: string): Promise<string>;
  list(path: string): Promise<readonly string[]>;
  readlink(path: string): Promise<string>;
  read(path: string): AsyncIterable<Uint8Array>;
}

/** Every call makes something new and fails when there is something: nothing is written through a link that lies there. */
export interface CopyTarget extends CopySource {
  makeDirectory(path: string): Promise<void>;
  makeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  makeSymlink(target: string, path: string): Promise<void>;
  makeLink(existing: string, path: string): Promise<void>;
  makeSpecial(path: string, node: FoundNode): Promise<void>;
  /** Removes a name that is no directory. */
  remove(path: string): Promise<void>;
  /** Gives a new file mode and times, the owner as this side's rules have it. */
  setAttributes(path: string, node: FoundNode, options: AttributeOptions): Promise<void>;
}

export interface AttributeOptions {
  /** Owners are kept (`-a`). */
  readonly keepOwner: boolean;
}
