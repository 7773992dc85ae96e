/** A simulated shell over the union file system: runs everywhere, needs no rights, and starts no process. */

import { utf8, utf8Text } from '../base/bytes.js';
import { collectBytes } from '../base/stream.js';
import { makePath } from '../build/make-path.js';
import type { ExecRequest, RunRequest, RunResult, Runtime } from '../build/runtime.js';
import { resolveUser } from '../build/user.js';
import type { UnionFs } from '../fs/union-fs.js';
import { readsCommands, scriptOf } from './arguments.js';
import type { ShellCommand } from './command.js';
import { mountAll, unmountAll } from './points.js';
import { whyNotRun } from './program.js';
import { prompt } from './prompt.js';
import { Shell } from './shell.js';
import { Stop } from './stop.js';

export interface ShellOptions {
  /** Commands besides those of the shell, by name; they take the place of its own. */
  readonly commands?: Readonly<Record<string, ShellCommand>>;
  /** Runs even where the image has no such program, as if each image had a shell. */
  readonly withoutPrograms?: boolean;
}

const SIGKILL = 9;
const STDIN_LIMIT_BYTES = 256 * 1024 * 1024;

/** Runs commands by just-bash, an optional peer dependency: fails with UNSUPPORTED where it is not installed. */
export function shellRuntime(options: ShellOptions = {}): Runtime {
  return { name: 'shell', run: (request) => runInShell(request, options) };
}

async function runInShell(request: RunRequest, options: ShellOptions): Promise<RunResult> {
  const { union, readOnly = false } = request;
  // A user that nobody is must not leave mount points behind.
  resolveUser(union.kernel, request.user);
  const points = mountAll(request);
  const stop = new Stop([request.signal]);
  try {
    makePath(union.kernel, request.cwd, 0o755);
    if (readOnly) union.remount({ readOnly });
    request.onStart?.({
      kill: (signal) => stop.by(signal),
      exec: (other) => runCommand(union, other, new Stop([other.signal, stop.signal]), options),
    });
    return await runCommand(union, request, stop, options);
  } finally {
    // What runs beside the first command ends with it.
    stop.by(SIGKILL);
    if (readOnly) union.remount({ readOnly: false });
    unmountAll(request, points);
  }
}

async function runCommand(union: UnionFs, request: ExecRequest, stop: Stop, options: ShellOptions): Promise<RunResult> {
  const missing = options.withoutPrograms === true ? undefined : whyNotRun(union.kernel, request);
  if (missing !== undefined) {
    request.stderr(utf8(`${missing.text}\n`));
    return { exitCode: missing.exitCode };
  }
  if (stop.signal.aborted) return { exitCode: stop.exitCode };
  const shell = await Shell.open({ union, request, stop, commands: options.commands ?? {} });
  const { argv, stdin, terminal = false } = request;
  const isShell = readsCommands(argv);
  if (isShell && terminal && stdin !== undefined) return { exitCode: await prompt(shell, request, stop) };
  const input = await collectBytes(stdin ?? [], STDIN_LIMIT_BYTES);
  const exitCode = isShell ? await shell.run(scriptOf(argv, utf8Text(input))) : await shell.run(scriptOf(argv), input);
  return { exitCode };
}
