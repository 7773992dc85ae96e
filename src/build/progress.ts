/** What a build tells while it goes on. */

import type { Step } from './step.js';
import type { Miss } from './step-key.js';
import type { StepOutcome } from './step-outcome.js';

export type BuildProgress =
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'pulling'; readonly reference: string }
  | { readonly kind: 'started'; readonly step: Step; readonly stage: string }
  | { readonly kind: 'missed'; readonly step: Step; readonly miss: Miss; readonly text: string }
  | { readonly kind: 'output'; readonly step: Step; readonly stream: 'stdout' | 'stderr'; readonly chunk: Uint8Array }
  | ({ readonly kind: 'done' } & StepOutcome)
  | { readonly kind: 'failed'; readonly step: Step; readonly stage: string; readonly error: unknown };
