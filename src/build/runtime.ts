/** The port that runs a command over a container's file system: a simulated shell, or the kernel's own processes. */

import type { UnionFs } from '../fs/union-fs.js';
import type { Layer } from '../layer/layer.js';
import type { MountSource } from '../union/mounts/source.js';

/** Something that is shown at a path while the command runs, and is in no layer. */
export interface RunMountPoint {
  /** Absolute. It is made where it is missing; a runtime takes away again what it made. */
  readonly target: string;
  /** From `tree`, `volume`, `tmpfs` or `hostPath`: what is written to a volume or a host path stays there. */
  readonly source: MountSource;
  readonly readOnly: boolean;
}

export interface RunRequest {
  /** The root file system; what the command changes is in its upper afterwards. Nothing else uses it meanwhile. */
  readonly union: UnionFs;
  /** The layers below its upper, bottom first, for a runtime that lays them out on disk. */
  readonly layers: readonly Layer[];
  /** Program and arguments, ENTRYPOINT and SHELL applied. */
  readonly argv: readonly string[];
  /** The whole environment; a runtime adds HOME of the user where it is missing. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; made, owned by root, where it is missing. */
  readonly cwd: string;
  /** As USER has it: `name`, `uid`, either with `:group`; empty for root. */
  readonly user: string;
  readonly mounts: readonly RunMountPoint[];
  readonly network: 'default' | 'none' | 'host';
  readonly hostname: string;
  /** All powers of root, where a runtime has any to give; who asks has allowed it. */
  readonly security?: 'sandbox' | 'insecure';
  /** Refuses changes outside the mounts with EROFS. */
  readonly readOnly?: boolean;
  /** Bytes for the command's standard input; empty without it. A command need not read them. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout: (chunk: Uint8Array) => void;
  readonly stderr: (chunk: Uint8Array) => void;
  /** Ends the command, as SIGKILL does: the exit code is then 137. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The command is at the terminal of this process, where the runtime can give it that. */
  readonly terminal?: boolean;
  /** Told once the command runs. */
  readonly onStart?: (running: RunningCommand) => void;
}

/** Another command in the root, the mounts and the namespaces of one that runs. */
export type ExecRequest = Pick<
  RunRequest,
  'argv' | 'env' | 'cwd' | 'user' | 'stdin' | 'stdout' | 'stderr' | 'signal' | 'timeoutMs' | 'terminal'
>;

/** A command that runs, for those who reach into it from outside. */
export interface RunningCommand {
  /** Sends a signal, by number, to the command: the first process of its container (signal(7)). */
  kill(signal: number): void;
  exec(request: ExecRequest): Promise<RunResult>;
}

export interface RunResult {
  /** As Docker's: the command's, 128 + n for a signal, 126 not executable, 127 not found. */
  readonly exitCode: number;
}

/**
 * Runs commands. What goes wrong in the command is an exit code; a StratumError (RUNTIME_FAILED, UNSUPPORTED) is for a
 * runtime that cannot run it at all, such as a real binary in the simulated shell, or a user that is in no passwd.
 */
export interface Runtime {
  /** `shell`, `chroot`; part of no cache key. */
  readonly name: string;
  run(request: RunRequest): Promise<RunResult>;
}
