/** How the tests run: `npm test`, or `npx vitest run test/layer` for a part. */

import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/setup/skipped-reporter.js';

const json = process.env['STRATUM_TEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // What tests hold against the clock is not disturbed by others.
    maxWorkers: 1,
    testTimeout: 20_000,
    hookTimeout: 120_000,
    globalSetup: ['test/setup/build.ts'],
    reporters: ['default', new SkippedReporter(), ...(json === undefined ? [] : ['json'])],
    ...(json === undefined ? {} : { outputFile: { json } }),
  },
});
