/** The copy-on-write view: the one thing that changes, over an immutable tree. */

import { diffTrees, type TreeChange, treeReader } from '../tree/diff.js';
import { emptyTree } from '../tree/edit.js';
import type { LayerOrigin, Tree } from '../tree/node.js';
import { type Credentials, ROOT } from './access.js';
import type { CallContext } from './calls/context.js';
import { createKernel } from './calls/kernel.js';
import { Descriptors } from './descriptors.js';
import type { Kernel, Timestamp } from './kernel.js';
import { viewReader } from './reader.js';
import { type Clock, ViewState } from './state.js';
import type { Inode } from './upper.js';

export interface ViewOptions {
  /** Whose rights the calls have; root's without it. */
  readonly credentials?: Credentials;
  /** The machine's clock without it. */
  readonly clock?: Clock;
  /** The tree that changes are told against, where the lower tree already holds some; the lower tree without it. */
  readonly base?: Tree;
}

const MACHINE_CLOCK: Clock = {
  now(): Timestamp {
    const ms = Date.now();
    const sec = Math.floor(ms / 1000);
    return { sec, nsec: (ms - sec * 1000) * 1_000_000 };
  },
};

export class View {
  readonly credentials: Credentials;
  /** The tree that changes are told against. */
  readonly base: Tree;
  readonly #state: ViewState;
  readonly #descriptors: Descriptors = new Descriptors();
  #kernel: Kernel | undefined;

  private constructor(state: ViewState, base: Tree, credentials: Credentials) {
    this.#state = state;
    this.base = base;
    this.credentials = credentials;
    this.#kernel = undefined;
  }

  /** A view over a tree with nothing changed. */
  static over(lower: Tree, options: ViewOptions = {}): View {
    const state = new ViewState(lower, options.clock ?? MACHINE_CLOCK);
    return new View(state, options.base ?? lower, options.credentials ?? ROOT);
  }

  /** The system calls, with the rights of the view's credentials; made when they are first asked for. */
  get kernel(): Kernel {
    this.#kernel ??= this.kernelAs(this.credentials);
    return this.#kernel;
  }

  get lower(): Tree {
    return this.#state.lower;
  }

  /** The same calls on the same view with the rights of somebody else. Descriptors are shared. */
  kernelAs(who: Credentials): Kernel {
    const context: CallContext = { state: this.#state, who, descriptors: this.#descriptors };
    return createKernel(context);
  }

  /** A view with the same content, in O(1); neither sees what the other writes from now on. It has no open files. */
  fork(): View {
    return new View(this.#state.fork(), this.base, this.credentials);
  }

  /** The layer that a path comes from, or the upper; the last symlink is not followed. Throws ENOENT and the like. */
  origin(path: string): LayerOrigin {
    return this.kernel.lstat(path).origin;
  }

  /** What was changed, sorted by path, parents first. Costs what was changed, whatever the size of the tree. */
  changes(): TreeChange<Inode>[] {
    const { lower } = this.#state;
    if (this.#state.isUnchanged && lower !== this.base) {
      return diffTrees(this.base, treeReader(this.base, lower)) as TreeChange<Inode>[];
    }
    return diffTrees(this.base, viewReader(this.#state));
  }

  /** Everything that the view shows, as the changes that make it of nothing. */
  everything(): TreeChange<Inode>[] {
    return diffTrees(emptyTree(), viewReader(this.#state));
  }
}
