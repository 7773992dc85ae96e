/** Bars for what takes longer than a second: one a blob, on a terminal only, gone when the work is done. */

import type { Digest } from '../digest/digest.js';
import { shortId } from '../digest/digest.js';
import type { Progress } from '../engine/records.js';
import { ellipsis, humanSize } from './human.js';
import type { Io } from './io.js';
import { textWidth } from './table.js';

/** Nothing is drawn before: most work is done by then. */
export const PROGRESS_DELAY_MS = 1000;
const REDRAW_MS = 100;
const BAR_WIDTH = 30;
const ERASE_BELOW = '\u001b[0J';

export interface ProgressDisplay {
  readonly onProgress: (progress: Progress) => void;
  /** Wipes the bars; call it before anything else is printed. */
  finish(): void;
}

const SILENT: ProgressDisplay = { onProgress: () => {}, finish: () => {} };

/** Bars on stderr; a display that shows nothing in a pipe, under CI, or when asked to be quiet. */
export function createProgress(io: Io, options: { readonly quiet?: boolean | undefined } = {}): ProgressDisplay {
  const isShown = io.stderr.isTTY === true && !io.env['CI'] && io.env['TERM'] !== 'dumb' && !options.quiet;
  return isShown ? new Bars(io) : SILENT;
}

class Bars implements ProgressDisplay {
  readonly #io: Io;
  readonly #latest: Map<string, Progress> = new Map();
  readonly #start: NodeJS.Timeout;
  #redraw: NodeJS.Timeout | undefined;
  #drawnLines = 0;

  constructor(io: Io) {
    this.#io = io;
    this.#start = setTimeout(() => {
      this.#draw();
      this.#redraw = setInterval(() => this.#draw(), REDRAW_MS);
      this.#redraw.unref();
    }, PROGRESS_DELAY_MS);
    this.#start.unref();
  }

  readonly onProgress = (progress: Progress): void => {
    this.#latest.set(progress.id, progress);
  };

  finish(): void {
    clearTimeout(this.#start);
    clearInterval(this.#redraw);
    if (this.#drawnLines > 0) this.#io.stderr.write(this.#home() + ERASE_BELOW);
    this.#drawnLines = 0;
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = this.#io.stderr;
    const lines = progressLines([...this.#latest.values()], rows - 2).map((line) => ellipsis(line, columns - 1));
    this.#io.stderr.write(this.#home() + ERASE_BELOW + lines.map((line) => `${line}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  #home(): string {
    return this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A\r`;
  }
}

/** One line for each, at most `limit`: what is finished gives way to what is moving. */
export function progressLines(all: readonly Progress[], limit: number): string[] {
  const shown = all.length <= limit ? all : all.filter((item) => !isOver(item)).slice(0, limit - 1);
  const width = Math.max(0, ...shown.map((item) => textWidth(label(item))));
  const lines = shown.map((item) => progressLine(item, width));
  const over = all.filter(isOver).length;
  return shown.length === all.length ? lines : [...lines, `${over} of ${all.length} done`];
}

function progressLine(item: Progress, width: number): string {
  const name = `${label(item).padEnd(width)}  ${WORDS[item.status].padEnd(WORD_WIDTH)}`;
  if (isOver(item)) return `${name}  ${humanSize(item.totalBytes ?? item.currentBytes)}`;
  if (item.totalBytes === undefined || item.totalBytes === 0) return `${name}  ${humanSize(item.currentBytes)}`;
  const part = Math.min(1, item.currentBytes / item.totalBytes);
  return `${name}  ${bar(part)}  ${humanSize(item.currentBytes)}/${humanSize(item.totalBytes)}`;
}

const WORDS: Readonly<Record<Progress['status'], string>> = {
  waiting: 'Waiting',
  reading: 'Reading',
  verifying: 'Verifying',
  downloading: 'Downloading',
  uploading: 'Pushing',
  exists: 'Exists',
  mounted: 'Mounted',
  done: 'Done',
};
const WORD_WIDTH: number = Math.max(...Object.values(WORDS).map((word) => word.length));

function bar(part: number): string {
  const filled = Math.round(part * BAR_WIDTH);
  const head = filled > 0 && filled < BAR_WIDTH ? `${'='.repeat(filled - 1)}>` : '='.repeat(filled);
  return `[${head.padEnd(BAR_WIDTH)}]`;
}

function isOver(item: Progress): boolean {
  return item.status === 'done' || item.status === 'exists' || item.status === 'mounted';
}

function label(item: Progress): string {
  return item.id.includes(':') && !item.id.includes('/') ? shortId(item.id as Digest) : item.id;
}
