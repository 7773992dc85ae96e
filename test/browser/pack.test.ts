/** Layers that are packed in a browser. */

import { expect } from 'vitest';
import { requires } from '../kit/requires.js';
import { inChromium } from './chromium.js';
import { packSample } from './pack.js';

requires('chromium')(
  'a layer packed in a browser has the DiffID and the portable blob digests that it has in Node',
  async () => {
    const site = { module: new URL('./pack.ts', import.meta.url) };
    const packed = await inChromium(site, "import('/module.js').then((sample) => sample.packSample())");
    expect(packed).toEqual(await packSample());
  },
  60_000,
);
