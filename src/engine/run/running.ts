/** A container while it runs. */

import type { ExecRequest, RunningCommand, RunRequest, RunResult, Runtime } from '../../build/runtime.js';
import type { Container } from '../container.js';
import type { EngineContext } from '../context.js';
import type { RunState } from '../records.js';
import type { ContainerControl } from './control.js';
import { LogWriter } from './log.js';
import type { HeldMounts } from './mounts.js';

export interface RunPlan {
  readonly container: Container;
  readonly runtime: Runtime;
  readonly mounts: HeldMounts;
  readonly request: Omit<RunRequest, 'stdout' | 'stderr' | 'mounts' | 'union' | 'onStart'>;
  /** Which run this is. */
  readonly begun: Pick<RunState, 'startedAt' | 'starts'>;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** What is to be done when everything is kept. */
  readonly atEnd: (state: RunState) => Promise<void>;
}

/** Docker's exit code for what could not be run at all. */
const NOT_RUN = 125;

export class RunningContainer implements ContainerControl {
  readonly id: string;
  /** How it ended. A container that could not be run has ended with an error; this never fails for that. */
  readonly ended: Promise<RunState>;
  readonly #command: Promise<RunningCommand | undefined>;
  #tellStarted: (command: RunningCommand | undefined) => void = () => {};
  #tellEnded: (state: RunState | Promise<RunState>) => void = () => {};

  constructor(id: string) {
    this.id = id;
    this.#command = new Promise((resolve) => {
      this.#tellStarted = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  /** Runs what is planned; called once. */
  begin(context: EngineContext, plan: RunPlan): void {
    this.#tellEnded(this.#run(context, plan));
  }

  /** Ends what never began, for those who wait for it. */
  abandon(): void {
    this.#tellStarted(undefined);
    this.#tellEnded({ status: 'created' });
  }

  async wait(): Promise<void> {
    await this.ended;
  }

  async kill(signal: number): Promise<void> {
    (await this.#command)?.kill(signal);
  }

  async exec(request: ExecRequest): Promise<RunResult> {
    const command = await this.#command;
    if (command === undefined) return { exitCode: NOT_RUN };
    return command.exec(request);
  }

  async #run(context: EngineContext, plan: RunPlan): Promise<RunState> {
    const { container, runtime, mounts, request, begun, onOutput, atEnd } = plan;
    const log = new LogWriter(context.shelf, this.id, () => context.timestamp());
    const output = (stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
      log.add(stream, chunk);
      onOutput(stream, chunk);
    };
    const outcome = await settled(
      runtime.run({
        ...request,
        union: container.union,
        mounts: mounts.points,
        stdout: output('stdout'),
        stderr: output('stderr'),
        onStart: this.#tellStarted,
      }),
    );
    this.#tellStarted(undefined);
    const failures = [outcome.error];
    for (const step of [() => mounts.release(), () => container.save(), () => log.close()]) {
      failures.push((await settled(step().then(() => ({ exitCode: 0 })))).error);
    }
    const error = failures.find((each) => each !== undefined);
    const state: RunState = {
      status: 'exited',
      ...begun,
      finishedAt: context.timestamp(),
      exitCode: outcome.exitCode,
      ...(error !== undefined && { error }),
    };
    await atEnd(state);
    return state;
  }
}

async function settled(work: Promise<RunResult>): Promise<{ readonly exitCode: number; readonly error?: string }> {
  try {
    return { exitCode: (await work).exitCode };
  } catch (error) {
    return { exitCode: NOT_RUN, error: error instanceof Error ? error.message : String(error) };
  }
}
