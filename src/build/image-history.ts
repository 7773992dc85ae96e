/**
 * The history of what is built. Times are those of the layers, as BuildKit has them: an image whose steps are all cached
 * is the image that was built before.
 */

import type { HistoryEntry } from '../image/config.js';
import type { StagePlan, Step } from './step.js';

export interface HistoryTimes {
  /** When the layer of a step was made (RFC 3339). */
  readonly madeAt: (step: Step) => string | undefined;
  /** For all that is added, whenever it was made. */
  readonly fixed: string | undefined;
  readonly now: string;
}

const COMMENT = 'buildkit.dockerfile.v0';

/** The lines of the base and of the stages on it, oldest first. */
export function imageHistory(stage: StagePlan, times: HistoryTimes): HistoryEntry[] {
  const base = historyOfBase(stage);
  const added = historyOf(stage, times.madeAt);
  // A line without a layer has the time of the layer before it, the first ones that of the first layer.
  let created =
    times.fixed ??
    added.find((entry) => entry.created !== undefined)?.created ??
    base.findLast((entry) => entry.created !== undefined)?.created ??
    times.now;
  const dated = added.map((entry) => {
    created = times.fixed ?? entry.created ?? created;
    return { ...entry, created };
  });
  return [...base, ...dated];
}

/** When an image was made that has this history. */
export function createdOf(history: readonly HistoryEntry[], { fixed, now }: HistoryTimes): string {
  return fixed ?? history.findLast(({ created }) => created !== undefined)?.created ?? now;
}

function historyOfBase({ base }: StagePlan): readonly HistoryEntry[] {
  if (base.kind === 'stage') return historyOfBase(base.stage);
  return base.kind === 'image' ? base.image.config.history : [];
}

/** What the stages add. A base whose history does not say what made each layer gets an entry for each that is missing. */
function historyOf({ base, history }: StagePlan, madeAt: HistoryTimes['madeAt']): HistoryEntry[] {
  const own = history.map(({ createdBy, step }): HistoryEntry => {
    const line = { created_by: createdBy, comment: COMMENT };
    if (step === undefined) return { ...line, empty_layer: true };
    const created = madeAt(step);
    return created === undefined ? line : { created, ...line };
  });
  switch (base.kind) {
    case 'stage':
      return [...historyOf(base.stage, madeAt), ...own];
    case 'files':
      return [{ created_by: `FROM ${base.name}`, comment: COMMENT }, ...own];
    case 'scratch':
      return own;
    case 'image': {
      const named = base.image.config.history.filter((entry) => entry.empty_layer !== true).length;
      const missing = Math.max(0, base.image.layers.length - named);
      return [...Array.from({ length: missing }, (): HistoryEntry => ({})), ...own];
    }
  }
}
