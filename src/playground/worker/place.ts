/** What the learner's verbs work on: an engine, a directory of files, a registry, and the shells that are open. */

import type { Runtime } from '../../build/runtime.js';
import type { Engine } from '../../engine/engine.js';
import type { SeenBuild } from '../../lessons/lesson.js';
import type { LessonRegistry } from '../../lessons/registry.js';
import type { BuildView } from '../view.js';
import type { Session } from './session.js';

export interface Place {
  readonly engine: Engine;
  /** The learner's directory: relative paths. */
  readonly files: Map<string, Uint8Array>;
  readonly registry: LessonRegistry;
  readonly runtime: Runtime;
  /** By container id. */
  readonly sessions: Map<string, Session>;
  /** Builds that came to their end, oldest first. */
  readonly builds: SeenBuild[];
  build: BuildView | undefined;
  exchange: Exchange;
  readonly print: (text: string) => void;
}

/** The push or pull of the act that is done now. */
export interface Exchange {
  /** `push`, `pull`, or empty. */
  readonly verb: string;
  /** How much the registry had been asked before. */
  readonly since: number;
}

/** Everything that is made here is as old as this, so that the same acts give the same digests: 2024-01-01. */
export const EPOCH = 1_704_067_200;

export type Verb = (args: readonly string[], place: Place) => Promise<void>;
