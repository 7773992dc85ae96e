/** What the kinds of steps have in common, and what they ask of the build around them. */

import type { ImageLayer } from '../image/image.js';
import type { Layer } from '../layer/layer.js';
import type { Tree } from '../tree/node.js';
import type { BuildProgress } from './progress.js';
import type { Runtime } from './runtime.js';
import type { PathPatterns } from './selection.js';
import type { SourceFiles } from './source-files.js';
import type { SshAgent } from './ssh-agent.js';
import type { StagePlan } from './step.js';
import type { KeyPart } from './step-key.js';
import type { BuildStore } from './store.js';

export interface SolveOptions {
  readonly plan: { readonly target: StagePlan; readonly stages: readonly StagePlan[] };
  /** As it is called in messages. */
  readonly file: string;
  readonly store: BuildStore;
  readonly runtime: Runtime;
  readonly ignore: PathPatterns | undefined;
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  /** Agents for `RUN --mount=type=ssh`, by their ids. */
  readonly ssh: Readonly<Record<string, SshAgent>>;
  /** What a Dockerfile may ask for beyond the usual: `security.insecure`. */
  readonly allow: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  /** Seconds since 1970 that no time in a layer exceeds. */
  readonly epoch: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly progress: (event: BuildProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** Where a stage stands: what lies below the next step. */
export interface StageState {
  readonly layers: readonly ImageLayer[];
}

/** The work of one kind of step. */
export interface StepWork {
  /** What the result depends on. The first that the cache knows is taken; the last is what is explained. */
  keys(): AsyncIterable<readonly KeyPart[]>;
  /** Does it; the layer holds what changed. */
  run(): Promise<Layer>;
}

/** The build, as a step sees it. */
export interface StepHost {
  readonly options: SolveOptions;
  readonly sources: SourceFiles;
  /** Aborted when any step fails. */
  readonly signal: AbortSignal;
  /** How layers are packed. */
  readonly packing: { readonly clampMtimeSec?: number };
  /** The layers of a stage when all its steps are done. */
  state(stage: StagePlan): Promise<StageState>;
  treeOf(stage: StagePlan): Promise<Tree>;
  /** Names the files of a state: its ChainID. */
  chainOf(state: StageState): string;
  /** Runs when all that came before in this way are done. Nothing in it may wait for another step. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
  /** Packs what a step changed. */
  pack(before: Tree, after: Tree): Layer;
}
