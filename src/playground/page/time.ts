/** The moments of a page as a tree, and where in it the learner is. */

import type { Act, Moment } from '../act.js';
import type { MomentView } from '../view.js';

export const START = 0;

export class Time {
  readonly views: Map<number, MomentView> = new Map();
  /** The moment that is shown. */
  at: number = START;
  /** The end of the line that the learner is on. */
  tip: number = START;
  readonly #moments: Map<number, Moment> = new Map();

  /** A new moment after the one that is shown; it is not kept yet. */
  next(act: Act): Moment {
    return { id: Math.max(START, ...this.#moments.keys()) + 1, parent: this.at, act };
  }

  keep(moment: Moment, view: MomentView): void {
    this.#moments.set(moment.id, moment);
    this.views.set(moment.id, view);
    this.at = moment.id;
    this.tip = moment.id;
  }

  clear(): void {
    this.#moments.clear();
    this.views.clear();
    this.at = START;
    this.tip = START;
  }

  moment(id: number): Moment | undefined {
    return this.#moments.get(id);
  }

  /** The acts up to a moment, oldest first. */
  line(id: number): Moment[] {
    const line: Moment[] = [];
    for (let moment = this.#moments.get(id); moment !== undefined; moment = this.#moments.get(moment.parent)) {
      line.unshift(moment);
    }
    return line;
  }

  /** The line that the learner is on, start included. */
  get path(): number[] {
    return [START, ...this.line(this.tip).map(({ id }) => id)];
  }

  /** Moments that begin another line at a moment. */
  branches(id: number): Moment[] {
    const path = new Set(this.path);
    return [...this.#moments.values()].filter(({ parent, id: own }) => parent === id && !path.has(own));
  }

  /** The end of the line that goes through a moment: always the newest of what follows. */
  endOf(id: number): number {
    let end = id;
    for (;;) {
      const following = [...this.#moments.values()].filter(({ parent }) => parent === end);
      const newest = following.at(-1);
      if (newest === undefined) return end;
      end = newest.id;
    }
  }

  /** Shows a moment; the line stays where it leads on from there. */
  go(id: number): void {
    if (!this.path.includes(id)) this.tip = this.endOf(id);
    this.at = id;
  }
}
