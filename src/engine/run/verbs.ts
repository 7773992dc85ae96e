/** start, wait, kill, stop, exec, logs: verbs on containers that run, in this process or in another. */

import { StratumError } from '../../base/error.js';
import type { JsonObject } from '../../base/json.js';
import type { ExecRequest, RunResult, Runtime } from '../../build/runtime.js';
import { signalNumber } from '../../build/signals.js';
import { defaultRuntime } from '../builds.js';
import { imageOf } from '../commit.js';
import { applyConfigChanges } from '../config-changes.js';
import { removeContainerFiles } from '../container-files.js';
import { findContainer, openContainer } from '../containers.js';
import type { EngineContext } from '../context.js';
import type { RunState } from '../records.js';
import type { ContainerRecord } from '../state.js';
import { containerCommand, surroundings } from './command.js';
import { type ContainerControl, containerHost } from './control.js';
import { type LogEntry, readLog } from './log.js';
import { holdMounts } from './mounts.js';
import { RunningContainer } from './running.js';

export interface StartOptions {
  /** Bytes for standard input; empty without it. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Told what is printed; it is in the log as well. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** Ends the container as SIGKILL does. */
  readonly signal?: AbortSignal;
  /** The one that was installed without it. */
  readonly runtime?: Runtime;
}

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
/** The longest that a timer can wait: containers have no time limit. */
const NO_LIMIT_MS = 2 ** 31 - 1;
const POLL_MS = 50;
const SHORT_ID = 12;
const LOST: RunState = { status: 'exited', exitCode: 137, error: 'the process that ran it is gone' };

/** Runs a container's command. Fails with CONFLICT when it runs already, USAGE when it has none. */
export async function startContainer(
  context: EngineContext,
  text: string,
  options: StartOptions = {},
): Promise<RunningContainer> {
  const record = await findContainer(context, text);
  if ((await controlOf(context, record)) !== undefined) {
    throw new StratumError('CONFLICT', `container ${record.name} is running already`);
  }
  const runtime = options.runtime ?? defaultRuntime.get();
  if (runtime === undefined) throw new StratumError('UNSUPPORTED', 'there is no runtime to run commands with');
  const { settings = {} } = record;
  const { terminal = false, readOnly = false, network = 'default' } = settings;
  const hostname = hostnameOf(record);
  const command = containerCommand(await configOf(context, record), { hostname, terminal });
  const container = await openContainer(context, record.id);
  const image = await imageOf(context, record);
  const tree = await context.treeOf(image, { content: true });
  const mounts = await holdMounts(context, record.mounts ?? [], tree);
  const startedAt = context.timestamp();
  let endService = async (): Promise<void> => {};
  const running = new RunningContainer(
    context,
    {
      container,
      runtime,
      mounts,
      request: {
        ...command,
        layers: await context.layersOf(image, { content: true }),
        hostname,
        network,
        readOnly,
        terminal,
        timeoutMs: NO_LIMIT_MS,
        ...(options.stdin !== undefined && { stdin: options.stdin }),
        ...(options.signal !== undefined && { signal: options.signal }),
      },
      onOutput: options.onOutput ?? (() => {}),
      atEnd: async (state) => {
        await isKnown;
        context.running.delete(record.id);
        if (settings.autoRemove === true) await removeContainerFiles(context, record.id, { volumes: true });
        else await keepState(context, record.id, state);
        await endService();
      },
    },
    startedAt,
  );
  context.running.set(record.id, running);
  const isKnown = (async (): Promise<void> => {
    const host = containerHost.get();
    const { root } = context;
    if (host !== undefined && root !== undefined) endService = await host.serve({ root, id: record.id }, running);
    await keepState(context, record.id, { status: 'running', startedAt });
  })();
  await isKnown;
  return running;
}

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
  if (await Promise.race([ended, pause(seconds * 1000).then(() => false)])) return;
  await control.kill(SIGKILL);
  await ended;
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
  let next = 0;
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

/** Puts down as lost what is said to run and does not. */
export async function refreshStates(context: EngineContext): Promise<void> {
  for (const record of Object.values((await context.state.read()).containers)) await controlOf(context, record);
}

/** How to reach a container that runs; one that nobody answers for is put down as lost. */
export async function controlOf(
  context: EngineContext,
  record: ContainerRecord,
): Promise<ContainerControl | undefined> {
  const own = context.running.get(record.id);
  if (own !== undefined || record.state?.status !== 'running') return own;
  const { root } = context;
  const control = root === undefined ? undefined : await containerHost.get()?.reach({ root, id: record.id });
  if (control !== undefined) return control;
  // Between its last word and its end a process may have written how it ended.
  const now = (await context.state.read()).containers[record.id];
  if (now?.state?.status === 'running') await keepState(context, record.id, { ...now.state, ...LOST });
  return undefined;
}

async function runningControl(context: EngineContext, record: ContainerRecord): Promise<ContainerControl> {
  const control = await controlOf(context, record);
  if (control === undefined) throw new StratumError('CONFLICT', `container ${record.name} is not running`);
  return control;
}

async function keepState(context: EngineContext, id: string, state: RunState): Promise<void> {
  const action = state.status === 'running' ? 'start' : 'die';
  await context.state.update({ type: 'container', action, id }, (containers) => {
    const record = containers[id];
    if (record !== undefined) containers[id] = { ...record, state };
  });
}

async function configOf(context: EngineContext, record: ContainerRecord): Promise<JsonObject> {
  return applyConfigChanges((await imageOf(context, record)).config.config, record.changes);
}

function hostnameOf({ id, settings }: ContainerRecord): string {
  return settings?.hostname ?? id.slice(0, SHORT_ID);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
