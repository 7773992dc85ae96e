/** A simulated shell over the union file system: runs everywhere, needs no rights, and starts no process. */

import { utf8, utf8Text } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import { makePath } from '../build/make-path.js';
import type { ExecRequest, RunRequest, RunResult, Runtime } from '../build/runtime.js';
import { resolveUser } from '../build/user.js';
import type { UnionFs } from '../fs/union-fs.js';
import { readsCommands, scriptOf } from './arguments.js';
import type { ShellCommand } from './command.js';
import { mountAll, unmountAll } from './points.js';
import { candidates, whyNotRun } from './program.js';
import { prompt } from './prompt.js';
import { Shell } from './shell.js';
import { Stop } from './stop.js';
import { ownThreads, ThreadPool } from './threaded.js';
import { type WorkerLike, workerThread } from './worker-thread.js';

export { serveShell } from './worker-thread.js';

export interface ShellOptions {
  /** Commands besides those of the shell, by name; they take the place of its own. */
  readonly commands?: Readonly<Record<string, ShellCommand>>;
  /** Runs even where the image has no such program, as if each image had a shell. */
  readonly withoutPrograms?: boolean;
  /**
   * Starts the worker that shells run in, which must call `serveShell`: a bundle knows where it is. Without it, Node
   * starts a thread of its own and a browser none; a shell without a thread can only be stopped where it waits.
   */
  readonly worker?: () => WorkerLike;
}

const SIGKILL = 9;
const STDIN_LIMIT_BYTES = 256 * 1024 * 1024;

/** Runs commands by just-bash, an optional peer dependency: fails with UNSUPPORTED where it is not installed. */
export function shellRuntime(options: ShellOptions = {}): Runtime {
  const { worker } = options;
  const pool = worker === undefined ? ownThreads : new ThreadPool(() => workerThread(worker()));
  return { name: 'shell', run: (request) => runInShell(request, options, pool) };
}

async function runInShell(request: RunRequest, options: ShellOptions, pool: ThreadPool): Promise<RunResult> {
  const { union, readOnly = false } = request;
  if (request.security === 'insecure') {
    throw new StratumError('UNSUPPORTED', 'a simulated shell has no powers to give: use --runtime chroot');
  }
  // A user that nobody is must not leave mount points behind.
  resolveUser(union.kernel, request.user);
  const points = mountAll(request);
  const stop = new Stop([request.signal]);
  const place: Place = { union, options, pool };
  try {
    makePath(union.kernel, request.cwd, 0o755);
    if (readOnly) union.remount({ readOnly });
    request.onStart?.({
      kill: (signal) => stop.by(signal),
      exec: (other) => runCommand(other, new Stop([other.signal, stop.signal]), place),
    });
    return await runCommand(request, stop, place);
  } finally {
    // What runs beside the first command ends with it.
    stop.by(SIGKILL);
    if (readOnly) union.remount({ readOnly: false });
    unmountAll(request, points);
  }
}

interface Place {
  readonly union: UnionFs;
  readonly options: ShellOptions;
  readonly pool: ThreadPool;
}

async function runCommand(request: ExecRequest, stop: Stop, { union, options, pool }: Place): Promise<RunResult> {
  const missing = options.withoutPrograms === true ? undefined : whyNotRun(union.kernel, request);
  if (missing !== undefined) {
    request.stderr(utf8(`${missing.text}\n`));
    return { exitCode: missing.exitCode };
  }
  if (stop.signal.aborted) return { exitCode: stop.exitCode };
  const shell = await Shell.open({ union, request, stop, commands: options.commands ?? {}, threads: pool });
  try {
    return { exitCode: await runIn(shell, request, stop) };
  } finally {
    shell.close();
  }
}

async function runIn(shell: Shell, request: ExecRequest, stop: Stop): Promise<number> {
  const { argv, stdin, terminal = false } = request;
  const isShell = readsCommands(argv);
  if (isShell && terminal && stdin !== undefined) return prompt(shell, request, stop);
  const input = await collectBytes(stdin ?? [], STDIN_LIMIT_BYTES);
  const read = (path: string): string | undefined => shell.read(path);
  const find = (program: string): string | undefined =>
    candidates(program, request).find((path) => read(path)?.startsWith('#!'));
  const script = scriptOf(argv, { input: isShell ? utf8Text(input) : undefined, read, find });
  return isShell ? shell.run(script) : shell.run(script, input);
}
