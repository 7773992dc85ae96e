/** One go at a lesson: the step that it is at, what was answered, and what belongs to the step of all that happened. */

import { isRight } from './answers.js';
import type { Lesson, LessonPlace, LessonStep, LessonWorld, PlaceState, QuestionStep, SolutionLine } from './lesson.js';

/** What a check came to. */
export type Outcome =
  /** `told` is what has just been seen; absent for a step that has nothing to tell. */
  | { readonly kind: 'done'; readonly step: LessonStep; readonly told: string | undefined }
  /** `missing` is what is still to be done. */
  | { readonly kind: 'missing'; readonly step: LessonStep; readonly missing: string }
  /** A question, and nobody has answered it yet. */
  | { readonly kind: 'asked'; readonly step: QuestionStep }
  /** There is no step left. */
  | { readonly kind: 'over' };

export class LessonRun {
  readonly lesson: Lesson;
  readonly #place: LessonPlace;
  readonly #answers: Record<string, string> = {};
  readonly #skipped: Set<string> = new Set();
  #at = 0;
  #builds = 0;
  #requests = 0;

  constructor(lesson: Lesson, place: LessonPlace) {
    this.lesson = lesson;
    this.#place = place;
  }

  /** The step that it is at; undefined after the last. */
  get step(): LessonStep | undefined {
    return this.lesson.steps[this.#at];
  }

  /** Of `step`, from 1. */
  get position(): number {
    return this.#at + 1;
  }

  /** True when every step was done, and none skipped. */
  get isDone(): boolean {
    return this.step === undefined && this.#skipped.size === 0;
  }

  /** Asks whether the step is done; if so, the next one begins. Call it after everything that the learner does. */
  check(): Promise<Outcome> {
    return this.#place.look(async (state) => {
      const { step } = this;
      if (step === undefined) return { kind: 'over' };
      if (step.kind === 'question') return { kind: 'asked', step };
      const world = this.#world(state);
      const verdict = await step.check(world);
      return verdict.done ? this.#finish(step, world, state) : { kind: 'missing', step, missing: verdict.missing };
    });
  }

  /** Answers the question of the step; a right answer ends it. */
  answer(text: string): Promise<Outcome> {
    return this.#place.look(async (state) => {
      const { step } = this;
      if (step === undefined) return { kind: 'over' };
      if (step.kind === 'task') return { kind: 'missing', step, missing: 'Nothing was asked here.' };
      const world = this.#world(state);
      if (!isRight(step.question, await step.answer(world), text)) {
        return { kind: 'missing', step, missing: 'That is not it. `hint` helps.' };
      }
      this.#answers[step.id] = text.trim();
      return this.#finish(step, this.#world(state), state);
    });
  }

  /** Goes on without having done the step. */
  skip(): Promise<void> {
    return this.#place.look(async (state) => {
      const { step } = this;
      if (step === undefined) return;
      this.#skipped.add(step.id);
      this.#next(state);
    });
  }

  /** The lines that do the step; for a question, the right answer. */
  async solution(): Promise<{ readonly lines: readonly SolutionLine[]; readonly answer: string | undefined }> {
    const { step } = this;
    if (step === undefined) return { lines: [], answer: undefined };
    if (step.kind === 'task') return { lines: step.solution, answer: undefined };
    return { lines: [], answer: await this.#place.look((state) => step.answer(this.#world(state))) };
  }

  async #finish(step: LessonStep, world: LessonWorld, state: PlaceState): Promise<Outcome> {
    const told = await step.tell?.(world);
    this.#next(state);
    return { kind: 'done', step, told };
  }

  #next(state: PlaceState): void {
    this.#at += 1;
    this.#builds = state.builds.length;
    this.#requests = state.traffic.length;
  }

  #world(state: PlaceState): LessonWorld {
    return {
      ...state,
      builds: state.builds.slice(this.#builds),
      traffic: state.traffic.slice(this.#requests),
      answers: this.#answers,
    };
  }
}
