/** What the page is told of a moment: plain values, small enough to be sent with every act. */

import type { Word } from './words.js';

export interface LayerView {
  readonly diffId: string;
  /** Of the blob as it is stored. */
  readonly digest: string;
  readonly createdBy: string;
  /** Bytes of the blob. */
  readonly storedBytes: number;
  /** Bytes of the files that it holds. */
  readonly contentBytes: number;
  readonly added: number;
  readonly modified: number;
  readonly deleted: number;
  /** Names of the images that have it. */
  readonly images: readonly string[];
}

export interface ImageView {
  readonly id: string;
  /** Of the manifest. */
  readonly digest: string;
  /** As it is shown: a name, or the beginning of its ID. */
  readonly name: string;
  readonly names: readonly string[];
  readonly storedBytes: number;
  /** DiffIDs, bottom first. */
  readonly layers: readonly string[];
  /** The ChainID of the stack up to each layer. */
  readonly chain: readonly string[];
  readonly efficiency: number;
  readonly wastedBytes: number;
  readonly wasted: readonly { readonly path: string; readonly bytes: number; readonly why: string }[];
  readonly command: string;
}

/** One entry of an upper. */
export interface UpperEntry {
  readonly path: string;
  readonly kind: 'new' | 'copy-up' | 'whiteout' | 'opaque' | 'replaced';
  readonly type: string;
  readonly sizeBytes: number;
  /** Position of the layer that the path comes from, bottom first; undefined for what is new. */
  readonly lower: number | undefined;
}

export interface ContainerView {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly command: string;
  readonly status: 'created' | 'running' | 'exited';
  /** The prompt that a shell waits at; undefined where none waits. */
  readonly prompt: string | undefined;
  readonly layers: readonly string[];
  /** The first of them. */
  readonly upper: readonly UpperEntry[];
  readonly upperCount: number;
  readonly upperBytes: number;
  readonly mounts: readonly { readonly target: string; readonly source: string; readonly type: string }[];
}

export interface BuildStepView {
  /** Line of the Dockerfile, from 1. */
  readonly line: number;
  readonly title: string;
  readonly isCached: boolean;
  /** Why it was not cached. */
  readonly miss: string | undefined;
  /** The part of the key that differs, before and now. */
  readonly before: string | undefined;
  readonly now: string | undefined;
  readonly diffId: string | undefined;
  readonly storedBytes: number;
  readonly output: string;
  readonly state: 'done' | 'failed';
  readonly milliseconds: number;
}

export interface BuildView {
  readonly name: string;
  readonly imageId: string | undefined;
  readonly steps: readonly BuildStepView[];
  readonly trouble: TroubleView | undefined;
}

/** What went wrong, and where. */
export interface TroubleView {
  readonly code: string;
  readonly text: string;
  /** Line of the Dockerfile. */
  readonly line?: number | undefined;
}

export interface RegistryEvent {
  readonly kind: 'ask' | 'send' | 'mount' | 'fetch' | 'name' | 'resolve';
  readonly repository: string;
  readonly subject: string;
  readonly found: boolean;
  readonly sizeBytes: number;
}

export interface RegistryView {
  readonly host: string;
  readonly names: readonly string[];
  readonly blobs: readonly { readonly digest: string; readonly sizeBytes: number }[];
  /** What the last push or pull asked, oldest first. */
  readonly last: readonly RegistryEvent[];
  readonly lastVerb: string;
  readonly sentBytes: number;
  /** Bytes of what was there already. */
  readonly skippedBytes: number;
}

export interface StoreView {
  /** Every blob once. */
  readonly blobBytes: number;
  /** What the images would take if each held its own copy. */
  readonly bytesWithoutSharing: number;
}

export interface FileView {
  readonly path: string;
  readonly sizeBytes: number;
  /** Undefined for what is not text or too long to edit. */
  readonly text: string | undefined;
}

/** Something that happened, in the field's words. */
export interface News {
  readonly word: Word;
  readonly text: string;
}

export interface LessonView {
  readonly id: string;
  readonly title: string;
  readonly aim: string;
  /** From 1. */
  readonly position: number;
  readonly steps: number;
  readonly goal: string;
  readonly hint: string;
  readonly shows: readonly string[];
  readonly question: { readonly kind: string; readonly choices: readonly string[]; readonly unit: string } | undefined;
  /** What somebody who knows would type. */
  readonly solution: readonly string[];
  /** Of the steps before, oldest first. */
  readonly told: readonly string[];
  /** What is still to be done. */
  readonly missing: string | undefined;
  readonly words: readonly { readonly word: string; readonly means: string }[];
  readonly intro: string;
  readonly outro: string | undefined;
  /** True when the act of this moment ended a step. */
  readonly isStepDone: boolean;
}

export interface MomentView {
  readonly id: number;
  /** What the act printed. */
  readonly output: string;
  readonly trouble: TroubleView | undefined;
  readonly news: readonly News[];
  /** Ids of what is new or different: DiffIDs, image IDs, containers, `container:path`, blobs of the registry. */
  readonly fresh: readonly string[];
  readonly files: readonly FileView[];
  readonly images: readonly ImageView[];
  readonly layers: readonly LayerView[];
  readonly containers: readonly ContainerView[];
  readonly volumes: readonly { readonly name: string; readonly sizeBytes: number; readonly users: readonly string[] }[];
  readonly registry: RegistryView;
  readonly store: StoreView;
  readonly build: BuildView | undefined;
  readonly lesson: LessonView | undefined;
}
