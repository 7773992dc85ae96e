/** A build from its Dockerfile to an image: plan, solve, and the config and manifest on top. */

import { canonicalJson, type JsonObject } from '../base/json.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobWriter } from '../blob/store.js';
import type { HistoryEntry } from '../image/config.js';
import type { ImageLayer } from '../image/image.js';
import { storeManifest } from '../image/mutate.js';
import { treeChanges } from '../layer/changes.js';
import { Layer } from '../layer/layer.js';
import { emptyTree } from '../tree/edit.js';
import { createdOf, type HistoryTimes, imageHistory } from './image-history.js';
import { type Plan, planBuild } from './plan.js';
import type { PlanOptions } from './plan-options.js';
import { Solver } from './solve.js';
import type { StagePlan } from './step.js';
import type { StepOutcome } from './step-outcome.js';
import type { SolveOptions } from './step-work.js';

export interface BuildOptions extends PlanOptions, Omit<SolveOptions, 'plan' | 'file'> {
  readonly blobs: BlobWriter;
  readonly labels?: Readonly<Record<string, string>>;
  /** One layer for all that the stages add, or for all layers with the base's. */
  readonly squash?: 'new' | 'all';
}

export interface BuildResult {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly steps: readonly StepOutcome[];
  readonly plan: Plan;
}

/** Builds the target. Fails with DOCKERFILE_INVALID before anything ran, with BUILD_FAILED at the step that failed. */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const plan = await planBuild(options);
  const solver = new Solver({ ...options, plan, file: options.dockerfile.file });
  const { layers } = await solver.solve();
  const descriptor = await new ImageWriter(options, plan.target, solver.outcomes).write(layers);
  return { descriptor, steps: solver.outcomes, plan };
}

class ImageWriter {
  readonly #options: BuildOptions;
  readonly #target: StagePlan;
  readonly #times: HistoryTimes;

  constructor(options: BuildOptions, target: StagePlan, outcomes: readonly StepOutcome[]) {
    const { epoch, now } = options;
    const madeAt = new Map(outcomes.map(({ step, created }) => [step, created]));
    this.#options = options;
    this.#target = target;
    this.#times = {
      madeAt: (step) => madeAt.get(step),
      fixed: epoch === undefined ? undefined : new Date(epoch * 1000).toISOString(),
      now: new Date(now()).toISOString(),
    };
  }

  async write(all: readonly ImageLayer[]): Promise<Descriptor> {
    const { blobs, squash } = this.#options;
    const history = imageHistory(this.#target, this.#times);
    const { layers, entries } =
      squash === undefined ? { layers: all, entries: history } : await this.#squash(all, history);
    const config = canonicalJson(this.#config(layers, entries));
    return storeManifest(blobs, await blobs.put(config), layers);
  }

  #config(layers: readonly ImageLayer[], history: readonly HistoryEntry[]): JsonObject {
    const { image } = this.#target;
    const { labels = {} } = this.#options;
    if (Object.keys(labels).length > 0) image.merge('Labels', labels);
    return {
      ...image.document,
      ...(image.author === undefined ? {} : { author: image.author }),
      created: createdOf(history, this.#times),
      config: image.config,
      history: history as unknown as JsonObject[],
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    };
  }

  /** One layer with what differs from the base; the history keeps its lines, all but the last without a layer. */
  async #squash(
    all: readonly ImageLayer[],
    history: readonly HistoryEntry[],
  ): Promise<{ layers: readonly ImageLayer[]; entries: HistoryEntry[] }> {
    const { store, squash, epoch } = this.#options;
    const below = squash === 'all' ? [] : baseLayers(this.#target);
    const before = below.length === 0 ? emptyTree() : await store.tree(below, { content: true });
    const after = await store.tree(all, { content: true });
    const packing = epoch === undefined ? {} : { clampMtimeSec: epoch };
    const layer = await store.keepLayer(Layer.fromChanges(treeChanges(before, after), packing));
    const kept = below.length;
    let seen = 0;
    const entries = history.map((entry): HistoryEntry => {
      const isKept = entry.empty_layer === true || seen++ < kept;
      return isKept ? entry : { ...entry, empty_layer: true };
    });
    entries.push({
      created: createdOf(history, this.#times),
      created_by: 'squash',
      comment: `${all.length - kept} layers in one`,
    });
    return { layers: [...below, layer], entries };
  }
}

/** The layers that a stage did not make itself, nor a stage below it. */
function baseLayers({ base }: StagePlan): readonly ImageLayer[] {
  if (base.kind === 'stage') return baseLayers(base.stage);
  return base.kind === 'image' ? base.image.layers : [];
}
