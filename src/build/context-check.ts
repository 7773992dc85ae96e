/** Looks for the files that COPY and ADD take of a build context before anything runs: what is missing is said at once. */

import { isStratumError } from '../base/error.js';
import { BuildError } from './build-error.js';
import { assertInTree } from './copy-sources.js';
import type { Plan } from './plan.js';
import type { SourceFiles } from './source-files.js';
import type { CopyStep } from './step.js';

/** Fails with BUILD_FAILED at the first line whose source is missing, naming the others. */
export async function checkContextSources(plan: Plan, sources: SourceFiles, file: string): Promise<void> {
  const missing: { step: CopyStep; what: string }[] = [];
  for (const step of plan.stages.flatMap((stage) => stage.steps)) {
    if (step.kind !== 'copy') continue;
    const what = await missingIn(step, sources);
    if (what !== undefined) missing.push({ step, what });
  }
  const [first, ...others] = missing.sort((a, b) => a.step.range.start - b.step.range.start);
  if (first === undefined) return;
  const also = others.map(({ step, what }) => `\n${file}:${step.range.start}: ${what}`).join('');
  throw new BuildError(`${first.what}${also}`, { file, range: first.step.range, title: first.step.title });
}

async function missingIn(step: CopyStep, sources: SourceFiles): Promise<string | undefined> {
  for (const source of step.sources) {
    if (source.kind !== 'path' || source.origin.kind !== 'context') continue;
    const files = await sources.of(source.origin.context, source.origin.name);
    try {
      assertInTree(step, source.path, files);
    } catch (error) {
      if (isStratumError(error)) return error.message;
      throw error;
    }
  }
  return undefined;
}
