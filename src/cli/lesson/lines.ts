/** The lines that a learner types, or that come in a pipe. */

import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Io, write } from '../io.js';

export interface LineSource {
  /** The next line without its newline; undefined at the end, `interrupted` when the line was given up. */
  next(prompt: string): Promise<string | undefined | Interrupted>;
  /** Leaves the input to somebody else until the next line is asked for. */
  release(): void;
  close(): void;
}

export interface Interrupted {
  readonly kind: 'interrupted';
}

const INTERRUPTED: Interrupted = { kind: 'interrupted' };

export function lineSource(io: Io): LineSource {
  return io.stdin.isTTY === true ? new TerminalLines(io) : new PipedLines(io);
}

/** Lines of a pipe; each is shown behind its prompt, so that what is printed reads as if it had been typed. */
class PipedLines implements LineSource {
  readonly #io: Io;
  readonly #lines: AsyncIterator<string>;

  constructor(io: Io) {
    this.#io = io;
    this.#lines = splitLines(io.stdin)[Symbol.asyncIterator]();
  }

  async next(prompt: string): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    if (done === true) return undefined;
    await write(this.#io.stdout, `${prompt}${value}\n`);
    return value;
  }

  release(): void {}

  close(): void {}
}

/** A line that never ends is no command. */
const LINE_LIMIT_CHARACTERS = 1024 * 1024;

async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LIMIT_CHARACTERS) throw new Error('a line on standard input never ends');
    yield* lines.map((line) => line.replace(/\r$/, ''));
  }
  if (rest !== '') yield rest;
}

/** Lines of a terminal, with their history and editing. */
class TerminalLines implements LineSource {
  readonly #io: Io;
  readonly #reader: Interface;
  #settle: ((line: string | undefined | Interrupted) => void) | undefined;
  #isClosed = false;
  /** Typed ahead, and not asked for yet. */
  readonly #waiting: string[] = [];

  constructor(io: Io) {
    this.#io = io;
    // A terminal is a stream of this process; the port only says what most of its users need.
    const input = io.stdin as unknown as Readable;
    this.#reader = createInterface({ input, output: io.stdout, terminal: true, historySize: 200 });
    this.#reader.on('line', (line) => {
      if (this.#settle === undefined) this.#waiting.push(line);
      else this.#answer(line);
    });
    this.#reader.on('SIGINT', () => {
      io.stdout.write('^C\n');
      // There is no call for it that would not draw the line again.
      Object.assign(this.#reader, { line: '', cursor: 0 });
      this.#answer(INTERRUPTED);
    });
    this.#reader.on('close', () => {
      this.#isClosed = true;
      this.#answer(undefined);
    });
    this.#reader.pause();
  }

  next(prompt: string): Promise<string | undefined | Interrupted> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    if (this.#isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#io.stdin.setRawMode?.(true);
      this.#reader.setPrompt(prompt);
      this.#reader.resume();
      this.#reader.prompt();
    });
  }

  release(): void {
    if (this.#isClosed) return;
    this.#reader.pause();
    this.#io.stdin.setRawMode?.(false);
  }

  close(): void {
    this.#reader.close();
  }

  #answer(line: string | undefined | Interrupted): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(line);
  }
}
