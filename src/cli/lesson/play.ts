/** Plays a lesson in a terminal: goal after goal, the learner's own commands, and a check after each of them. */

import { isStratumError } from '../../base/error.js';
import { looksLikeAnswer } from '../../lessons/answers.js';
import type { Lesson, LessonStep } from '../../lessons/lesson.js';
import { LessonRun, type Outcome } from '../../lessons/run.js';
import { Narrator } from '../demo/narrator.js';
import { drawStack, type StackedLayer, stackLayers } from '../demo/stack.js';
import type { Io } from '../io.js';
import { type LineSource, lineSource } from './lines.js';
import type { TerminalPlace } from './place.js';
import { Screen } from './screen.js';
import { LearnerShell } from './shell.js';
import { isWholeCommand } from './whole-command.js';

const HELP =
  'Type commands as in any shell. `hint` helps, `solution` shows what to type, `check` looks again, `goal` repeats the ' +
  'goal, `skip` goes on, `quit` ends the lesson.';
/** Images of which a picture is drawn. */
const PICTURED = 3;

/** Plays it to its end, or until the learner quits; true when every step was done. */
export async function playLesson(
  lesson: Lesson,
  place: TerminalPlace,
  { io, number }: { readonly io: Io; readonly number: number },
): Promise<boolean> {
  const lines = lineSource(io);
  try {
    return await new Player(lesson, place, { io, number, lines }).play();
  } finally {
    lines.close();
  }
}

class Player {
  readonly #io: Io;
  readonly #number: number;
  readonly #lines: LineSource;
  readonly #place: TerminalPlace;
  readonly #run: LessonRun;
  readonly #screen: Screen;
  readonly #shell: LearnerShell;
  /** What was said last to be missing: it is not said twice. */
  #said = '';

  constructor(
    lesson: Lesson,
    place: TerminalPlace,
    { io, number, lines }: { readonly io: Io; readonly number: number; readonly lines: LineSource },
  ) {
    this.#io = io;
    this.#number = number;
    this.#lines = lines;
    this.#place = place;
    this.#run = new LessonRun(lesson, place);
    this.#screen = new Screen(io);
    this.#shell = new LearnerShell(io, place.folders, place.registryHost);
  }

  async play(): Promise<boolean> {
    const { lesson } = this.#run;
    await this.#screen.opening(this.#number, lesson);
    await this.#screen.line();
    await this.#screen.paragraph(HELP);
    const { registryHost } = this.#place;
    if (registryHost !== '')
      await this.#screen.paragraph(`The registry is at ${registryHost}; \`$REGISTRY\` stands for that.`);
    await this.#goal();
    while (this.#run.step !== undefined) {
      const typed = await this.#command();
      if (typed === undefined || !(await this.#survive(typed.trim()))) break;
    }
    await this.#screen.line();
    await this.#screen.paragraph(this.#run.step === undefined ? lesson.outro : this.#unfinished());
    return this.#run.isDone;
  }

  #unfinished(): string {
    const { position, lesson } = this.#run;
    return `The lesson ends at step ${position} of ${lesson.steps.length}. \`stratum lesson ${this.#number}\` begins it anew.`;
  }

  /** A whole command, of as many lines as it has; undefined at the end of the input. */
  async #command(): Promise<string | undefined> {
    const { bold, dim } = this.#screen.colors;
    let typed: string[] = [];
    for (;;) {
      const line = await this.#lines.next(typed.length === 0 ? `${bold('lesson')}${dim('$')} ` : dim('> '));
      this.#io.signal.throwIfAborted();
      if (line === undefined) return undefined;
      if (typeof line !== 'string') {
        typed = [];
        continue;
      }
      typed.push(line);
      if (isWholeCommand(typed)) return typed.join('\n');
    }
  }

  /** As below; a learner may break the store, and a lesson that ended for it would teach nothing. */
  async #survive(typed: string): Promise<boolean> {
    try {
      return await this.#obey(typed);
    } catch (error) {
      if (!isStratumError(error)) throw error;
      await this.#screen.missing(`The store cannot be read: ${error.message}.`);
      return true;
    }
  }

  /** Does what was typed; false when the learner goes. */
  async #obey(typed: string): Promise<boolean> {
    const step = this.#run.step as LessonStep;
    const [, answer] = /^answer\s+(.+)$/.exec(typed) ?? [];
    switch (typed) {
      case '':
        return true;
      case 'quit':
      case 'exit':
        return false;
      case 'help':
        await this.#screen.paragraph(HELP);
        return true;
      case 'goal':
        await this.#goal();
        return true;
      case 'hint':
        await this.#screen.hint(step.hint);
        return true;
      case 'solution': {
        const { lines, answer: right } = await this.#run.solution();
        await this.#screen.solution(lines, right);
        return true;
      }
      case 'skip':
        await this.#run.skip();
        await this.#goal();
        return true;
      case 'check':
        this.#said = '';
        await this.#check();
        return true;
    }
    if (answer !== undefined || (step.kind === 'question' && looksLikeAnswer(step.question, typed))) {
      this.#said = '';
      await this.#tell(await this.#run.answer(answer ?? typed));
      return true;
    }
    this.#lines.release();
    await this.#shell.run(typed);
    await this.#check();
    return true;
  }

  /** Goes on over every step that is done by now. Of one that has just begun nobody is told that it is not done. */
  async #check(): Promise<void> {
    const { step } = this.#run;
    let outcome = await this.#run.check();
    for (; outcome.kind === 'done'; outcome = await this.#run.check()) await this.#tell(outcome);
    if (this.#run.step === step) await this.#tell(outcome);
  }

  async #tell(outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'over':
      case 'asked':
        return;
      case 'missing':
        if (this.#said !== outcome.missing) await this.#screen.missing(outcome.missing);
        this.#said = outcome.missing;
        return;
      case 'done':
        this.#said = '';
        await this.#screen.line();
        await this.#screen.done(outcome.step.kind, outcome.told);
        if (outcome.step.kind === 'task' && outcome.step.shows?.includes('layers') === true) await this.#picture();
        await this.#goal();
    }
  }

  async #goal(): Promise<void> {
    const { step, position, lesson } = this.#run;
    if (step !== undefined) await this.#screen.goal(step, `${position} of ${lesson.steps.length}`);
  }

  /** The images that were made last, each layer once. */
  async #picture(): Promise<void> {
    await this.#place.look(async ({ engine }) => {
      const images = (await engine.images()).filter(
        ({ repository }) => repository !== undefined && repository !== 'tiny',
      );
      const names = new Map(images.map(({ id, repository, tag }) => [id, `${repository}:${tag}`]));
      const layers = await stackLayers(engine, [...names.values()].slice(0, PICTURED));
      if (!isOneStack(layers)) return;
      await this.#screen.line();
      await drawStack(
        new Narrator(this.#io),
        layers.map((layer) => this.#named(layer)),
      );
    });
  }

  /** The registry as the learner types it. */
  #named(layer: StackedLayer): StackedLayer {
    const { registryHost } = this.#place;
    if (registryHost === '') return layer;
    return { ...layer, images: layer.images.map((image) => image.replace(registryHost, '$REGISTRY')) };
  }
}

/** False when a layer lies at different heights: images that share it do not share what is below. */
function isOneStack(layers: readonly StackedLayer[]): boolean {
  return layers.every((upper, at) =>
    layers.slice(at).every((lower) => {
      const shared = upper.images.filter((image) => lower.images.includes(image)).length;
      return shared === 0 || shared === upper.images.length;
    }),
  );
}
