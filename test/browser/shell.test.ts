/** A shell in a worker of a browser: a loop that never waits is ended, and the page is free meanwhile. */

import { expect } from 'vitest';
import { requires } from '../kit/requires.js';
import { inChromium } from './chromium.js';
import type { ShellSample } from './shell.js';

requires('chromium')(
  'a loop in a worker is ended from the page',
  async () => {
    const site = { module: new URL('./shell.ts', import.meta.url) };
    const sample = await inChromium<ShellSample>(
      site,
      `import('/module.js').then((module) => module.shellSample('/module.js'))`,
    );
    expect(sample).toMatchObject({ exitCodes: [3, 137, 0], printed: 'one\nbegun\n', file: 'one\ntwo\n' });
    expect(sample.ticks).toBeGreaterThan(5);
  },
  60_000,
);
