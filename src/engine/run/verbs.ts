/** wait, kill, stop, exec, logs, rm: verbs on containers that run, in this process or in another. */

import { StratumError } from '../../base/error.js';
import type { ExecRequest, RunResult } from '../../build/runtime.js';
import { signalNumber } from '../../build/signals.js';
import { removeContainerFiles } from '../container-files.js';
import { findContainer } from '../containers.js';
import type { EngineContext } from '../context.js';
import { configOf, hostnameOf, NO_LIMIT_MS, surroundings } from './command.js';
import { type LogEntry, type LogPosition, readLog } from './log.js';
import { controlOf, runningControl } from './reach.js';

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The container's own without it. */
  readonly cwd?: string;
  readonly user?: string;
  readonly terminal?: boolean;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

const DEFAULT_STOP_SECONDS = 10;
const SIGTERM = 15;
const SIGKILL = 9;
const POLL_MS = 50;

/** Waits for the end of a container; resolves to its exit code, which is 0 for one that never ran. */
export async function waitContainer(context: EngineContext, text: string): Promise<number> {
  const record = await findContainer(context, text);
  await (await controlOf(context, record))?.wait();
  const after = (await context.state.read()).containers[record.id];
  return after?.state?.exitCode ?? 0;
}

/** Sends a signal, by name or number; `KILL` without one. Fails with CONFLICT when it does not run. */
export async function killContainer(context: EngineContext, text: string, signal: string = 'KILL'): Promise<void> {
  const number = signalNumber(signal);
  if (number === undefined) throw new StratumError('USAGE', `invalid signal: ${signal}`);
  await (await runningControl(context, await findContainer(context, text))).kill(number);
}

/** Asks a container to end with its stop signal, and kills it after so many seconds. Nothing for one that does not run. */
export async function stopContainer(
  context: EngineContext,
  text: string,
  options: { readonly seconds?: number; readonly signal?: string } = {},
): Promise<void> {
  const record = await findContainer(context, text);
  const control = await controlOf(context, record);
  if (control === undefined) return;
  const { StopSignal: wanted } = await configOf(context, record);
  const signal = signalNumber(options.signal ?? (typeof wanted === 'string' ? wanted : '')) ?? SIGTERM;
  const seconds = options.seconds ?? record.settings?.stopSeconds ?? DEFAULT_STOP_SECONDS;
  await control.kill(signal);
  const ended = control.wait().then(() => true);
  if (await within(ended, seconds * 1000)) return;
  await control.kill(SIGKILL);
  await ended;
}

/** False when the time is over first; a timer that is left would keep the process. */
async function within(ended: Promise<boolean>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs another command in a container that runs. Fails with CONFLICT when it does not. */
export async function execContainer(
  context: EngineContext,
  text: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<RunResult> {
  const record = await findContainer(context, text);
  const control = await runningControl(context, record);
  const { terminal = false, onOutput = () => {}, stdin, signal } = options;
  const around = surroundings(await configOf(context, record), { hostname: hostnameOf(record), terminal });
  const request: ExecRequest = {
    argv,
    env: { ...around.env, ...options.env },
    cwd: options.cwd ?? around.cwd,
    user: options.user ?? around.user,
    terminal,
    timeoutMs: NO_LIMIT_MS,
    stdout: (chunk) => onOutput('stdout', chunk),
    stderr: (chunk) => onOutput('stderr', chunk),
    ...(stdin !== undefined && { stdin }),
    ...(signal !== undefined && { signal }),
  };
  return control.exec(request);
}

/** What a container printed; with `follow`, until it ends. */
export async function* containerLogs(
  context: EngineContext,
  text: string,
  options: { readonly follow?: boolean; readonly signal?: AbortSignal } = {},
): AsyncGenerator<LogEntry, void, undefined> {
  const record = await findContainer(context, text);
  let next: LogPosition | undefined;
  for (;;) {
    const isOver = options.follow !== true || (await controlOf(context, record)) === undefined;
    const read = await readLog(context.shelf, record.id, next);
    yield* read.entries;
    next = read.next;
    if (isOver || options.signal?.aborted === true) return;
    await pause(POLL_MS);
  }
}

/**
 * Removes a container; returns its id. Fails with CONFLICT while it runs, unless it is forced: it is killed then.
 * `volumes` takes its unnamed volumes too.
 */
export async function removeContainer(
  context: EngineContext,
  text: string,
  options: { readonly force?: boolean; readonly volumes?: boolean } = {},
): Promise<string> {
  const record = await findContainer(context, text);
  const control = await controlOf(context, record);
  if (control !== undefined) {
    if (options.force !== true) {
      const how = 'stop it first, or force its removal';
      throw new StratumError('CONFLICT', `cannot remove container ${record.name}: it is running; ${how}`);
    }
    await control.kill(SIGKILL);
    await control.wait();
  }
  await removeContainerFiles(context, record.id, options);
  return record.id;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
