/** ImageLimits that an image must keep, and whether it does: for a pipeline that stops at a wasteful image. */

import type { ImageAnalysis } from './analyze.js';

export interface ImageLimits {
  /** From 0 to 1. */
  readonly lowestEfficiency?: number | undefined;
  readonly highestWastedBytes?: number | undefined;
  /** Wasted bytes over the bytes above the lowest layer, from 0 to 1. */
  readonly highestUserWastedRatio?: number | undefined;
}

export interface LimitResult {
  readonly limit: keyof ImageLimits;
  readonly isKept: boolean;
  readonly allowed: number;
  readonly actual: number;
}

/** Holds an image against each limit that is given. A figure that equals its limit keeps it. */
export function checkLimits(analysis: ImageAnalysis, limits: ImageLimits): LimitResult[] {
  const { efficiency, wastedBytes, userWastedRatio } = analysis;
  const { lowestEfficiency, highestWastedBytes, highestUserWastedRatio } = limits;
  const results: LimitResult[] = [];
  const check = (limit: keyof ImageLimits, allowed: number | undefined, actual: number, isKept: boolean): void => {
    if (allowed !== undefined) results.push({ limit, isKept, allowed, actual });
  };
  check('lowestEfficiency', lowestEfficiency, efficiency, efficiency >= (lowestEfficiency ?? 0));
  check('highestWastedBytes', highestWastedBytes, wastedBytes, wastedBytes <= (highestWastedBytes ?? 0));
  const isRatioKept = userWastedRatio <= (highestUserWastedRatio ?? 0);
  check('highestUserWastedRatio', highestUserWastedRatio, userWastedRatio, isRatioKept);
  return results;
}
