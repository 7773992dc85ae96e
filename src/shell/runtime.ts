/** A simulated shell over the union file system: runs everywhere, needs no rights, and starts no process. */

import { utf8 } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import { makePath } from '../build/make-path.js';
import type { RunMountPoint, RunRequest, RunResult, Runtime } from '../build/runtime.js';
import { type ContainerUser, resolveUser } from '../build/user.js';
import { createFs } from '../fs/create-fs.js';
import { bashFileSystem } from '../fs/just-bash.js';
import { directoryOf } from '../fs/path-text.js';
import { isDirectory } from '../tree/node.js';
import type { Credentials } from '../union/access.js';
import type { Kernel, Timestamp } from '../union/kernel.js';
import { scriptOf } from './arguments.js';
import type { ShellCommand } from './command.js';
import { ownCommands } from './commands.js';

export interface ShellOptions {
  /** Commands besides those of the shell, by name; they take the place of its own. */
  readonly commands?: Readonly<Record<string, ShellCommand>>;
  /** Runs even where the image has no such program, as if each image had a shell. */
  readonly withoutPrograms?: boolean;
}

const KILLED = 137;
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const STDIN_LIMIT_BYTES = 256 * 1024 * 1024;
const DEFAULT_UMASK = 0o022;
const DEFAULT_TIMEOUT_MS = 3_600_000;

/** Runs commands by just-bash, an optional peer dependency: fails with UNSUPPORTED where it is not installed. */
export function shellRuntime(options: ShellOptions = {}): Runtime {
  return { name: 'shell', run: (request) => runInShell(request, options) };
}

async function runInShell(request: RunRequest, options: ShellOptions): Promise<RunResult> {
  const { union, signal } = request;
  const user = resolveUser(union.kernel, request.user);
  const points = mountAll(request);
  try {
    makePath(union.kernel, request.cwd, 0o755);
    const missing = options.withoutPrograms === true ? undefined : whyNotRun(union.kernel, request);
    if (missing !== undefined) {
      request.stderr(utf8(`${missing.text}\n`));
      return { exitCode: missing.exitCode };
    }
    if (signal?.aborted === true) return { exitCode: KILLED };
    return { exitCode: await runScript(request, user, options) };
  } finally {
    unmountAll(request, points);
  }
}

async function runScript(request: RunRequest, user: ContainerUser, options: ShellOptions): Promise<number> {
  const { Bash, defineCommand } = await loadBash();
  const { union, env, cwd, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = request;
  const credentials: Credentials = { uid: user.uid, gid: user.gid, groups: user.groups, umask: DEFAULT_UMASK };
  const kernel = union.view.kernelAs(credentials);
  const commands = { ...ownCommands(kernel, user), ...options.commands };
  const bash = new Bash({
    fs: bashFileSystem({ fs: createFs(kernel) }, { makeParents: false }) as never,
    cwd,
    env: { HOME: user.home, ...env },
    processInfo: { pid: 1, ppid: 0, uid: user.uid, gid: user.gid },
    customCommands: Object.entries(commands).map(([name, run]) =>
      defineCommand(name, (args, context) => run(args, { cwd: context.cwd, env: context.env, kernel })),
    ),
    executionLimits: { maxExecutionTimeMs: timeoutMs },
  } as never);
  const stdin =
    request.stdin === undefined ? '' : new TextDecoder().decode(await collectBytes(request.stdin, STDIN_LIMIT_BYTES));
  try {
    const result = await bash.exec(scriptOf(request.argv), {
      env: { HOME: user.home, ...env },
      replaceEnv: true,
      cwd,
      rawScript: true,
      ...(stdin === '' ? {} : { stdin }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { text, exitCode } = explained(result.stderr, result.exitCode);
    if (result.stdout !== '') request.stdout(utf8(result.stdout));
    if (text !== '') request.stderr(utf8(text));
    return signal?.aborted === true || exitCode === 124 ? KILLED : exitCode;
  } catch (error) {
    // A redirect that fails makes just-bash fail as a whole: to a script it is an exit code.
    if (signal?.aborted === true) return KILLED;
    if (error instanceof StratumError) throw error;
    request.stderr(utf8(`sh: ${error instanceof Error ? error.message : String(error)}\n`));
    return 1;
  }
}

/** A binary that is read as a script says little: it is told what it is. */
function explained(stderr: string, exitCode: number): { text: string; exitCode: number } {
  if (!stderr.includes('\u007fELF')) return { text: stderr, exitCode };
  return {
    text: 'sh: this is a real binary, which the shell runtime cannot run: use --runtime chroot\n',
    exitCode: NOT_EXECUTABLE,
  };
}

async function loadBash(): Promise<typeof import('just-bash')> {
  try {
    return await import('just-bash');
  } catch (cause) {
    throw new StratumError('UNSUPPORTED', "the shell runtime needs the package just-bash: 'npm install just-bash'", {
      cause,
    });
  }
}

/** As in a real container, what is to be run must be there. */
function whyNotRun(kernel: Kernel, { argv, env }: RunRequest): { text: string; exitCode: number } | undefined {
  const [program = ''] = argv;
  const candidates = program.includes('/')
    ? [program]
    : (env['PATH'] ?? '').split(':').map((directory) => `${directory}/${program}`);
  const found = candidates.flatMap((path) => kernel.find(path, true) ?? []);
  const shown = JSON.stringify(program);
  if (found.length === 0) {
    const why = program.includes('/')
      ? `stat ${program}: no such file or directory`
      : 'executable file not found in $PATH';
    return { text: `exec: ${shown}: ${why}`, exitCode: NOT_FOUND };
  }
  if (found.every((node) => isDirectory(node) || (node.mode & 0o111) === 0)) {
    return { text: `exec: ${shown}: permission denied`, exitCode: NOT_EXECUTABLE };
  }
  return undefined;
}

interface MadePoint {
  readonly point: RunMountPoint;
  /** Paths that were made for it, the deepest first. */
  readonly made: readonly string[];
  /** The directory that they were made in, and its time before and after. */
  readonly parent: { readonly path: string; readonly before: Timestamp; readonly after: Timestamp } | undefined;
}

function mountAll({ union, mounts }: RunRequest): MadePoint[] {
  const points: MadePoint[] = [];
  for (const point of mounts) {
    const { kernel } = union;
    const made = missingPaths(kernel, point.target);
    const top = made.at(-1);
    const path = top && directoryOf(top);
    const before = path === undefined ? undefined : timeOf(kernel, path);
    union.mount(point.target, point.source, { readOnly: point.readOnly, create: true });
    const parent =
      path === undefined || before === undefined ? undefined : { path, before, after: timeOf(kernel, path) };
    points.push({ point, made, parent });
  }
  return points;
}

function missingPaths(kernel: Kernel, target: string): string[] {
  const missing: string[] = [];
  let at = '';
  for (const name of target.split('/').filter((each) => each !== '')) {
    at += `/${name}`;
    if (kernel.find(at, true) === undefined) missing.unshift(at);
  }
  return missing;
}

/** A point that was made for a mount goes again, unless the command put something there. */
function unmountAll({ union }: RunRequest, points: readonly MadePoint[]): void {
  for (const { point, made, parent } of [...points].reverse()) {
    union.unmount(point.target);
    const isTouched = parent !== undefined && !sameTime(timeOf(union.kernel, parent.path), parent.after);
    for (const path of made) {
      const there = union.kernel.find(path, false);
      if (there === undefined) continue;
      if (!isDirectory(there)) union.kernel.unlink(path);
      else if (union.kernel.readdir(path).length === 0) union.kernel.rmdir(path);
    }
    if (parent !== undefined && !isTouched) union.kernel.utimes(parent.path, parent.before, parent.before);
  }
}

function timeOf(kernel: Kernel, path: string): Timestamp {
  const { mtimeSec: sec, mtimeNsec: nsec } = kernel.stat(path);
  return { sec, nsec };
}

function sameTime(a: Timestamp, b: Timestamp): boolean {
  return a.sec === b.sec && a.nsec === b.nsec;
}
