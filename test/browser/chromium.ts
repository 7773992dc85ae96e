/** A page in a headless Chromium, with a module of ours and its files served beside it. */

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

/** Chromium looks for its maker's servers at every start unless it is told not to. */
export const QUIET: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Site {
  /** The module, bundled as `/module.js`. */
  readonly module: URL;
  /** Other files by their path on the server. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** The value of an expression in a page of the site. */
export async function inChromium<T>(site: Site, expression: string): Promise<T> {
  const server = await serve(await contentsOf(site));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await page.evaluate(expression);
  } finally {
    await browser.close();
    server.close();
  }
}

interface Content {
  readonly type: string;
  readonly body: Uint8Array;
}

/** What a site would serve: a page, the bundle, and the codec's WebAssembly beside it. */
async function contentsOf({ module, files = {} }: Site): Promise<Map<string, Content>> {
  const bundle = await build({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    alias: { 'node:zlib': fileURLToPath(new URL('./no-zlib.ts', import.meta.url)) },
    write: false,
  });
  const wasm = new URL('../../node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm', import.meta.url);
  return new Map([
    ['/', { type: 'text/html', body: Buffer.from('<!doctype html><title>stratum</title>') }],
    ['/module.js', { type: 'text/javascript', body: bundle.outputFiles[0]?.contents ?? new Uint8Array() }],
    ['/zstd.wasm', { type: 'application/wasm', body: readFileSync(wasm) }],
    ...Object.entries(files).map(([path, body]) => [path, { type: 'application/octet-stream', body }] as const),
  ]);
}

async function serve(contents: ReadonlyMap<string, Content>): Promise<Server> {
  const server = createServer((request, response) => {
    const file = contents.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
