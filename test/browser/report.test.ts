/** The report of `analyze --html` in a browser: it asks for nothing, runs nothing of others, and keys reach all of it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { main } from '../../src/cli/main.js';
import { makeWorld } from '../cli/kit.js';
import { tarOf } from '../cli/store.js';
import { isMet, requires } from '../kit/requires.js';
import { QUIET } from './chromium.js';

const withChromium = requires('chromium');
const HOSTILE = '<img src=http://127.0.0.1:1/x onerror=document.title="owned">';

let directory = '';
let browser: Browser | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stratum-report-'));
  await stratum('import - demo/base:1', { 'etc/': '', 'etc/motd': 'hello\n', 'usr/': '', 'usr/big': 'x'.repeat(5000) });
  await stratum('create --name c1 demo/base:1');
  await stratum('cp - c1:/', {
    'usr/big': 'y'.repeat(7000),
    [HOSTILE.replaceAll('/', '_')]: 'hostile',
    small: 'hostile',
  });
  await stratum('commit c1 demo/app:1');
  await stratum('analyze --html report.html demo/base:1 demo/app:1');
  if (isMet('chromium')) browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });
});

afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function stratum(line: string, files?: Readonly<Record<string, string>>): Promise<void> {
  const env = { STRATUM_ROOT: join(directory, 'store') };
  const { io, stderr } = makeWorld({ cwd: directory, env, ...(files && { stdin: tarOf(files) }) });
  const code = await main(line.split(' '), io);
  if (code !== 0) throw new Error(`${line}: ${stderr.text}`);
}

async function opened(width = 1000): Promise<{ page: Page; asked: string[]; complaints: string[] }> {
  if (browser === undefined) throw new Error('no browser');
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(directory, 'report.html')).href);
  return { page, asked, complaints };
}

describe('a report', () => {
  withChromium('asks for nothing but itself, and shows hostile names as text', async () => {
    const { page, asked, complaints } = await opened();
    expect(asked).toEqual([pathToFileURL(join(directory, 'report.html')).href]);
    expect(complaints).toEqual([]);
    expect(await page.title()).toBe('demo/base:1, demo/app:1: layers');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('main').textContent()).toContain(HOSTILE.replaceAll('/', '_'));
    await page.close();
  });

  withChromium('sorts its tables by keyboard, and says how', async () => {
    const { page } = await opened();
    const table = page.getByRole('region', { name: 'Layers' }).last();
    const heading = table.getByRole('columnheader', { name: 'Content' });
    const sizes = (): Promise<string[]> => table.locator('tbody tr td:nth-child(2)').allInnerTexts();
    await heading.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect([await heading.getAttribute('aria-sort'), await sizes()]).toEqual(['descending', ['7.01kB', '5.01kB']]);
    await page.keyboard.press('Enter');
    expect([await heading.getAttribute('aria-sort'), await sizes()]).toEqual(['ascending', ['5.01kB', '7.01kB']]);
    await page.close();
  });

  withChromium('has a map whose layers are named and reached by Tab, in light and dark', async () => {
    const { page } = await opened();
    const layer = page.getByRole('img', { name: /^layer 1, 5\.01kB, 5kB wasted/ });
    await layer.focus();
    expect(await page.evaluate('document.activeElement.getAttribute("class")')).toContain('layer');
    const background = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
    await page.close();
  });

  withChromium('is no wider than a narrow page', async () => {
    const { page } = await opened(360);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.close();
  });
});
