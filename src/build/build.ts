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

const HISTORY_COMMENT = 'buildkit.dockerfile.v0';

/** Builds the target. Fails with DOCKERFILE_INVALID before anything ran, with BUILD_FAILED at the step that failed. */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const plan = await planBuild(options);
  const solver = new Solver({ ...options, plan, file: options.dockerfile.file });
  const { layers } = await solver.solve();
  const descriptor = await new ImageWriter(options, plan.target).write(layers);
  return { descriptor, steps: solver.outcomes, plan };
}

class ImageWriter {
  readonly #options: BuildOptions;
  readonly #target: StagePlan;
  readonly #created: string;

  constructor(options: BuildOptions, target: StagePlan) {
    this.#options = options;
    this.#target = target;
    this.#created = new Date(options.epoch === undefined ? options.now() : options.epoch * 1000).toISOString();
  }

  async write(all: readonly ImageLayer[]): Promise<Descriptor> {
    const { blobs, squash } = this.#options;
    const history = historyOf(this.#target, this.#created);
    const { layers, entries } = squash === undefined ? { layers: all, entries: history } : await this.#squash(all);
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
      created: this.#created,
      config: image.config,
      history: history as unknown as JsonObject[],
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    };
  }

  /** One layer with what differs from the base; the history keeps its lines, all but the last without a layer. */
  async #squash(all: readonly ImageLayer[]): Promise<{ layers: readonly ImageLayer[]; entries: HistoryEntry[] }> {
    const { store, squash, epoch } = this.#options;
    const below = squash === 'all' ? [] : baseLayers(this.#target);
    const before = below.length === 0 ? emptyTree() : await store.tree(below, { content: true });
    const after = await store.tree(all, { content: true });
    const packing = epoch === undefined ? {} : { clampMtimeSec: epoch };
    const layer = await store.keepLayer(Layer.fromChanges(treeChanges(before, after), packing));
    const kept = below.length;
    let seen = 0;
    const entries = historyOf(this.#target, this.#created).map((entry): HistoryEntry => {
      const isKept = entry.empty_layer === true || seen++ < kept;
      return isKept ? entry : { ...entry, empty_layer: true };
    });
    entries.push({ created: this.#created, created_by: 'squash', comment: `${all.length - kept} layers in one` });
    return { layers: [...below, layer], entries };
  }
}

/** The layers that a stage did not make itself, nor a stage below it. */
function baseLayers({ base }: StagePlan): readonly ImageLayer[] {
  if (base.kind === 'stage') return baseLayers(base.stage);
  return base.kind === 'image' ? base.image.layers : [];
}

function historyOf(stage: StagePlan, created: string): HistoryEntry[] {
  const own = stage.history.map(
    ({ createdBy, step }): HistoryEntry => ({
      created,
      created_by: createdBy,
      comment: HISTORY_COMMENT,
      ...(step === undefined ? { empty_layer: true } : {}),
    }),
  );
  return [...historyOfBase(stage, created), ...own];
}

/** A base whose history does not say what made each layer gets an entry for each that is missing. */
function historyOfBase({ base }: StagePlan, created: string): HistoryEntry[] {
  if (base.kind === 'stage') return historyOf(base.stage, created);
  if (base.kind === 'files') return [{ created, created_by: `FROM ${base.name}`, comment: HISTORY_COMMENT }];
  if (base.kind === 'scratch') return [];
  const { history } = base.image.config;
  const missing = base.image.layers.length - history.filter((entry) => entry.empty_layer !== true).length;
  return [...history, ...Array.from({ length: Math.max(0, missing) }, (): HistoryEntry => ({ created }))];
}
