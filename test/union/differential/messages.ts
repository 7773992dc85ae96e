/** What the process beside the kernel's mount is asked, and what it answers. */

import type { FaceName } from './faces.js';
import type { Operation, Who } from './operations.js';
import type { Answer, Sighting } from './perform.js';
import type { Stack } from './stack.js';

/** What the calls are made on: overlayfs over the layers, or a plain directory with what they come to. */
export const JUDGES = ['overlay', 'plain'] as const;
export type Judge = (typeof JUDGES)[number];

export interface RunRequest {
  readonly judge: Judge;
  /** The layers below; those of every day without it. */
  readonly stack: Stack | null;
  readonly who: Who;
  readonly face: FaceName;
  readonly operations: readonly Operation[];
}

export interface RunReply {
  readonly answers: readonly Answer[];
  readonly listing: readonly Sighting[];
  /** Extended attributes of the tree as getfattr prints them. */
  readonly xattrs: string;
  /** True when two changes never have the same ctime, once somebody looked between them. */
  readonly hasFineClock: boolean;
}

/** A reply, or why there is none. */
export type Reply<T> = { readonly ok: T } | { readonly error: string };
