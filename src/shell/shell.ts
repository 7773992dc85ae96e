/** One shell over a union: scripts one after the other, each in the variables and the directory that the last left. */

import { utf8Text } from '../base/bytes.js';
import type { ExecRequest } from '../build/runtime.js';
import { type ContainerUser, resolveUser } from '../build/user.js';
import { canonicalPath } from '../build/workdir.js';
import { decodeText } from '../fs/buffers.js';
import { createFs } from '../fs/create-fs.js';
import { bashFileSystem } from '../fs/just-bash.js';
import type { UnionFs } from '../fs/union-fs.js';
import type { Credentials } from '../union/access.js';
import { FsError } from '../union/errno.js';
import type { Kernel } from '../union/kernel.js';
import type { ShellScript } from './arguments.js';
import { type BashOutcome, type BashPlace, type BashRun, BashSession, type BashSettings } from './bash.js';
import type { ShellCommand } from './command.js';
import { ownCommands } from './commands.js';
import type { Stop } from './stop.js';
import { ThreadedBash, type ThreadPool } from './threaded.js';

const DEFAULT_UMASK = 0o022;
const DEFAULT_TIMEOUT_MS = 3_600_000;

export interface ShellSetup {
  readonly union: UnionFs;
  readonly request: ExecRequest;
  readonly stop: Stop;
  /** Commands besides our own. */
  readonly commands: Readonly<Record<string, ShellCommand>>;
  /** Where it runs; in this thread when there is none to have. */
  readonly threads: ThreadPool;
}

interface Interpreter {
  /** `undefined` when it was stopped in the middle. */
  run(run: BashRun, signal: AbortSignal): Promise<BashOutcome | undefined>;
  close(): void;
}

export class Shell {
  readonly user: ContainerUser;
  readonly #kernel: Kernel;
  readonly #stop: Stop;
  readonly #bash: Interpreter;
  readonly #timeoutMs: number;
  #env: Readonly<Record<string, string>>;
  #cwd: string;

  private constructor({ request, stop }: ShellSetup, kernel: Kernel, user: ContainerUser, bash: Interpreter) {
    this.#kernel = kernel;
    this.user = user;
    this.#stop = stop;
    this.#bash = bash;
    this.#timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#env = { HOME: user.home, ...request.env };
    this.#cwd = request.cwd;
  }

  /** Is to be closed. */
  static async open(setup: ShellSetup): Promise<Shell> {
    const { union, request, stop, threads: pool } = setup;
    const user = resolveUser(union.kernel, request.user);
    const credentials: Credentials = { uid: user.uid, gid: user.gid, groups: user.groups, umask: DEFAULT_UMASK };
    const kernel = union.view.kernelAs(credentials);
    const commands = Object.entries({ ...ownCommands(kernel, user), ...setup.commands });
    const place: BashPlace = {
      files: bashFileSystem({ fs: createFs(kernel) }, { makeParents: false }),
      commands: Object.fromEntries(
        commands.map(([name, run]) => [name, (args, at) => run(args, { ...at, kernel, signal: stop.signal })]),
      ),
      output: (stream, bytes) => request[stream](bytes),
    };
    const thread = pool.take();
    const settings: BashSettings = {
      cwd: request.cwd,
      env: { HOME: user.home, ...request.env },
      uid: user.uid,
      gid: user.gid,
      timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      isStoppable: thread !== undefined,
    };
    const bash =
      thread === undefined
        ? await BashSession.open(settings, place)
        : new ThreadedBash({ thread, pool }, settings, place);
    return new Shell(setup, kernel, user, bash);
  }

  get cwd(): string {
    return this.#cwd;
  }

  /** The text of a file; undefined for what its user cannot read, and for what is no text. */
  read(path: string): string | undefined {
    try {
      return utf8Text(this.#kernel.readFile(canonicalPath(this.#cwd, path)));
    } catch (error) {
      if (error instanceof FsError) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#bash.close();
  }

  /** Runs a script to its end; resolves to its exit code, 128 + n when a signal ended it. */
  async run({ text: script, name }: ShellScript, stdin: Uint8Array = new Uint8Array(0)): Promise<number> {
    const stop = this.#stop;
    // In this thread just-bash looks at the clock itself; another one need not answer any more.
    const timer = setTimeout(() => stop.by(SIGKILL), this.#timeoutMs);
    try {
      const env = name === undefined ? this.#env : { ...this.#env, 0: name };
      const run = { script, env, cwd: this.#cwd, stdin: decodeText(stdin, 'latin1') };
      const outcome = await this.#bash.run(run, stop.signal);
      if (stop.signal.aborted || outcome === undefined) return stop.exitCode;
      if (outcome.env !== undefined) {
        this.#env = outcome.env;
        this.#cwd = outcome.env['PWD'] ?? this.#cwd;
      }
      return outcome.exitCode;
    } finally {
      clearTimeout(timer);
    }
  }
}

const SIGKILL = 9;
