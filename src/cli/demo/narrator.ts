/** Tells the demo: numbered steps, one line of explanation each, figures below. */

import { performance } from 'node:perf_hooks';
import { type Colors, colorsFor } from '../colors.js';
import { type Io, write } from '../io.js';
import { alignColumns } from '../table.js';

export class Narrator {
  readonly colors: Colors;
  readonly #io: Io;
  #step = 0;

  constructor(io: Io) {
    this.#io = io;
    this.colors = colorsFor(io, io.stdout);
  }

  /** Begins a step: its name, and one line that says what is to be seen. */
  async step(title: string, explanation: string): Promise<void> {
    this.#step += 1;
    const { bold, cyan } = this.colors;
    await this.say(`\n${bold(cyan(`${this.#step}  ${title}`))}`);
    await this.say(`   ${explanation}\n`);
  }

  /** Says a line; fails when the user has interrupted the story. */
  async say(text: string): Promise<void> {
    this.#io.signal.throwIfAborted();
    await write(this.#io.stdout, `${text}\n`);
  }

  /** Lines of something computed, indented; `paint` colours a finished line. */
  async figure(lines: readonly string[], paint: (line: string, at: number) => string = (line) => line): Promise<void> {
    for (const [at, line] of lines.entries()) await this.say(`   ${paint(line, at)}`);
  }

  /** Rows in columns. */
  table(rows: readonly (readonly string[])[], paint?: (line: string, at: number) => string): Promise<void> {
    return this.figure(alignColumns(rows).trimEnd().split('\n'), paint);
  }

  /** A line of code that the demo has just run. */
  code(line: string): Promise<void> {
    return this.say(`   ${this.colors.yellow(`> ${line}`)}`);
  }
}

/** What something took, in words that suit it. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly took: string }> {
  const start = performance.now();
  const result = await work();
  return { result, took: durationText(performance.now() - start) };
}

/** Three digits, in the unit that suits them. */
export function durationText(durationMs: number): string {
  const [value, unit] =
    durationMs >= 1000 ? [durationMs / 1000, 's'] : durationMs >= 1 ? [durationMs, 'ms'] : [durationMs * 1000, 'µs'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** More would scroll the beginning of the story away. */
const SHOWN_LINES = 14;

/** The first lines, and how many there are more. */
export function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN_LINES) return lines;
  return [...lines.slice(0, SHOWN_LINES), `… and ${lines.length - SHOWN_LINES} more`];
}
