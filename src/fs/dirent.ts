/** An entry of a listing with its type. */

import { constants } from './constants.js';
import { TypedInode } from './typed-inode.js';

/** `N` is Uint8Array for a listing with the encoding `buffer`. */
export class Dirent<N extends string | Uint8Array = string> extends TypedInode {
  readonly name: N;
  /** The directory as the caller named it. */
  readonly parentPath: string;
  /** The older name of `parentPath`. */
  readonly path: string;
  readonly #mode: number;

  constructor(name: N, parentPath: string, mode: number) {
    super();
    this.name = name;
    this.parentPath = parentPath;
    this.path = parentPath;
    this.#mode = mode;
  }

  protected override typeBits(): number {
    return this.#mode & constants.S_IFMT;
  }
}
