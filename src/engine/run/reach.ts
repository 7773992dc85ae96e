/** How a container that runs is reached, whoever runs it; and what becomes of one that nobody runs any more. */

import { StratumError } from '../../base/error.js';
import type { EngineContext } from '../context.js';
import type { RunState } from '../records.js';
import type { ContainerRecord } from '../state.js';
import { type ContainerControl, containerHost } from './control.js';

const LOST: RunState = { status: 'exited', exitCode: 137, error: 'the process that ran it is gone' };

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
  const { address } = record.state;
  const control = address === undefined ? undefined : await containerHost.get()?.reach(address);
  if (control !== undefined) return control;
  // Between its last word and its end a process may have written how it ended, or another may have started it again.
  const { state: now } = (await context.state.read()).containers[record.id] ?? {};
  if (now?.status !== 'running' || now.address !== address) return undefined;
  const { address: _gone, ...known } = now;
  await keepState(context, record.id, { ...known, ...LOST });
  return undefined;
}

/** The same; fails with CONFLICT for one that does not run. */
export async function runningControl(context: EngineContext, record: ContainerRecord): Promise<ContainerControl> {
  const control = await controlOf(context, record);
  if (control === undefined) throw new StratumError('CONFLICT', `container ${record.name} is not running`);
  return control;
}

/** Writes how a container is. */
export async function keepState(context: EngineContext, id: string, state: RunState): Promise<void> {
  const action = state.status === 'running' ? 'start' : 'die';
  await context.state.update({ type: 'container', action, id }, (containers) => {
    const record = containers[id];
    if (record !== undefined) containers[id] = { ...record, state };
  });
}
