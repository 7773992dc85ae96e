import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect } from 'vitest';
import { requires } from '../kit/requires.js';
import { type Packed, packSample } from './pack.js';

/** Chromium looks for its maker's servers at every start unless it is told not to. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const inBrowser = requires('chromium');

inBrowser('a layer packed in a browser has the DiffID and the portable blob digests that it has in Node', async () => {
  expect(await packInChromium()).toEqual(await packSample());
});

async function packInChromium(): Promise<Packed> {
  const bundle = await build({
    entryPoints: [new URL('./pack.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'sample',
    platform: 'browser',
    conditions: ['browser'],
    write: false,
  });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
    return await page.evaluate('sample.packSample()');
  } finally {
    await browser.close();
  }
}
