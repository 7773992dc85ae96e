/** Where a path leads: the way there, and what stands at its end. */

import type { Directory, Inode } from './upper.js';

/** Where a path led: the directories from the root to the one that holds the last name. */
export interface Place {
  readonly parents: Directory[];
  /** Names of the parents but the root's: `names[i]` is the name of `parents[i + 1]`. */
  readonly names: string[];
  /** The last component; empty for the root. */
  readonly name: string;
  readonly inode: Inode | undefined;
  /** True when the path ended in a slash: it must be a directory. */
  readonly trailingSlash: boolean;
  /** True when the path ended in `.` or `..`. */
  readonly dots: boolean;
}

/** The directories from the root to one, and the names of all but the root: `names[i]` is that of `parents[i + 1]`. */
export interface Chain {
  readonly parents: Directory[];
  readonly names: string[];
}
