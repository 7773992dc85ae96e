/** How a lesson looks in a terminal: wrapped paragraphs, a bar at the left of what is to be done, code in colour. */

import type { Lesson, LessonStep, Question, SolutionLine } from '../../lessons/lesson.js';
import { type Colors, colorsFor } from '../colors.js';
import { type Io, write } from '../io.js';
import { textWidth } from '../table.js';
import { visibleText } from '../visible-text.js';

const MOST_COLUMNS = 88;
const LEAST_COLUMNS = 30;
const DOCUMENT_END = 'END';

export class Screen {
  readonly colors: Colors;
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
    this.colors = colorsFor(io, io.stdout);
  }

  async line(text: string = ''): Promise<void> {
    this.#io.signal.throwIfAborted();
    await write(this.#io.stdout, `${text}\n`);
  }

  /** A paragraph, wrapped; `first` and `rest` stand before its lines. */
  async paragraph(
    text: string,
    { first = '', rest = first }: { readonly first?: string; readonly rest?: string } = {},
  ): Promise<void> {
    for (const [at, line] of wrapped(text, this.#width() - textWidth(rest)).entries()) {
      await this.line(`${at === 0 ? first : rest}${this.#inked(line)}`);
    }
  }

  async opening(number: number, lesson: Lesson): Promise<void> {
    const { bold, dim } = this.colors;
    await this.line(`\n${bold(`Lesson ${number}: ${lesson.title}`)} ${dim(`· about ${lesson.minutes} minutes`)}\n`);
    await this.paragraph(lesson.aim);
    await this.line();
    await this.paragraph(lesson.intro);
  }

  async goal(step: LessonStep, position: string): Promise<void> {
    const { bold, cyan, dim } = this.colors;
    await this.line(`\n${bold(cyan(`Step ${position}`))}\n`);
    const bar = `${cyan('┃')} `;
    for (const text of step.goal.split('\n\n')) await this.paragraph(text, { first: bar });
    for (const [at, choice] of choicesOf(step).entries()) await this.line(`${bar}  ${letterOf(at)}) ${choice}`);
    for (const { word, means } of step.words ?? []) {
      await this.paragraph(`${word}: ${means}`, { first: `${bar}${dim('· ')}`, rest: `${bar}  ` });
    }
    if (step.kind === 'question') await this.line(`${bar}${dim(howToAnswer(step.question))}`);
    await this.line();
  }

  done(kind: LessonStep['kind'], told: string | undefined): Promise<void> {
    const verdict = kind === 'question' ? 'Right.' : 'Done.';
    const text = told === undefined ? verdict : `${verdict} ${told}`;
    return this.paragraph(text, { first: `${this.colors.green('✔')} `, rest: '  ' });
  }

  missing(text: string): Promise<void> {
    // It may name a file of the learner's.
    return this.paragraph(visibleText(text), { first: `${this.colors.yellow('…')} `, rest: '  ' });
  }

  hint(text: string): Promise<void> {
    return this.paragraph(text, { first: `${this.colors.magenta('?')} `, rest: '  ' });
  }

  /** The lines of a solution as they would be typed here. */
  async solution(lines: readonly SolutionLine[], answer: string | undefined): Promise<void> {
    for (const text of typedLines(lines)) await this.line(`  ${this.colors.cyan(text)}`);
    if (answer !== undefined) await this.line(`  ${this.colors.cyan(`answer ${answer}`)}`);
  }

  /** A terminal that does not know its size says that it has none. */
  #width(): number {
    return Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, this.#io.stdout.columns || MOST_COLUMNS));
  }

  /** Code between backquotes is shown in colour, or with the backquotes where there is none. */
  #inked(text: string): string {
    const { isColorSupported, cyan } = this.colors;
    return isColorSupported ? text.replace(/`([^`]*)`/g, (_all, code: string) => cyan(code)) : text;
  }
}

/** Lines of a shell that do what a solution says: a file is written by a here-document. */
export function typedLines(lines: readonly SolutionLine[]): readonly string[] {
  return lines.flatMap((line) => {
    if (line.kind === 'command') return [line.line];
    return [`cat > ${line.path} <<'${DOCUMENT_END}'`, ...line.text.replace(/\n$/, '').split('\n'), DOCUMENT_END];
  });
}

function choicesOf(step: LessonStep): readonly string[] {
  return step.kind === 'question' && step.question.kind === 'choice' ? step.question.choices : [];
}

function letterOf(at: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + at);
}

function howToAnswer(question: Question): string {
  switch (question.kind) {
    case 'number':
      return 'Type a number.';
    case 'bytes':
      return 'Type a number of bytes, such as 500, 12 kB or 1.5 MB.';
    case 'choice':
      return 'Type the letter.';
    case 'digest':
      return 'Type the first digits, six or more.';
  }
}

/** Lines of at most so many characters; what has no blanks is not broken, and code keeps together. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
