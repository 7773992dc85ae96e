/** What page and worker say to each other. Every request has one answer; the rest is news that nobody asked for. */

import type { Moment, Start } from './act.js';
import type { MomentView, TroubleView } from './view.js';

/** A stack of slabs to look into: an image, or a container with its upper on top. */
export interface Target {
  readonly kind: 'image' | 'container';
  /** Image ID or container id. */
  readonly id: string;
}

/** A window of the rows of a tree. */
export interface RowsRequest {
  readonly moment: number;
  readonly target: Target;
  /** The merged tree, or only what one slab changes, by its position. */
  readonly mode: 'merged' | number;
  /** Paths whose state is other than `expandAll` says. */
  readonly toggled: readonly string[];
  readonly expandAll: boolean;
  readonly filter: string;
  readonly from: number;
  readonly count: number;
}

export interface TreeRow {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly kind: 'directory' | 'file' | 'symlink' | 'special';
  /** Of a directory: whether what is in it is shown; undefined for what has nothing in it. */
  readonly expanded: boolean | undefined;
  readonly sizeBytes: number;
  /** Of a symlink. */
  readonly link: string | undefined;
  readonly mode: string;
  /** Position of the slab that the path comes from. */
  readonly owner: number;
  /** Added, changed or deleted by its owner. */
  readonly change: 'A' | 'C' | 'D' | undefined;
  /** Lower entries that do not show: positions and sizes, top first. */
  readonly hidden: readonly { readonly slab: number; readonly sizeBytes: number }[];
}

export interface Rows {
  readonly total: number;
  readonly rows: readonly TreeRow[];
  /** Names of the slabs, bottom first. */
  readonly slabs: readonly SlabName[];
}

export interface SlabName {
  readonly kind: 'layer' | 'upper';
  readonly diffId: string;
  readonly title: string;
}

/** One slab that was asked for a path. */
export interface LookupStep {
  readonly slab: number;
  readonly title: string;
  readonly verdict: 'here' | 'whiteout' | 'opaque' | 'nothing' | 'replaced' | 'not asked';
  readonly text: string;
}

export interface Lookup {
  readonly path: string;
  readonly steps: readonly LookupStep[];
  readonly answer: string;
  /** The beginning of the file that shows, as text; undefined for none. */
  readonly content: string | undefined;
}

export interface CheckView {
  readonly line: number;
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly text: string;
}

export type Request =
  /** Begins anew and does a line of acts; answers with the moments after each, the start first. */
  | { readonly ask: 'open'; readonly start: Start; readonly line: readonly Moment[] }
  /** Does the last of a line; those before it are done first where that is needed. */
  | { readonly ask: 'do'; readonly line: readonly Moment[] }
  | { readonly ask: 'rows'; readonly rows: RowsRequest }
  | { readonly ask: 'lookup'; readonly moment: number; readonly target: Target; readonly path: string }
  | { readonly ask: 'check'; readonly dockerfile: string }
  /** The bytes of a document or the listing of a tar, by digest. */
  | { readonly ask: 'blob'; readonly digest: string }
  /** An OCI archive of an image of the newest moment. */
  | { readonly ask: 'save'; readonly name: string }
  /** Where just-bash is to be had, as the text of a script. */
  | { readonly ask: 'shell'; readonly script: string };

export interface Answers {
  readonly open: readonly MomentView[];
  readonly do: MomentView;
  readonly rows: Rows;
  readonly lookup: Lookup;
  readonly check: readonly CheckView[];
  readonly blob: string;
  readonly save: Blob;
  readonly shell: undefined;
}

export type Notice =
  /** The worker needs the script of the shell. */
  | { readonly notice: 'need-shell' }
  /** A line that an act printed, before it is done. */
  | { readonly notice: 'output'; readonly text: string }
  | { readonly notice: 'progress'; readonly text: string; readonly part: number | undefined };

export type ToWorker = Request & { readonly number: number };
export type FromWorker =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly trouble: TroubleView }
  | Notice;
