/** The lessons, in the order in which they build on each other. */

import { CACHE_ORDER } from './course/cache-order.js';
import { CONTAINERS } from './course/containers.js';
import { COPY_ON_WRITE } from './course/copy-on-write.js';
import { DIGESTS } from './course/digests.js';
import { LAYERS } from './course/layers.js';
import { MULTI_STAGE } from './course/multi-stage.js';
import { PUSH_AND_PULL } from './course/push-and-pull.js';
import { VOLUMES } from './course/volumes.js';
import { WHITEOUTS } from './course/whiteouts.js';
import type { Lesson } from './lesson.js';

export const LESSONS: readonly Lesson[] = [
  LAYERS,
  COPY_ON_WRITE,
  WHITEOUTS,
  CACHE_ORDER,
  MULTI_STAGE,
  CONTAINERS,
  DIGESTS,
  PUSH_AND_PULL,
  VOLUMES,
];

/** A lesson by its number (from 1) or its id. */
export function findLesson(text: string): Lesson | undefined {
  return /^\d{1,3}$/.test(text) ? LESSONS[Number(text) - 1] : LESSONS.find(({ id }) => id === text);
}
