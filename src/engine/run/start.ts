/** start: a container's command with its mounts, log and state. */

import { StratumError } from '../../base/error.js';
import type { Runtime } from '../../build/runtime.js';
import { defaultRuntime } from '../builds.js';
import { imageOf } from '../commit.js';
import { removeContainerFiles } from '../container-files.js';
import { findContainer, openContainer } from '../containers.js';
import type { EngineContext } from '../context.js';
import type { ContainerRecord } from '../state.js';
import { configOf, containerCommand, hostnameOf, NO_LIMIT_MS } from './command.js';
import { type ContainerHost, containerHost } from './control.js';
import { holdMounts } from './mounts.js';
import { controlOf, keepState } from './reach.js';
import { RunningContainer, type RunPlan } from './running.js';

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

/** Runs a container's command. Fails with CONFLICT when it runs already, USAGE when it has none. */
export async function startContainer(
  context: EngineContext,
  text: string,
  options: StartOptions = {},
): Promise<RunningContainer> {
  const record = await findContainer(context, text);
  const running = new RunningContainer(record.id);
  const isFree = (await controlOf(context, record)) === undefined && !context.running.has(record.id);
  if (!isFree) throw new StratumError('CONFLICT', `container ${record.name} is running already`);
  // From here on nobody else of this process starts it.
  context.running.set(record.id, running);
  try {
    running.begin(context, await planRun(context, record, running, options));
    return running;
  } catch (error) {
    context.running.delete(record.id);
    running.abandon();
    throw error;
  }
}

/** Everything that can fail before the command runs; nothing is held when it does. */
async function planRun(
  context: EngineContext,
  record: ContainerRecord,
  running: RunningContainer,
  options: StartOptions,
): Promise<RunPlan> {
  const runtime = options.runtime ?? defaultRuntime.get();
  if (runtime === undefined) throw new StratumError('UNSUPPORTED', 'there is no runtime to run commands with');
  const { settings = {} } = record;
  const { terminal = false, readOnly = false, network = 'default' } = settings;
  const hostname = hostnameOf(record);
  const command = containerCommand(await configOf(context, record), { hostname, terminal });
  const container = await openContainer(context, record.id);
  const image = await imageOf(context, record);
  const layers = await context.layersOf(image, { content: true });
  const mounts = await holdMounts(context, record.mounts ?? [], context.snapshots.merge(layers));
  const begun = { startedAt: context.timestamp(), starts: (record.state?.starts ?? 0) + 1 };
  let service: Awaited<ReturnType<ContainerHost['serve']>> | undefined;
  try {
    // In memory there is no other process that could look for it.
    service = context.shelf.durable ? await containerHost.get()?.serve(running) : undefined;
    await keepState(context, record.id, { status: 'running', ...begun, ...(service && { address: service.address }) });
  } catch (error) {
    await service?.close();
    await mounts.release();
    throw error;
  }
  return {
    container,
    runtime,
    mounts,
    begun,
    request: {
      ...command,
      layers,
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
      context.running.delete(record.id);
      if (settings.autoRemove === true) await removeContainerFiles(context, record.id, { volumes: true });
      else await keepState(context, record.id, state);
      await service?.close();
    },
  };
}
