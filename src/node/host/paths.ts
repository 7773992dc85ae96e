/** Where a path of a mounted directory lies on the machine, and how it is kept inside. */

import { lstatSync, realpathSync } from 'node:fs';
import { decodeName, encodeName } from '../../base/bytes.js';
import { isSymlink } from '../../tree/node.js';
import { asHost, type HostCall, refuse } from './errors.js';
import { HostInode } from './inode.js';

/** A path as Node's calls take it: bytes where it is not Unicode. */
export type NodePath = string | Buffer;

export class HostPaths {
  /** Absolute, without symlinks; empty for the machine's root. */
  readonly #root: string;

  constructor(root: string) {
    this.#root = root === '/' ? '' : root;
  }

  /**
   * The machine's path of a path without symlinks; nothing that a text holds leads out. Fails with ELOOP where a
   * directory on the way is a symlink, and as the machine does where it is none. A slash at the end is left off.
   */
  of(path: string, call: HostCall): NodePath {
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    if (names.includes('..')) refuse('EINVAL', call);
    const parent = [this.#root, ...names.slice(0, -1)].join('/') || '/';
    if (this.#real(parent, call) !== parent) refuse('ELOOP', call);
    return nodePath([this.#root, ...names].join('/') || '/');
  }

  /** The inode at a path; undefined when any error keeps one from it. */
  find(path: string): HostInode | undefined {
    try {
      const stats = lstatSync(this.of(path, { syscall: 'lstat', path }), { bigint: true, throwIfNoEntry: false });
      return stats === undefined ? undefined : new HostInode(stats);
    } catch {
      return undefined;
    }
  }

  /** The inode at a path, which must be there. */
  inode(path: string, call: HostCall): HostInode {
    return asHost(call, () => new HostInode(lstatSync(this.of(path, call), { bigint: true })));
  }

  /** Like {@link inode}; fails with ELOOP for a symlink, which a call that follows must not be given. */
  plainInode(path: string, call: HostCall): HostInode {
    const inode = this.inode(path, call);
    return isSymlink(inode) ? refuse('ELOOP', call) : inode;
  }

  /** The directory that holds the last name. */
  parentInode(path: string, call: HostCall): HostInode {
    return this.inode(path.replace(/[^/]*\/*$/, ''), call);
  }

  #real(path: string, call: HostCall): string {
    return asHost(call, () => decodeName(realpathSync.native(nodePath(path), 'buffer')));
  }
}

function nodePath(path: string): NodePath {
  return path.isWellFormed() ? path : Buffer.from(encodeName(path));
}
