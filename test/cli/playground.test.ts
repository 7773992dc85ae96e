/** `playground`: the page at a port of this machine, and nothing else. */

import { request } from 'node:http';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.js';
import { requires } from '../kit/requires.js';
import { Browser } from '../playground/learner.js';
import { makeWorld, run } from './kit.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** By node:http, which sends a path as it is given. */
function ask(port: number, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks).toString() });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Serves while `use` is at work; resolves to the exit code. */
async function serving(use: (port: number) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  const world = makeWorld({ signal: stop.signal });
  const ended = main(['playground', '--no-open'], world.io);
  let port: string | undefined;
  for (let tries = 0; port === undefined && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(world.stdout.text)?.[1];
  }
  try {
    await use(Number(port));
  } finally {
    stop.abort();
  }
  return ended;
}

test('it serves the page and its shell', async () => {
  await serving(async (port) => {
    expect(await ask(port, '/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect((await ask(port, '/?embed=1')).body).toContain('<title>Stratum playground</title>');
    expect(await ask(port, '/shell.js')).toMatchObject({ status: 200, type: 'text/javascript; charset=utf-8' });
    expect(await ask(port, '/', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });
});

test('it serves nothing else, and takes nothing', async () => {
  await serving(async (port) => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '//etc/passwd',
      '/index.html/x',
    ]) {
      expect(await ask(port, path), path).toMatchObject({ status: 404, body: '' });
    }
    expect((await ask(port, '/', 'POST')).status).toBe(405);
  });
});

test('what is no port is refused', async () => {
  for (const port of ['x', '70000', '-1', '1.5']) {
    const { code, err } = await run(['playground', '--no-open', `--port=${port}`]);
    expect(code).toBe(125);
    expect(err).toContain(`not a port: ${port}`);
  }
});

requires('chromium')(
  'what it serves builds an image in a browser',
  async () => {
    await serving(async (port) => {
      const browser = await Browser.open();
      try {
        const learner = await browser.visit({ url: `http://127.0.0.1:${port}/` });
        await learner.build();
        expect(await learner.text('.step .badge')).toBe('built\nbuilt\nbuilt\nbuilt');
        expect(learner.complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  },
  60_000,
);
