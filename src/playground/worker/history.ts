/**
 * Every moment that a learner came through. What was is looked at in immutable values: trees share all that is alike,
 * so keeping them costs what changed. To do something else from there, the acts up to it are done again in a new engine.
 *
 * Replaying is the simplest that is sound: there is no second way in which a state can come about, so nothing that an
 * engine holds (cache, uploads, shells at their prompt) can be left out of a copy. Lessons take milliseconds to replay.
 */

import { StratumError } from '../../base/error.js';
import type { Moment, Start } from '../act.js';
import type { Target } from '../messages.js';
import type { MomentView } from '../view.js';
import { type Done, Sandbox, type SandboxPorts } from './sandbox.js';
import type { Slab } from './slabs.js';
import { Viewer } from './views.js';

export class History {
  readonly #ports: SandboxPorts;
  readonly #viewer: Viewer = new Viewer();
  readonly #done: Map<number, Done> = new Map();
  #start: Start = { kind: 'files', files: {} };
  #sandbox: Sandbox | undefined;
  /** The moments that the sandbox has behind it, the start left out. */
  #line: readonly number[] = [];

  constructor(ports: SandboxPorts) {
    this.#ports = ports;
  }

  /** Begins anew; gives the start and every moment of a line. */
  async open(start: Start, line: readonly Moment[]): Promise<MomentView[]> {
    this.#done.clear();
    this.#start = start;
    await this.#reopen();
    for (const moment of line) await this.#step(moment);
    return [0, ...line.map(({ id }) => id)].map((id) => this.#view(id));
  }

  /** Does the last moment of a line. */
  async do(line: readonly Moment[]): Promise<MomentView> {
    const last = line.at(-1);
    if (last === undefined) throw new StratumError('USAGE', 'there is nothing to do');
    const before = line.slice(0, -1);
    const isHere = this.#sandbox !== undefined && before.map(({ id }) => id).join() === this.#line.join();
    if (!isHere) {
      await this.#reopen();
      for (const moment of before) await this.#step(moment);
    }
    await this.#step(last);
    return this.#view(last.id);
  }

  /** The sandbox at the moment that was done last. */
  get sandbox(): Sandbox {
    if (this.#sandbox === undefined) throw new StratumError('USAGE', 'nothing was begun');
    return this.#sandbox;
  }

  /** The slabs of an image or a container at a moment. */
  slabs(moment: number, { id }: Target): readonly Slab[] {
    const slabs = this.#done.get(moment)?.held.stacks.get(id);
    if (slabs === undefined) throw new StratumError('IMAGE_UNKNOWN', 'that is not there at this moment');
    return slabs;
  }

  async #reopen(): Promise<void> {
    const { sandbox, done } = await Sandbox.open(this.#start, this.#ports, this.#viewer);
    this.#sandbox = sandbox;
    this.#line = [];
    if (!this.#done.has(0)) this.#done.set(0, done);
  }

  async #step({ id, act }: Moment): Promise<void> {
    const done = await this.sandbox.do(act);
    this.#line = [...this.#line, id];
    // A moment that is done again is what it was.
    if (!this.#done.has(id)) this.#done.set(id, done);
  }

  #view(id: number): MomentView {
    const done = this.#done.get(id);
    if (done === undefined) throw new StratumError('USAGE', `there is no moment ${id}`);
    return { ...done.view, id };
  }
}
