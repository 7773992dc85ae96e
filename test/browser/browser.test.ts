import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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

inBrowser(
  'a layer packed in a browser has the DiffID and the portable blob digests that it has in Node',
  async () => {
    expect(await packInChromium()).toEqual(await packSample());
  },
  60_000,
);

async function packInChromium(): Promise<Packed> {
  const server = await serve(await files());
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await page.evaluate("import('/pack.js').then((sample) => sample.packSample())");
  } finally {
    await browser.close();
    server.close();
  }
}

/** What a site would serve: a page, the bundle, and the codec's WebAssembly beside it. */
async function files(): Promise<Map<string, { type: string; body: Uint8Array }>> {
  const bundle = await build({
    entryPoints: [new URL('./pack.ts', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    write: false,
  });
  const wasm = new URL('../../node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm', import.meta.url);
  return new Map([
    ['/', { type: 'text/html', body: Buffer.from('<!doctype html><title>stratum</title>') }],
    ['/pack.js', { type: 'text/javascript', body: bundle.outputFiles[0]?.contents ?? new Uint8Array() }],
    ['/zstd.wasm', { type: 'application/wasm', body: readFileSync(wasm) }],
  ]);
}

async function serve(contents: Awaited<ReturnType<typeof files>>): Promise<Server> {
  const server = createServer((request, response) => {
    const file = contents.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
