/** How the page must be: quick, light, usable by keyboard and by a screen reader, in light and dark and on a phone. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMet, requires } from '../kit/requires.js';
import { largeImage } from './archives.js';
import { Browser, fromRoot, type Learner, PAGE } from './learner.js';

const TIMEOUT_MS = 120_000;
const inChromium: ReturnType<typeof requires> = (name, run) => requires('chromium')(name, run, TIMEOUT_MS);
let browser: Browser | undefined;

beforeAll(async () => {
  if (isMet('chromium')) browser = await Browser.open();
});
afterAll(() => browser?.close());

async function visit(...options: Parameters<Browser['visit']>): Promise<Learner> {
  if (browser === undefined) throw new Error('there is no browser');
  return browser.visit(...options);
}

test('the page takes less than 400 KB compressed, without the shell that it loads when it is first used', () => {
  const page = readFileSync(fromRoot('dist/playground/index.html'));
  expect(gzipSync(page, { level: 9 }).length).toBeLessThan(400_000);
});

/** A state with something in every pane. */
async function everything(learner: Learner): Promise<void> {
  await learner.write('Dockerfile', 'FROM tiny:1 as base\nWORKDIR /app\nCOPY words.txt .\nRUN cat words.txt\n');
  await learner.build();
  await learner.line('stratum tag app:1 $REGISTRY/app:1');
  await learner.line('stratum push $REGISTRY/app:1');
  await learner.line('stratum run -it --name web -v data:/data app:1 sh');
  await learner.shell('echo more >> /etc/motd; rm /app/words.txt; rm -r /tmp; mkdir /tmp');
  await learner.line('stratum commit web changed:1');
  await learner.line('stratum no-such-verb');
  await learner.page.fill('#path', '/etc/motd');
  await learner.page.press('#path', 'Enter');
  await learner.sees('.answer', '/etc/motd');
  await learner.page.locator('.digest').first().click();
  await learner.page.locator('.document').waitFor();
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What axe-core finds, of every gravity. */
async function faults({ page }: Learner): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResult;
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('a screen reader and weak eyes', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1400, 360]) {
      inChromium(`find nothing amiss in ${colorScheme} at ${width} px`, async () => {
        const learner = await visit({ colorScheme, width });
        await everything(learner);
        expect(await faults(learner)).toEqual([]);
        expect(await learner.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });
    }
  }

  inChromium('find nothing amiss in a lesson, nor in what is shared', async () => {
    const learner = await visit({ width: 360 });
    await learner.takesLesson('layers');
    await learner.page.getByRole('button', { name: 'Hint' }).click();
    await learner.page.getByRole('button', { name: 'Show how' }).click();
    await learner.page.getByRole('button', { name: 'Share', exact: true }).click();
    await learner.page.getByLabel('Link to all this').waitFor();
    expect(await faults(learner)).toEqual([]);
    expect(await learner.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  inChromium('are told what happened', async () => {
    const learner = await visit();
    await learner.line('stratum run -it --name web tiny:1 sh');
    await learner.shell('rm /etc/motd');
    const told = learner.page.locator('.announcer[aria-live="polite"]');
    expect(await told.textContent()).toContain('/etc/motd is gone: a whiteout hides the 25 B in layer 2');
  });

  inChromium('have every word of the field explained by focus', async () => {
    const learner = await visit();
    await learner.page.locator('.term[data-word="layer"]').first().focus();
    expect(await learner.text('#tip')).toContain('layer: One set of changes to a file system');
    await learner.page.keyboard.press('Escape');
    expect(await learner.page.locator('#tip').isHidden()).toBe(true);
  });

  inChromium('see no motion when they ask for none', async () => {
    const learner = await visit();
    await learner.page.emulateMedia({ reducedMotion: 'reduce' });
    await learner.build();
    const moving = await learner.page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    );
    expect(moving).toBe(0);
  });
});

describe('the keyboard alone', () => {
  inChromium('reaches every control, and shows where it is', async () => {
    const learner = await visit();
    await everything(learner);
    const { page } = learner;
    await page.locator('.skip').focus();
    const reached = new Set<string>();
    for (let at = 0; at < 200; at++) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        const { outlineStyle } = getComputedStyle(element);
        const around = getComputedStyle(element.closest('.editor, .import') ?? element).outlineStyle;
        const pane = element.closest('section')?.id ?? element.closest('nav, header')?.className ?? '';
        return { pane, isVisible: outlineStyle !== 'none' || around !== 'none', html: element.outerHTML.slice(0, 120) };
      });
      if (seen === undefined || seen.html.includes('class="skip"')) break;
      expect(seen.isVisible, seen.html).toBe(true);
      reached.add(seen.pane);
    }
    const panes = ['files', 'console', 'build', 'stack', 'registry', 'containers', 'tree', 'why'];
    expect([...reached]).toEqual(expect.arrayContaining([...panes.map((name) => `pane-${name}`), 'time', 'top']));
  });

  inChromium('builds, walks the tree and asks why', async () => {
    const learner = await visit();
    const { page } = learner;
    await page.getByRole('textbox', { name: 'Dockerfile' }).focus();
    await page.keyboard.press('Control+Enter');
    await learner.sees('.step', 'COPY page.html');
    await page.locator('.rows').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await learner.sees('.answer', '/app/page.html comes from layer 8');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(
      () => document.querySelector('.tree-row.active')?.getAttribute('aria-expanded') === 'false',
    );
    await page.keyboard.press('ArrowRight');
    await learner.sees('.tree-row', 'page.html');
  });
});

describe('speed', () => {
  inChromium('something shows within a second, and can be typed into within two, cold from disk', async () => {
    const times = await best(
      3,
      async () => {
        const learner = await visit({ url: PAGE });
        return learner.page.evaluate(() => {
          const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
          const [ready] = performance.getEntriesByName('ready to type');
          return { painted, ready: ready?.startTime ?? Number.NaN };
        });
      },
      ({ painted, ready }) => painted + ready,
    );
    console.info(`first paint ${Math.round(times.painted)} ms, ready to type ${Math.round(times.ready)} ms`);
    expect(times.painted).toBeLessThan(1000);
    expect(times.ready).toBeLessThan(2000);
  });

  inChromium(
    'the page stays at hand while 50 MB are loaded, and 100,000 rows scroll',
    async () => {
      const archive = await largeImage();
      let seen = await loadAndScroll(archive);
      // A task is timed by the clock, and what else the machine does is in it: one of some runs must be left alone by that.
      for (let run = 1; run < RUNS && !isSmooth(seen); run++) seen = await loadAndScroll(archive);
      expect(seen.whileLoading).toEqual([]);
      expect(seen.inPage).toBeLessThan(400);
      expect(seen.medianFrameMs).toBeLessThan(SMOOTH_FRAME_MS);
    },
    400_000,
  );
});

interface Smoothness {
  /** Milliseconds of each task over 50 on the page's thread. */
  readonly whileLoading: readonly number[];
  readonly inPage: number;
  readonly medianFrameMs: number;
}

const SMOOTH_FRAME_MS = 34;
const RUNS = 12;

function isSmooth({ whileLoading, medianFrameMs }: Smoothness): boolean {
  return whileLoading.length === 0 && medianFrameMs < SMOOTH_FRAME_MS;
}

async function loadAndScroll(archive: Awaited<ReturnType<typeof largeImage>>): Promise<Smoothness> {
  const learner = await visit();
  const { page } = learner;
  await page.evaluate(() => {
    const scope = window as unknown as { longTasks: number[] };
    scope.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) scope.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: false });
  });
  const longTasks = (): Promise<number[]> =>
    page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks.splice(0));
  await learner.load('large.tar', archive);
  await learner.sees('.image-name', 'large:1');
  const whileLoading = await longTasks();
  await page.getByRole('button', { name: 'Unfold all' }).click();
  await page.waitForFunction(
    () => Number.parseInt(document.querySelector('.pane-tree > .quiet')?.textContent ?? '', 10) > 100_000,
  );
  const frames = await page.evaluate(async () => {
    const box = document.querySelector('.rows') as HTMLElement;
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const intervals: number[] = [];
    let before = await nextFrame();
    for (let at = 0; at < 60; at++) {
      box.scrollTop += 3000;
      const now = await nextFrame();
      intervals.push(now - before);
      before = now;
    }
    return intervals.sort((a, b) => a - b);
  });
  // Jumps to the middle: its rows are there.
  await page.evaluate(() => {
    const box = document.querySelector('.rows') as HTMLElement;
    box.scrollTop = box.scrollHeight / 2;
  });
  await page.waitForFunction(() => {
    const box = document.querySelector('.rows') as HTMLElement;
    const { top, bottom } = box.getBoundingClientRect();
    const row = document.elementFromPoint(box.getBoundingClientRect().left + 60, (top + bottom) / 2);
    return row?.closest('.tree-row') !== null;
  });
  const whileScrolling = await longTasks();
  const medianFrameMs = frames[Math.floor(frames.length / 2)] ?? Number.NaN;
  const inPage = await page.locator('.tree-row').count();
  console.info(
    `long tasks while loading ${JSON.stringify(whileLoading)}, while scrolling ${JSON.stringify(whileScrolling)}; ` +
      `frames: median ${medianFrameMs.toFixed(1)} ms, longest ${frames.at(-1)?.toFixed(1)} ms; rows in the page: ${inPage}`,
  );
  return { whileLoading, inPage, medianFrameMs };
}

/** The best of some runs: what else the machine does is not the page's. */
async function best<T>(runs: number, run: () => Promise<T>, cost: (result: T) => number): Promise<T> {
  const results: T[] = [];
  for (let at = 0; at < runs; at++) results.push(await run());
  const [first] = results.sort((a, b) => cost(a) - cost(b));
  return first as T;
}
