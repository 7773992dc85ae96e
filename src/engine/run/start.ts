/** start: a container's command with its mounts, log and state. */

import { StratumError } from '../../base/error.js';
import type { Runtime } from '../../build/runtime.js';
import { defaultRuntime } from '../builds.js';
import { imageOf } from '../commit.js';
import { removeContainerFiles } from '../container-files.js';
import { findContainer, openContainer } from '../containers.js';
import type { EngineContext } from '../context.js';
import { configOf, containerCommand, hostnameOf, NO_LIMIT_MS } from './command.js';
import { containerHost } from './control.js';
import { holdMounts } from './mounts.js';
import { controlOf, keepState } from './reach.js';
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
  const begun = { startedAt: context.timestamp(), starts: (record.state?.starts ?? 0) + 1 };
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
    begun,
  );
  context.running.set(record.id, running);
  const isKnown = (async (): Promise<void> => {
    const host = containerHost.get();
    const { root } = context;
    if (host !== undefined && root !== undefined) endService = await host.serve({ root, id: record.id }, running);
    await keepState(context, record.id, { status: 'running', ...begun });
  })();
  await isKnown;
  return running;
}
