/** One go at a lesson, as the page shows it. */

import type { Lesson, LessonPlace, SolutionLine } from '../../lessons/lesson.js';
import { LESSONS } from '../../lessons/lessons.js';
import { LessonRun, type Outcome } from '../../lessons/run.js';
import { REGISTRY_NAME } from '../registry-name.js';
import type { LessonView } from '../view.js';
import { usage } from './command-line.js';
import type { Place } from './place.js';

export function lessonById(id: string): Lesson {
  const lesson = LESSONS.find((each) => each.id === id);
  if (lesson === undefined) throw usage(`there is no lesson ${JSON.stringify(id)}`);
  return lesson;
}

export class LessonDesk {
  readonly #run: LessonRun;
  readonly #told: string[] = [];
  #missing: string | undefined;
  #isStepDone = false;

  constructor(lesson: Lesson, place: Place) {
    this.#run = new LessonRun(lesson, placeOf(place));
  }

  /** Looks whether the step is done; called after everything that the learner does. */
  async check(): Promise<void> {
    this.#take(await this.#run.check());
  }

  async answer(text: string): Promise<void> {
    this.#take(await this.#run.answer(text));
  }

  async skip(): Promise<void> {
    await this.#run.skip();
    this.#missing = undefined;
    this.#isStepDone = true;
  }

  async view(): Promise<LessonView> {
    const { lesson, step, position } = this.#run;
    const solution = await this.#run.solution();
    return {
      id: lesson.id,
      title: lesson.title,
      aim: lesson.aim,
      position: Math.min(position, lesson.steps.length),
      steps: lesson.steps.length,
      goal: step?.goal ?? '',
      hint: step?.hint ?? '',
      shows: step?.shows ?? [],
      question: step?.kind === 'question' ? { choices: [], unit: '', ...step.question } : undefined,
      solution: [...solution.lines.map(lineText), ...(solution.answer === undefined ? [] : [solution.answer])],
      told: [...this.#told],
      missing: this.#missing,
      words: step?.words ?? [],
      intro: position === 1 ? lesson.intro : '',
      outro: step === undefined ? lesson.outro : undefined,
      isStepDone: this.#isStepDone,
    };
  }

  #take(outcome: Outcome): void {
    this.#isStepDone = outcome.kind === 'done';
    this.#missing = outcome.kind === 'missing' ? outcome.missing : undefined;
    if (outcome.kind === 'done' && outcome.told !== undefined) this.#told.push(outcome.told);
  }
}

function placeOf(place: Place): LessonPlace {
  return {
    look: (look) =>
      look({
        engine: place.engine,
        directory: { read: async (path) => place.files.get(path) },
        builds: place.builds,
        traffic: place.registry.traffic,
        registryHost: REGISTRY_NAME,
      }),
  };
}

function lineText(line: SolutionLine): string {
  return line.kind === 'command' ? line.line : `write ${line.path}:\n${line.text}`;
}
