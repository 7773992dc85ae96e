/** One shell over a union: scripts one after the other, each in the variables and the directory that the last left. */

import type { Bash, BashExecResult } from 'just-bash';
import { utf8 } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import type { ExecRequest } from '../build/runtime.js';
import { type ContainerUser, resolveUser } from '../build/user.js';
import { decodeText, encodeText } from '../fs/buffers.js';
import { createFs } from '../fs/create-fs.js';
import { bashFileSystem } from '../fs/just-bash.js';
import type { UnionFs } from '../fs/union-fs.js';
import type { Credentials } from '../union/access.js';
import type { ShellCommand } from './command.js';
import { ownCommands } from './commands.js';
import type { Stop } from './stop.js';

const NOT_EXECUTABLE = 126;
/** What just-bash exits with when its time is over, or when it is aborted. */
const STOPPED = 124;
const KILLED = 137;
const DEFAULT_UMASK = 0o022;
const DEFAULT_TIMEOUT_MS = 3_600_000;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a command printed, one character a byte. */
type ToBytes = (result: BashExecResult) => string;

export interface ShellSetup {
  readonly union: UnionFs;
  readonly request: ExecRequest;
  readonly stop: Stop;
  /** Commands besides our own. */
  readonly commands: Readonly<Record<string, ShellCommand>>;
}

export class Shell {
  readonly user: ContainerUser;
  readonly #setup: ShellSetup;
  readonly #bash: Bash;
  readonly #toBytes: ToBytes;
  #env: Readonly<Record<string, string>>;
  #cwd: string;

  private constructor(setup: ShellSetup, user: ContainerUser, bash: Bash, toBytes: ToBytes) {
    this.user = user;
    this.#setup = setup;
    this.#bash = bash;
    this.#toBytes = toBytes;
    this.#env = { HOME: user.home, ...setup.request.env };
    this.#cwd = setup.request.cwd;
  }

  static async open(setup: ShellSetup): Promise<Shell> {
    const { Bash: BashClass, defineCommand, stdoutAsBytes, latin1FromBytes } = await loadBash();
    const { union, request, stop } = setup;
    const user = resolveUser(union.kernel, request.user);
    const credentials: Credentials = { uid: user.uid, gid: user.gid, groups: user.groups, umask: DEFAULT_UMASK };
    const kernel = union.view.kernelAs(credentials);
    const commands = { ...ownCommands(kernel, user), ...setup.commands };
    const bash = new BashClass({
      fs: bashFileSystem({ fs: createFs(kernel) }, { makeParents: false }) as never,
      cwd: request.cwd,
      env: { HOME: user.home, ...request.env },
      processInfo: { pid: 1, ppid: 0, uid: user.uid, gid: user.gid },
      customCommands: Object.entries(commands).map(([name, run]) =>
        defineCommand(name, (args, { cwd, env }) => run(args, { cwd, env, kernel, signal: stop.signal })),
      ),
      executionLimits: { maxExecutionTimeMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS },
    } as never);
    return new Shell(setup, user, bash, (result) => latin1FromBytes(stdoutAsBytes(result)));
  }

  get cwd(): string {
    return this.#cwd;
  }

  /** Runs a script to its end; resolves to its exit code, 128 + n when a signal ended it. */
  async run(script: string, stdin: Uint8Array = new Uint8Array(0)): Promise<number> {
    const { request, stop } = this.#setup;
    try {
      const result = await this.#bash.exec(script, {
        env: { ...this.#env },
        replaceEnv: true,
        cwd: this.#cwd,
        rawScript: true,
        signal: stop.signal,
        ...(stdin.length === 0 ? {} : { stdin: decodeText(stdin, 'latin1'), stdinKind: 'bytes' as const }),
      });
      const { text, exitCode } = explained(result.stderr, result.exitCode);
      if (result.stdout !== '') request.stdout(encodeText(this.#toBytes(result), 'latin1'));
      if (stop.signal.aborted) return stop.exitCode;
      if (text !== '') request.stderr(utf8(text));
      this.#env = Object.fromEntries(Object.entries(result.env).filter(([name]) => VARIABLE.test(name)));
      this.#cwd = result.env['PWD'] ?? this.#cwd;
      return exitCode === STOPPED ? KILLED : exitCode;
    } catch (error) {
      // A redirect that fails makes just-bash fail as a whole: to a script it is an exit code.
      if (stop.signal.aborted) return stop.exitCode;
      if (error instanceof StratumError) throw error;
      request.stderr(utf8(`sh: ${error instanceof Error ? error.message : String(error)}\n`));
      return 1;
    }
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
