/** Ends a run with the list of what was skipped: each test by name, with the reason that it carries. */

import type { Reporter, TestModule } from 'vitest/node';

export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    const lines = skipped.map((test) => `  ${test.module.relativeModuleId} > ${test.fullName}`);
    process.stdout.write(`\nSkipped here, never in CI (${skipped.length}):\n${lines.join('\n')}\n`);
  }
}
