/** A moment of a view, to go back to. */

import type { ViewState } from './state.js';

/** What a view held when it was taken; later writes do not reach it. Made by {@link View.snapshot}. */
export class Snapshot {
  /** The view that it was taken of. */
  readonly view: object;
  readonly state: ViewState;

  constructor(view: object, state: ViewState) {
    this.view = view;
    this.state = state;
  }
}
