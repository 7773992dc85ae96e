/** A build as it goes on: a live tree of steps on a terminal, plain lines in a pipe, JSON for programs. */

import type { BuildProgress } from '../../build/progress.js';
import type { Step } from '../../build/step.js';
import { ellipsis } from '../human.js';
import type { Io } from '../io.js';

export type ProgressMode = 'auto' | 'plain' | 'tty' | 'rawjson' | 'quiet';

export interface BuildDisplay {
  readonly onProgress: (event: BuildProgress) => void;
  finish(): void;
}

export function buildDisplay(io: Io, mode: ProgressMode): BuildDisplay {
  if (mode === 'quiet') return { onProgress: () => {}, finish: () => {} };
  if (mode === 'rawjson') return new JsonLines(io);
  const isLive =
    mode === 'tty' || (mode === 'auto' && io.stderr.isTTY === true && !io.env['CI'] && io.env['TERM'] !== 'dumb');
  return isLive ? new LiveTree(io) : new PlainLines(io);
}

/** What belongs to no step. */
type Note = Extract<BuildProgress, { readonly kind: 'warning' | 'pulling' }>;
type StepProgress = Exclude<BuildProgress, Note>;

function isNote(event: BuildProgress): event is Note {
  return event.kind === 'warning' || event.kind === 'pulling';
}

function noteLine(event: Note): string {
  return event.kind === 'warning' ? `WARNING: ${event.text}` : `pulling ${event.reference}`;
}

/** Numbers steps in the order in which they begin. */
class Numbers {
  readonly #numbers: Map<Step, number> = new Map();

  of(step: Step): number {
    const known = this.#numbers.get(step);
    if (known !== undefined) return known;
    this.#numbers.set(step, this.#numbers.size + 1);
    return this.#numbers.size;
  }
}

/** `#3 [2/5] RUN make`, `#3 CACHED`, `#3 0.4 output`, `#3 DONE 0.5s`. */
class PlainLines implements BuildDisplay {
  readonly #io: Io;
  readonly #numbers: Numbers = new Numbers();
  readonly #started: Map<Step, number> = new Map();
  readonly #open: Map<Step, string> = new Map();

  constructor(io: Io) {
    this.#io = io;
  }

  readonly onProgress = (event: BuildProgress): void => {
    if (isNote(event)) {
      this.#write(noteLine(event));
      return;
    }
    const { step } = event;
    const id = `#${this.#numbers.of(step)}`;
    switch (event.kind) {
      case 'started':
        this.#started.set(step, this.#now());
        this.#write(`${id} ${step.title}`);
        break;
      case 'output':
        this.#output(step, id, new TextDecoder().decode(event.chunk));
        break;
      case 'missed':
        break;
      case 'done':
        this.#flush(step, id);
        this.#write(event.isCached ? `${id} CACHED\n` : `${id} DONE ${seconds(event.milliseconds)}s\n`);
        break;
      default:
        this.#flush(step, id);
        this.#write(`${id} ERROR: ${messageOf(event.error)}\n`);
    }
  };

  finish(): void {}

  #output(step: Step, id: string, text: string): void {
    const lines = ((this.#open.get(step) ?? '') + text).split('\n');
    this.#open.set(step, lines.pop() ?? '');
    for (const line of lines) this.#line(step, id, line);
  }

  #flush(step: Step, id: string): void {
    const rest = this.#open.get(step) ?? '';
    if (rest !== '') this.#line(step, id, rest);
    this.#open.delete(step);
  }

  #line(step: Step, id: string, line: string): void {
    const since = (this.#now() - (this.#started.get(step) ?? 0)) / 1000;
    this.#write(`${id} ${since.toFixed(3)} ${line.replace(/\r$/, '')}`);
  }

  #now(): number {
    return this.#io.now().getTime();
  }

  #write(line: string): void {
    this.#io.stderr.write(`${line}\n`);
  }
}

class JsonLines implements BuildDisplay {
  readonly #io: Io;
  readonly #numbers: Numbers = new Numbers();

  constructor(io: Io) {
    this.#io = io;
  }

  readonly onProgress = (event: BuildProgress): void => {
    if (isNote(event)) {
      this.#io.stderr.write(`${JSON.stringify(event)}\n`);
      return;
    }
    const { step } = event;
    const common = { kind: event.kind, id: this.#numbers.of(step), line: step.range.start, title: step.title };
    this.#io.stderr.write(`${JSON.stringify({ ...common, ...detailsOf(event) })}\n`);
  };

  finish(): void {}
}

function detailsOf(event: StepProgress): object {
  switch (event.kind) {
    case 'started':
      return { stage: event.stage };
    case 'missed':
      return { miss: event.miss, text: event.text };
    case 'output':
      return { stream: event.stream, data: new TextDecoder().decode(event.chunk) };
    case 'done':
      return { cached: event.isCached, milliseconds: event.milliseconds, key: event.key, layer: event.layer };
    default:
      return { error: messageOf(event.error) };
  }
}

const REDRAW_MS = 100;
const ERASE_BELOW = '\u001b[0J';
const LAST_LINES = 4;

interface Row {
  readonly step: Step;
  readonly started: number;
  state: 'running' | 'cached' | 'done' | 'failed';
  milliseconds: number;
  output: string;
}

/** Every step with its time, and the last lines of those that run. */
class LiveTree implements BuildDisplay {
  readonly #io: Io;
  readonly #rows: Map<Step, Row> = new Map();
  readonly #timer: NodeJS.Timeout;
  readonly #warnings: Note[] = [];
  /** What is fetched before the first step can begin. */
  #pulling: string | undefined;
  #drawn = 0;

  constructor(io: Io) {
    this.#io = io;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  }

  readonly onProgress = (event: BuildProgress): void => {
    if (isNote(event)) {
      if (event.kind === 'pulling') this.#pulling = noteLine(event);
      else this.#warnings.push(event);
      return;
    }
    this.#pulling = undefined;
    const { step } = event;
    const row = this.#rows.get(step);
    if (event.kind === 'started') {
      this.#rows.set(step, { step, started: this.#now(), state: 'running', milliseconds: 0, output: '' });
    } else if (row !== undefined && event.kind === 'output') {
      row.output = (row.output + new TextDecoder().decode(event.chunk))
        .split('\n')
        .slice(-LAST_LINES - 1)
        .join('\n');
    } else if (row !== undefined && event.kind === 'done') {
      row.state = event.isCached ? 'cached' : 'done';
      row.milliseconds = event.milliseconds;
    } else if (row !== undefined && event.kind === 'failed') row.state = 'failed';
  };

  finish(): void {
    clearInterval(this.#timer);
    this.#pulling = undefined;
    this.#draw();
    for (const warning of this.#warnings) this.#io.stderr.write(`${noteLine(warning)}\n`);
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = this.#io.stderr;
    const steps = [...this.#rows.values()].flatMap((row) => this.#linesOf(row));
    const lines = [...(this.#pulling === undefined ? [] : [this.#pulling]), ...steps].slice(-(rows - 2));
    const home = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r`;
    this.#io.stderr.write(`${home}${ERASE_BELOW}${lines.map((line) => `${ellipsis(line, columns - 1)}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  #linesOf(row: Row): string[] {
    const time = row.state === 'running' ? this.#now() - row.started : row.milliseconds;
    const mark = { running: '·', cached: '=', done: '+', failed: '!' }[row.state];
    const state = row.state === 'cached' ? 'CACHED ' : '';
    const head = ` ${mark} ${state}${row.step.title}  ${seconds(time)}s`;
    if (row.state !== 'running' && row.state !== 'failed') return [head];
    const tail = row.output.split('\n').filter((line) => line.trim() !== '');
    return [head, ...tail.slice(-LAST_LINES).map((line) => `     | ${line}`)];
  }

  #now(): number {
    return this.#io.now().getTime();
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
