/** What checks say. */

import type { Verdict } from './lesson.js';

export const DONE: Verdict = { done: true };

export function missing(sentence: string): Verdict {
  return { done: false, missing: sentence };
}
