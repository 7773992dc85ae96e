/** The terminal under the explorer: its screen is borrowed and given back, keys come in, and what changed is drawn. */

import { writeSync } from 'node:fs';
import type { Io, Output } from '../io.js';
import { UsageError } from '../usage.js';
import { decodeKeys } from './keys.js';
import type { Size } from './model.js';

/** The other screen, no cursor, no wrapping; and back (xterm's private modes 1049, 25 and 7). */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[2J';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** An escape that is not followed by the rest of a sequence for so long was the key. */
const ESCAPE_MS = 50;
/** The beginning of a sequence whose rest is still to come. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const UNFINISHED = /\u001b(?:\[[0-9;?<]*|O)?$/;
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };
/** Signals that end a process, and their numbers: the screen is given back before. */
const DEADLY: Readonly<Record<'SIGTERM' | 'SIGHUP', number>> = { SIGTERM: 15, SIGHUP: 1 };

/** A program of one screen. */
export interface Program<M> {
  readonly start: (size: Size) => M;
  readonly update: (model: M, key: ReturnType<typeof decodeKeys>[number]) => M | 'quit';
  readonly resize: (model: M, size: Size) => M;
  readonly view: (model: M) => string[];
}

/** Runs a program until it quits, or an interrupt ends it. The terminal is then as it was, whatever happened. */
export async function runOnTerminal<M>(program: Program<M>, io: Io): Promise<void> {
  const { stdin, stdout } = requireTerminal(io);
  let model = program.start(sizeOf(stdout));
  let drawn: readonly string[] = [];
  const draw = (): void => {
    const lines = program.view(model);
    stdout.write(changedLines(drawn, lines));
    drawn = lines;
  };
  const onResize = (): void => {
    model = program.resize(model, sizeOf(stdout));
    drawn = [];
    stdout.write('\u001b[2J');
    draw();
  };
  const release = borrow(stdin, stdout);
  stdout.on('resize', onResize);
  try {
    draw();
    for await (const text of keysOf(stdin, io.signal)) {
      for (const key of decodeKeys(text)) {
        const next = program.update(model, key);
        if (next === 'quit') return;
        model = next;
      }
      draw();
    }
  } finally {
    stdout.off('resize', onResize);
    release();
  }
}

type TerminalInput = Io['stdin'] & { readonly setRawMode: (isRaw: boolean) => unknown };

/** The streams of a terminal; fails with a UsageError where there is none. */
export function requireTerminal({ stdin, stdout, env }: Io): { stdin: TerminalInput; stdout: Output } {
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true && env['TERM'] !== 'dumb';
  if (isTerminal && stdin.setRawMode !== undefined) return { stdin: stdin as TerminalInput, stdout };
  throw new UsageError(
    'explore needs a terminal',
    "'stratum analyze' prints what is wasted, 'stratum layers' the layers.",
  );
}

function sizeOf({ columns, rows }: Output): Size {
  return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
}

/** Takes the screen and every key; what it returns gives them back, and so does the end of the process. */
function borrow(stdin: TerminalInput, stdout: Output): () => void {
  const atExit = (): void => void writeSync(1, LEAVE);
  const atSignal = (signal: NodeJS.Signals): never => process.exit(128 + DEADLY[signal as keyof typeof DEADLY]);
  process.on('exit', atExit);
  for (const signal of Object.keys(DEADLY)) process.on(signal, atSignal);
  stdin.setRawMode(true);
  stdout.write(ENTER);
  return () => {
    process.off('exit', atExit);
    for (const signal of Object.keys(DEADLY)) process.off(signal, atSignal);
    stdin.setRawMode(false);
    stdout.write(LEAVE);
  };
}

/** What is typed, in pieces that end with a key. Ends with the input, or when the signal is aborted. */
async function* keysOf(stdin: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<string> {
  const decoder = new TextDecoder();
  const chunks = stdin[Symbol.asyncIterator]();
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  let held = '';
  let next = chunks.next();
  try {
    for (;;) {
      const event = await (held === '' ? Promise.race([next, aborted]) : Promise.race([next, aborted, patience()]));
      if (event === 'aborted') return;
      if (event === 'waited') {
        yield held;
        held = '';
        continue;
      }
      if (event.done === true) return;
      next = chunks.next();
      const text = held + decoder.decode(event.value, { stream: true });
      held = UNFINISHED.exec(text)?.[0] ?? '';
      const whole = text.slice(0, text.length - held.length);
      if (whole !== '') yield whole;
    }
  } finally {
    // The read that is under way would keep the process; what it brings is nobody's.
    next.catch(() => {});
    chunks.return?.().catch(() => {});
  }
}

function patience(): Promise<'waited'> {
  return new Promise((resolve) => setTimeout(resolve, ESCAPE_MS, 'waited'));
}

/** The sequences that turn what was drawn into what is to be seen. */
export function changedLines(before: readonly string[], after: readonly string[]): string {
  return after.map((line, at) => (line === before[at] ? '' : `\u001b[${at + 1};1H${line}`)).join('');
}
