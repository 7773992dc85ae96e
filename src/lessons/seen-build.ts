/** A build of the learner's own process, as a check sees it. */

import type { BuiltImage } from '../engine/builds.js';
import type { SeenBuild } from './lesson.js';

/** `names` as they were given to the build. */
export function seenBuild({ id, steps }: BuiltImage, names: readonly string[]): SeenBuild {
  return {
    names,
    imageId: id,
    steps: steps.map(({ step, isCached, miss, layer }) => ({
      line: step.range.start,
      title: step.title,
      isCached,
      miss: miss === undefined ? undefined : `${miss.part} ${miss.kind}`.trimStart(),
      diffId: layer.diffId,
    })),
  };
}
