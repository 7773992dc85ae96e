/** What one step came to, for those who asked for the build. */

import type { ImageLayer } from '../image/image.js';
import type { Step } from './step.js';
import type { KeyPart, Miss } from './step-key.js';

export interface StepOutcome {
  readonly step: Step;
  readonly stage: string;
  readonly key: string;
  readonly parts: readonly KeyPart[];
  /** Every key that it is now known by. */
  readonly keys: readonly string[];
  /** Names by which a later step looks for one like it. */
  readonly slots: readonly string[];
  readonly isCached: boolean;
  /** Why it was not cached. */
  readonly miss: Miss | undefined;
  readonly layer: ImageLayer;
  /** When the layer was made (RFC 3339). */
  readonly created: string | undefined;
  readonly milliseconds: number;
}
