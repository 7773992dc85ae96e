/** The seven questions about the type of a file that Stats and Dirent answer alike. */

import { constants } from './constants.js';

const { S_IFREG, S_IFDIR, S_IFLNK, S_IFBLK, S_IFCHR, S_IFIFO, S_IFSOCK } = constants;

/** Node has this base class too (its StatsBase); subclasses say where the type bits are. */
export abstract class TypedInode {
  /** The type bits of st_mode. */
  protected abstract typeBits(): number;

  isFile(): boolean {
    return this.typeBits() === S_IFREG;
  }

  isDirectory(): boolean {
    return this.typeBits() === S_IFDIR;
  }

  isSymbolicLink(): boolean {
    return this.typeBits() === S_IFLNK;
  }

  isBlockDevice(): boolean {
    return this.typeBits() === S_IFBLK;
  }

  isCharacterDevice(): boolean {
    return this.typeBits() === S_IFCHR;
  }

  isFIFO(): boolean {
    return this.typeBits() === S_IFIFO;
  }

  isSocket(): boolean {
    return this.typeBits() === S_IFSOCK;
  }
}
