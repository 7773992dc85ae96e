/** The playground as a learner uses it: by typing, in a real browser, from a file on the disk. */

import { afterAll, beforeAll, describe, expect } from 'vitest';
import { requires } from '../kit/requires.js';
import { Browser, type Learner, ONE_FILE } from './learner.js';

const TIMEOUT_MS = 60_000;
const inChromium: ReturnType<typeof requires> = (name, run) => requires('chromium')(name, run, TIMEOUT_MS);
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await Browser.open().catch(() => undefined);
});
afterAll(() => browser?.close());

async function visit(...options: Parameters<Browser['visit']>): Promise<Learner> {
  if (browser === undefined) throw new Error('there is no browser');
  return browser.visit(...options);
}

describe('a build', () => {
  inChromium('shows steps, layers and files; a second one takes all from the cache', async () => {
    const learner = await visit();
    await learner.build();
    expect(await learner.text('.step .badge')).toBe('built\nbuilt\nbuilt\nbuilt');
    expect(await learner.text('.image-name .name')).toBe('tiny:1\napp:1');
    expect(await learner.text('.slab .what')).toContain('RUN /bin/sh -c sort words.txt > sorted.txt');
    await learner.sees('.tree-row', 'sorted.txt');
    await learner.build();
    expect(await learner.text('.step .badge')).toBe('cached\ncached\ncached\ncached');
    expect(learner.complaints).toEqual([]);
  });

  inChromium('says which file made a step run again', async () => {
    const learner = await visit();
    await learner.build();
    await learner.write('page.html', '<h1>Another page</h1>');
    await learner.build();
    expect(await learner.text('.step .badge')).toBe('cached\ncached\ncached\nbuilt');
    expect(await learner.text('.why summary')).toBe('not cached: file page.html changed (size)');
    expect(await learner.text('.news')).toContain('3 steps taken from the build cache');
  });

  inChromium('shows layers that two images share as one slab across them', async () => {
    const learner = await visit();
    await learner.build();
    await learner.write('page.html', 'other');
    await learner.line('stratum build -t app:2 .');
    expect(await learner.text('.image-name .name')).toBe('tiny:1\napp:1\napp:2');
    const shared = learner.page.locator('.slab', { hasText: 'COPY words.txt' });
    expect(await shared.count()).toBe(1);
    expect(await shared.textContent()).toContain('shared');
    const across = await learner.page.locator('.stack > div', { has: shared }).getAttribute('style');
    expect(across).toContain('span 2');
    expect(await learner.page.locator('.slab', { hasText: 'COPY page.html' }).count()).toBe(2);
  });

  inChromium('is checked while it is typed, and an error shows its line where it belongs', async () => {
    const learner = await visit();
    await learner.write('Dockerfile', 'FROM tiny:1\nRUN echo $MISSING\nCOPYY a b\n');
    await learner.sees('.checks .error', 'unknown instruction: COPYY');
    expect(await learner.text('.gutter .error')).toContain('3');
    await learner.build();
    expect(await learner.text('.pane-news .trouble')).toContain('Dockerfile:3');
    await learner.write('Dockerfile', 'FROM tiny:1 as base\nRUN false\n');
    await learner.sees('.checks .warning', 'FromAsCasing');
    await learner.build();
    expect(await learner.text('.step.failed .title')).toContain('RUN false');
    expect(await learner.text('.pane-build .trouble')).toContain('Dockerfile:2');
    await learner.line('stratum images');
    expect(await learner.text('.pane-console .said:last-of-type pre')).toContain('tiny');
  });
});

describe('a container', () => {
  inChromium('shows its upper as it fills, in the words of the field', async () => {
    const learner = await visit();
    await learner.page.getByRole('button', { name: 'New container' }).click();
    await learner.sees('.pane-containers .tabs', 'c1');
    await learner.shell('cat /etc/motd');
    expect(await learner.text('.pane-containers .terminal')).toContain('Welcome to a tiny image.');
    await learner.sees('.pane-containers', 'Nothing was written');
    await learner.shell('echo more >> /etc/motd');
    expect(await learner.text('.news')).toContain('/etc/motd was copied up from layer 2: 30 B in the upper');
    await learner.shell('rm /etc/os-release; rm -r /tmp; mkdir /tmp; echo x > /tmp/new');
    const upper = await learner.text('.upper-list');
    expect(upper).toMatch(/D\s+\/etc\/os-release\s+whiteout\s+hides 33 B in layer 2/);
    expect(upper).toMatch(/C\s+\/tmp\s+opaque/);
    expect(upper).toMatch(/A\s+\/tmp\/new\s+new\s+2 B/);
    await learner.sees('.tree-row.gone', 'os-release');
    expect(await learner.text('.tree-row.gone .hides')).toContain('still in 2 (33 B)');
  });

  inChromium('keeps variables and directory from line to line, and its upper when its shell ends', async () => {
    const learner = await visit();
    await learner.line('stratum run -it --name web tiny:1 sh');
    await learner.shell('cd /etc; word=kept');
    await learner.shell('pwd; echo $word > /tmp/word; cat /tmp/word');
    expect(await learner.text('.pane-containers .said:last-of-type pre')).toBe('/etc\nkept\n');
    await learner.shell('exit');
    await learner.sees('.pane-containers', 'It has ended');
    await learner.shell('cat /tmp/word');
    expect(await learner.text('.pane-containers .said:last-of-type pre')).toBe('kept\n');
  });

  inChromium('becomes an image by commit, and is found by asking the layers', async () => {
    const learner = await visit();
    await learner.line('stratum run -it --name web tiny:1 sh');
    await learner.shell('rm /etc/motd');
    await learner.line('stratum commit web cut:1');
    await learner.page.fill('#path', '/etc/motd');
    await learner.page.press('#path', 'Enter');
    await learner.sees('.answer', '/etc/motd is not there: layer 5 takes it away.');
    expect(await learner.text('.lookup')).toMatch(/layer 5\s+a whiteout[\s\S]*layers 4 to 1\s+not asked/);
    await learner.sees('.waste summary', 'wasted');
    expect(await learner.text('.waste')).toContain('25 B');
  });
});

describe('the registry', () => {
  inChromium('is sent what it lacks, and skips what it has', async () => {
    const learner = await visit();
    await learner.build();
    await learner.line('stratum tag app:1 $REGISTRY/app:1');
    await learner.line('stratum push $REGISTRY/app:1');
    expect(await learner.text('.news')).toContain('sent 9 blobs');
    await learner.write('page.html', 'other');
    await learner.line('stratum build -t $REGISTRY/app:2 .');
    await learner.line('stratum push $REGISTRY/app:2');
    expect(await learner.text('.news')).toMatch(/sent 2 blobs[\s\S]*7 blobs already there/);
    expect(await learner.text('.pane-registry')).toContain('127.0.0.1:5000/app:2');
  });
});

describe('time', () => {
  inChromium('goes back without undoing, and branches where something else is done', async () => {
    const learner = await visit();
    await learner.line('stratum run -it --name web tiny:1 sh');
    await learner.shell('echo one > /tmp/one');
    await learner.shell('echo two > /tmp/two');
    const digestOf = async (): Promise<string> => {
      await learner.line('stratum commit web kept:1');
      return learner.text('.pane-console .said:last-of-type pre');
    };
    const first = await digestOf();
    await learner.page.getByRole('button', { name: 'One step back' }).click();
    await learner.page.getByRole('button', { name: 'One step back' }).click();
    await learner.sees('.time', '3 of 5');
    const upper = await learner.text('.upper-list');
    expect(upper).toContain('/tmp/one');
    expect(upper).not.toContain('/tmp/two');
    await learner.shell('echo three > /tmp/three');
    await learner.sees('.branch', 'web# echo two');
    expect(await learner.text('.upper-list')).not.toContain('/tmp/two');
    expect(await digestOf()).not.toBe(first);
    await learner.page.locator('.branch').first().click();
    await learner.sees('.upper-list', '/tmp/two');
    // The other line was done again in a new engine: the same acts give the same image.
    await learner.line('stratum commit web kept:2');
    expect(await learner.text('.pane-console .said:last-of-type pre')).toBe(first);
  });

  inChromium('a loop is stopped by the learner, and everything is as it was before', async () => {
    const learner = await visit();
    await learner.line('stratum run -it --name web tiny:1 sh');
    await learner.shell('echo kept > /tmp/kept');
    await learner.page.fill('#shell', 'while true; do sleep 1; done');
    await learner.page.press('#shell', 'Enter');
    await learner.page.getByRole('button', { name: 'Stop' }).click();
    await learner.sees('.message', 'Stopped.');
    await learner.shell('cat /tmp/kept');
    expect(await learner.text('.pane-containers .said:last-of-type pre')).toBe('kept\n');
  });
});

inChromium('one file holds all of it, the shell too', async () => {
  const learner = await visit({ url: ONE_FILE });
  await learner.build();
  expect(await learner.text('.step .badge')).toBe('built\nbuilt\nbuilt\nbuilt');
  expect(learner.complaints).toEqual([]);
});
