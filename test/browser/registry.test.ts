/** A registry that serves a page from inside the page. */

import { expect } from 'vitest';
import { requires } from '../kit/requires.js';
import { inChromium } from './chromium.js';
import type { Exchanged } from './registry-in-page.js';

requires('chromium')(
  'two engines of one page push to and pull from a registry in that page',
  async () => {
    const site = { module: new URL('./registry-in-page.ts', import.meta.url) };
    const inPage = await inChromium<Exchanged>(site, `import('/module.js').then((module) => module.exchange())`);
    expect(inPage.pulled).toBe(inPage.pushed);
    expect(new Set(inPage.ids).size).toBe(1);
    expect(inPage.content).toBe('groß');
    expect(inPage.sentAgain).toBe(0);
  },
  60_000,
);
