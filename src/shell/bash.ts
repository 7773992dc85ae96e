/** just-bash as we use it: scripts one after the other, over any file system, in this thread or in another. */

import type { Bash, BashExecResult, ScriptNode } from 'just-bash';
import { utf8 } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { decodeText, encodeText } from '../fs/buffers.js';
import type { BashFileSystem } from '../fs/just-bash.js';
import type { CommandResult, Output } from './command.js';
import { Outlet } from './outlet.js';
import { streamed, withStreams } from './streaming.js';

/** What a shell is opened with. It is cloned on the way to a thread. */
export interface BashSettings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
  readonly timeoutMs: number;
  /** It can be ended from outside whatever it does: then it may go on as long as it likes. */
  readonly isStoppable: boolean;
}

export interface BashRun {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** One character a byte. */
  readonly stdin: string;
}

export interface BashOutcome {
  readonly exitCode: number;
  /** What the script left; undefined where it did not come to its end. */
  readonly env: Readonly<Record<string, string>> | undefined;
}

/** A command that is not of just-bash itself. */
export type CallCommand = (
  args: string[],
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
) => Promise<CommandResult>;

export interface BashPlace {
  readonly files: BashFileSystem;
  readonly commands: Readonly<Record<string, CallCommand>>;
  readonly output: Output;
}

const NOT_EXECUTABLE = 126;
/** What just-bash exits with when its time is over, or when it is aborted. */
const STOPPED = 124;
const KILLED = 137;
const FAILED = 1;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const REAL_BINARY: Uint8Array = utf8(
  'sh: this is a real binary, which the shell runtime cannot run: use --runtime chroot\n',
);
/** just-bash counts, since it may be in the way of everything else. */
const ENDLESS = {
  maxCommandCount: Number.MAX_SAFE_INTEGER,
  maxLoopIterations: Number.MAX_SAFE_INTEGER,
  maxWorkUnits: Number.MAX_SAFE_INTEGER,
};
const ELF = '\u007fELF';

export class BashSession {
  readonly #bash: Bash;
  readonly #output: Output;
  readonly #streaming: Streaming;
  readonly #outlet: Outlet;
  /** What a command printed, one character a byte. */
  readonly #toBytes: (result: BashExecResult) => string;

  private constructor(
    bash: Bash,
    { streaming, outlet }: { readonly streaming: Streaming; readonly outlet: Outlet },
    toBytes: (result: BashExecResult) => string,
  ) {
    this.#bash = bash;
    this.#outlet = outlet;
    this.#output = streaming.output;
    this.#streaming = streaming;
    this.#toBytes = toBytes;
  }

  /** Fails with UNSUPPORTED where just-bash is not installed. */
  static async open(settings: BashSettings, { files, commands, output }: BashPlace): Promise<BashSession> {
    const { Bash: BashClass, defineCommand, stdoutAsBytes, latin1FromBytes } = await loadBash();
    const { cwd, env, uid, gid, timeoutMs, isStoppable } = settings;
    const outlet = new Outlet(output);
    const streaming = new Streaming(outlet.put);
    const bash = new BashClass({
      fs: withStreams(files, streaming.output) as never,
      cwd,
      env,
      processInfo: { pid: 1, ppid: 0, uid, gid },
      customCommands: Object.entries(commands).map(([name, call]) =>
        defineCommand(name, (args, place) => call(args, { cwd: place.cwd, env: variables(place.env) })),
      ),
      executionLimits: { maxExecutionTimeMs: timeoutMs, ...(isStoppable ? ENDLESS : {}) },
    } as never);
    bash.registerTransformPlugin(streaming);
    return new BashSession(bash, { streaming, outlet }, (result) => latin1FromBytes(stdoutAsBytes(result)));
  }

  /** Holds nothing. */
  close(): void {}

  /** Runs a script to its end; what goes wrong in the script is no failure. */
  async run({ script, env, cwd, stdin }: BashRun, signal?: AbortSignal): Promise<BashOutcome> {
    try {
      this.#streaming.begin();
      const result = await this.#bash.exec(script, {
        env: { ...env },
        replaceEnv: true,
        cwd,
        rawScript: true,
        ...(signal === undefined ? {} : { signal }),
        ...(stdin === '' ? {} : { stdin, stdinKind: 'bytes' as const }),
      });
      if (result.stdout !== '') this.#output('stdout', encodeText(this.#toBytes(result), 'latin1'));
      if (result.stderr !== '' && signal?.aborted !== true) this.#output('stderr', utf8(result.stderr));
      const { exitCode: code } = result;
      const exitCode = this.#streaming.sawBinary ? NOT_EXECUTABLE : code === STOPPED ? KILLED : code;
      return { exitCode, env: variables(result.env) };
    } catch (error) {
      // A redirect that fails makes just-bash fail as a whole: to a script it is an exit code.
      if (error instanceof StratumError) throw error;
      this.#output('stderr', utf8(`sh: ${error instanceof Error ? error.message : String(error)}\n`));
      return { exitCode: FAILED, env: undefined };
    } finally {
      this.#outlet.flush();
    }
  }
}

/** Where output goes on its way, and what it is seen to be there. */
class Streaming {
  readonly name = 'stream';
  readonly output: Output;
  /** A binary was read as a script: what it says is told in our words instead. */
  sawBinary = false;
  #isOutermost = false;

  constructor(output: Output) {
    this.output = (stream, bytes) => {
      if (stream === 'stdout' || !decodeText(bytes, 'latin1').includes(ELF)) return output(stream, bytes);
      this.sawBinary = true;
      output('stderr', REAL_BINARY);
    };
  }

  begin(): void {
    this.sawBinary = false;
    this.#isOutermost = true;
  }

  /** Called for what scripts run within, too: what that prints is for them. */
  transform({ ast }: { readonly ast: ScriptNode }): { ast: ScriptNode } {
    const isOutermost = this.#isOutermost;
    this.#isOutermost = false;
    return { ast: isOutermost ? streamed(ast) : ast };
  }
}

/** Only what can be a variable: just-bash keeps parameters among them. */
function variables(env: ReadonlyMap<string, string> | Readonly<Record<string, string>>): Record<string, string> {
  const all = env instanceof Map ? [...env] : Object.entries(env as Readonly<Record<string, string>>);
  return Object.fromEntries(all.filter(([name]) => VARIABLE.test(name)));
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
