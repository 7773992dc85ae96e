/** Runs a plan: stages side by side, the steps of each in turn, each from the cache where its key is known. */

import { isStratumError, StratumError } from '../base/error.js';
import { chainIds } from '../layer/chain.js';
import { putChanges } from '../layer/changes.js';
import { Layer } from '../layer/layer.js';
import { emptyTree } from '../tree/edit.js';
import type { Tree } from '../tree/node.js';
import { BuildError } from './build-error.js';
import { checkContextSources } from './context-check.js';
import { CopyWork } from './copy-work.js';
import { RunWork } from './run-work.js';
import { SourceFiles } from './source-files.js';
import type { StagePlan, Step } from './step.js';
import { explainMiss, FORCED, type KeyPart, missText, stepKey } from './step-key.js';
import type { StepOutcome } from './step-outcome.js';
import type { SolveOptions, StageState, StepHost, StepWork } from './step-work.js';
import type { StepRecord } from './store.js';
import { WorkdirWork } from './workdir-work.js';

export class Solver implements StepHost {
  readonly options: SolveOptions;
  readonly sources: SourceFiles;
  readonly outcomes: StepOutcome[] = [];
  readonly #states: Map<StagePlan, Promise<StageState>> = new Map();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #abort: AbortController = new AbortController();

  constructor(options: SolveOptions) {
    this.options = options;
    this.sources = new SourceFiles(options.ignore);
    const { signal } = options;
    if (signal?.aborted === true) this.#abort.abort(signal.reason);
    signal?.addEventListener('abort', () => this.#abort.abort(signal.reason), { once: true });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The layers of the target. The first step that fails stops the others. */
  async solve(): Promise<StageState> {
    const { stages, target } = this.options.plan;
    await checkContextSources(this.options.plan, this.sources, this.options.file);
    try {
      await Promise.all(stages.map((stage) => this.state(stage)));
      return await this.state(target);
    } catch (error) {
      this.#abort.abort(error);
      await Promise.allSettled(this.#states.values());
      throw error;
    }
  }

  state(stage: StagePlan): Promise<StageState> {
    const known = this.#states.get(stage);
    if (known !== undefined) return known;
    const state = this.#solveStage(stage);
    this.#states.set(stage, state);
    return state;
  }

  /** The files of a stage when all its steps are done. */
  async treeOf(stage: StagePlan): Promise<Tree> {
    return this.options.store.tree((await this.state(stage)).layers, { content: true });
  }

  /** Names the files of a state: its ChainID. */
  chainOf({ layers }: StageState): string {
    return chainIds(layers.map(({ diffId }) => diffId)).at(-1) ?? 'scratch';
  }

  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Packs what a step changed. */
  pack(before: Tree, after: Tree): Layer {
    return Layer.fromChanges(putChanges(before, after), this.packing);
  }

  get packing(): { clampMtimeSec?: number } {
    const { epoch } = this.options;
    return epoch === undefined ? {} : { clampMtimeSec: epoch };
  }

  async #solveStage(stage: StagePlan): Promise<StageState> {
    let state = await this.#baseState(stage);
    for (const [index, step] of stage.steps.entries()) {
      const outcome = await this.#solveStep(stage, step, { index, state });
      state = { layers: [...state.layers, outcome.layer] };
    }
    return state;
  }

  async #baseState({ base }: StagePlan): Promise<StageState> {
    if (base.kind === 'scratch') return { layers: [] };
    if (base.kind === 'image') return { layers: base.image.layers };
    if (base.kind === 'stage') return this.state(base.stage);
    const { tree } = await this.sources.of(base.context, base.name);
    return { layers: [await this.options.store.keepLayer(this.pack(emptyTree(), tree))] };
  }

  async #solveStep(
    stage: StagePlan,
    step: Step,
    { index, state }: { index: number; state: StageState },
  ): Promise<StepOutcome> {
    const { progress, now, file } = this.options;
    if (this.signal.aborted) throw new StratumError('ABORTED', 'the build was stopped');
    const started = now();
    progress({ kind: 'started', step, stage: stage.name });
    try {
      const slots = [`${stage.name} ${index} ${step.kind}`, step.history];
      const done = await this.#cachedOrRun(step, state, slots);
      const outcome = { ...done, slots, step, stage: stage.name, milliseconds: now() - started };
      this.outcomes.push(outcome);
      progress({ kind: 'done', ...outcome });
      return outcome;
    } catch (error) {
      progress({ kind: 'failed', step, stage: stage.name, error });
      if (error instanceof BuildError || isStratumError(error, 'ABORTED')) throw error;
      const what = error instanceof StratumError ? error.message : String(error);
      throw new BuildError(what, { file, range: step.range, title: step.title, cause: error });
    }
  }

  async #cachedOrRun(
    step: Step,
    state: StageState,
    slots: readonly string[],
  ): Promise<Omit<StepOutcome, 'slots' | 'step' | 'stage' | 'milliseconds'>> {
    const { store } = this.options;
    const work = this.#workOf(step, state);
    const tried: { key: string; parts: readonly KeyPart[] }[] = [];
    for await (const own of work.keys()) {
      const parts = [...own, ...this.#epochPart()];
      const key = stepKey([{ name: 'step', value: step.kind }, ...parts]);
      tried.push({ key, parts });
      const record = step.ignoreCache ? undefined : await store.steps.find(key);
      if (record === undefined) continue;
      const before = tried.slice(0, -1);
      const keys = [...new Set([...before.map((each) => each.key), ...record.keys])];
      await this.#keepUnder({ ...record, keys }, before, []);
      const { layer, created } = record;
      return { key, parts, keys, isCached: true, miss: undefined, layer, created };
    }
    const last = tried.at(-1) as { key: string; parts: readonly KeyPart[] };
    const miss = step.ignoreCache ? FORCED : explainMiss(last.parts, await store.steps.similar(slots));
    this.options.progress({ kind: 'missed', step, miss, text: missText(miss) });
    const layer = await store.keepLayer(await work.run());
    const created = new Date(this.options.now()).toISOString();
    const keys = tried.map((each) => each.key);
    await this.#keepUnder({ key: last.key, keys, title: step.title, layer, created }, tried, slots);
    return { key: last.key, parts: last.parts, keys, isCached: false, miss, layer, created };
  }

  /** Remembers a result under every key that it can be found by. */
  async #keepUnder(
    record: StepRecord,
    tried: readonly { key: string; parts: readonly KeyPart[] }[],
    slots: readonly string[],
  ): Promise<void> {
    for (const [index, { key, parts }] of tried.entries()) {
      const isLast = index === tried.length - 1;
      await this.options.store.steps.keep({ ...record, key }, parts, isLast ? slots : []);
    }
  }

  #epochPart(): KeyPart[] {
    const { epoch } = this.options;
    return epoch === undefined ? [] : [{ name: 'epoch', value: String(epoch) }];
  }

  #workOf(step: Step, state: StageState): StepWork {
    if (step.kind === 'copy') return new CopyWork(this, step, state);
    if (step.kind === 'run') return new RunWork(this, step, state);
    return new WorkdirWork(this, step, state);
  }
}
