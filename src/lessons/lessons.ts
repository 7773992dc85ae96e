/** The lessons, in the order in which they build on each other. */

import type { Lesson } from './lesson.js';

export const LESSONS: readonly Lesson[] = [];
