/** Runs what the learner types: each command by the machine's `sh`, in the directory that the last one left. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { isDirectory } from '../host-files.js';
import { type Io, type Output, write } from '../io.js';
import type { PlaceFolders } from './place.js';

/** The directory is left in a file, also by a command that calls `exit`. */
const SCRIPT = 'trap \'pwd > "$STRATUM_LESSON_CWD"\' EXIT; eval "$1"';
const SIGNAL_BASE = 128;

export class LearnerShell {
  readonly #io: Io;
  readonly #folders: PlaceFolders;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #left: string;
  #cwd: string;

  constructor(io: Io, folders: PlaceFolders, registryHost: string) {
    this.#io = io;
    this.#folders = folders;
    this.#cwd = folders.work;
    this.#left = join(folders.bin, '.cwd');
    this.#env = {
      ...io.env,
      PATH: `${folders.bin}${delimiter}${io.env['PATH'] ?? ''}`,
      STRATUM_ROOT: folders.store,
      STRATUM_LESSON_CWD: this.#left,
      REGISTRY: registryHost,
    };
  }

  get cwd(): string {
    return this.#cwd;
  }

  /** Runs a command to its end; resolves to its exit code. An interrupt ends the command, and not the lesson. */
  async run(command: string): Promise<number> {
    const { stdin, stdout, stderr } = this.#io;
    if (!(await isDirectory(this.#cwd).catch(() => false))) await this.#goBack();
    const release = holdInterrupts();
    try {
      const child = spawn('sh', ['-c', SCRIPT, 'sh', command], {
        cwd: this.#cwd,
        env: this.#env,
        // What comes in a pipe are the lesson's next lines, and not for the command.
        stdio: [stdin.isTTY === true ? 'inherit' : 'ignore', inheritable(stdout), inheritable(stderr)],
      });
      const piped = [pipe(child.stdout, stdout), pipe(child.stderr, stderr)];
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      await Promise.all(piped);
      await this.#follow();
      return code ?? (signal === null ? 0 : SIGNAL_BASE);
    } finally {
      release();
    }
  }

  /** A directory that was removed is left for the one to begin with, which is always there. */
  async #goBack(): Promise<void> {
    this.#cwd = this.#folders.work;
    await mkdir(this.#cwd, { recursive: true });
  }

  /** Goes where the command went. */
  async #follow(): Promise<void> {
    const left = await readFile(this.#left, 'utf8').catch(() => '');
    await rm(this.#left, { force: true });
    this.#cwd = left.replace(/\n$/, '') || this.#folders.work;
  }
}

/** A terminal is handed on as it is: commands then know that it is one. */
function inheritable(stream: Output): 'pipe' | 'inherit' | Output {
  return stream.isTTY === true && 'fd' in stream ? stream : 'pipe';
}

async function pipe(source: AsyncIterable<Uint8Array> | null, target: Output): Promise<void> {
  if (source === null) return;
  for await (const chunk of source) await write(target, chunk);
}

/** The terminal sends an interrupt to all of its processes; while a command runs it is the command's alone. */
function holdInterrupts(): () => void {
  const listeners = process.rawListeners('SIGINT') as NodeJS.SignalsListener[];
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  for (const listener of listeners) process.off('SIGINT', listener);
  return () => {
    for (const listener of listeners) process.on('SIGINT', listener);
    process.off('SIGINT', ignore);
  };
}
