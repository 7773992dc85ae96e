/** The published program as a learner has it before them: type, wait for what is printed, type again. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { typedLines } from '../../src/cli/lesson/screen.js';
import type { Lesson } from '../../src/lessons/lesson.js';

const PROGRAM = fileURLToPath(new URL('../../dist/bin/stratum.js', import.meta.url));
/** Python's pty is a terminal to the program, and a pipe to us. */
const PTY = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
const PATIENCE_MS = 120_000;

export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown[]>;
  #printed = '';
  #read = 0;
  #wake: () => void = () => {};

  constructor(args: readonly string[], { root, isTerminal }: { readonly root: string; readonly isTerminal: boolean }) {
    const [command = '', ...rest] = isTerminal
      ? ['python3', '-c', PTY, process.execPath, PROGRAM, ...args]
      : [process.execPath, PROGRAM, ...args];
    const env = { ...process.env, STRATUM_ROOT: root, TERM: 'xterm', NO_COLOR: '', FORCE_COLOR: '' };
    this.#child = spawn(command, rest, { env });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#printed += stripVTControlCharacters(chunk.toString()).replaceAll('\r', '');
        this.#wake();
      });
    }
    this.#ended = once(this.#child, 'close').finally(() => this.#wake());
  }

  /** All that was printed. */
  get text(): string {
    return this.#printed;
  }

  send(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Waits for something that was not waited for before; fails when the program ends first. */
  async see(wanted: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = wanted.exec(this.#printed.slice(this.#read));
      if (found !== null) {
        this.#read += found.index + found[0].length;
        return found;
      }
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${wanted} was not seen in: ${this.#printed.slice(this.#read)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Types the solution of every step when its goal is shown; of a question the answer that the lesson itself gives. */
  async solve({ steps }: Lesson): Promise<void> {
    for (const [at, step] of steps.entries()) {
      await this.see(new RegExp(`Step ${at + 1} of ${steps.length}\n`));
      if (step.kind === 'task') this.send(`${typedLines(step.solution).join('\n')}\n`);
      else {
        this.send('solution\n');
        const [, answer] = await this.see(/\n {2}answer (.+)\n/);
        this.send(`answer ${answer}\n`);
      }
    }
  }

  /** No more input; resolves to the exit code. */
  async end(): Promise<number> {
    this.#child.stdin.end();
    const [code] = await this.#ended;
    return code as number;
  }

  /** Ends the program, whatever it does. */
  kill(): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
  }
}
