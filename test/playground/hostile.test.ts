/** What others wrote, in the page: names, contents, archives and links. */

import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isMet, requires } from '../kit/requires.js';
import { archiveOf, HOSTILE_NAMES, hostileImage } from './archives.js';
import { Browser, type Learner, PAGE } from './learner.js';

const TIMEOUT_MS = 60_000;
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

/** Nothing of the page was made of data: no element that it does not have, and nobody called `hacked`. */
async function isUnharmed({ page, complaints }: Learner): Promise<void> {
  expect(await page.locator('#app img, #app script, #app b[onmouseover], #app iframe').count()).toBe(0);
  expect(complaints.filter((text) => text.includes('hacked'))).toEqual([]);
}

describe('names and contents', () => {
  inChromium('of an image are shown as text', async () => {
    const learner = await visit();
    await learner.load('hostile.tar', await hostileImage());
    await learner.sees('.image-name', 'hostile:1');
    const rows = await learner.page.locator('.tree-row .file').allTextContents();
    for (const name of HOSTILE_NAMES) expect(rows.map((row) => row.trim())).toContain(name);
    await learner.page.locator('.tree-row', { hasText: '<img' }).click();
    await learner.sees('.pane-why pre', 'content of <img src=x onerror=hacked()>');
    await learner.line('stratum ls hostile:1');
    expect(await learner.text('.pane-console .said:last-of-type pre')).toContain('<img src=x onerror=hacked()>');
    await learner.line('stratum run -it --name h hostile:1 sh');
    await learner.shell('echo "<img src=x onerror=hacked()>"; rm /right*; echo "<b>" > "/<i>new"');
    expect(await learner.text('.upper-list')).toContain('/<i>new');
    await isUnharmed(learner);
  });

  inChromium('of Dockerfiles, lines and files are shown as text', async () => {
    const learner = await visit();
    await learner.write(
      'Dockerfile',
      'FROM tiny:1\nCOPY <img/src=x/onerror=hacked()> /\nRUN echo "<b onmouseover=hacked()>"\n',
    );
    await learner.build();
    expect(await learner.text('.pane-build .trouble')).toContain('<img/src=x/onerror=hacked()>');
    await learner.line('<img src=x onerror=hacked()>');
    await learner.line('stratum tag tiny:1 "<script>hacked()</script>"');
    await isUnharmed(learner);
  });
});

describe('an archive that is broken', () => {
  const broken: readonly (readonly [what: string, bytes: () => Promise<Uint8Array>])[] = [
    ['noise', async () => randomBytes(4096)],
    ['nothing', async () => new Uint8Array(0)],
    [
      'cut short',
      async () => (await archiveOf('cut:1', ({ fs }) => fs.writeFileSync('/file', 'x'.repeat(9000)))).slice(0, 5000),
    ],
    [
      'changed in a layer',
      async () => {
        const bytes = await archiveOf('changed:1', ({ fs }) => fs.writeFileSync('/file', 'the content of a layer'));
        const at = Buffer.from(bytes).indexOf('the content of a layer');
        bytes[at] = 0x54;
        return bytes;
      },
    ],
  ];
  inChromium('is refused with its name, and the rest goes on', async () => {
    const learner = await visit();
    for (const [what, bytes] of broken) {
      await learner.load(`${what}.tar`, await bytes());
      expect(await learner.text('.pane-news .trouble')).not.toBe('');
      expect(await learner.text('.pane-console .said:last-of-type .typed')).toBe(`load ${what}.tar`);
    }
    expect(await learner.text('.image-name .name')).toBe('tiny:1');
    await learner.build();
    expect(await learner.text('.image-name .name')).toBe('tiny:1\napp:1');
    expect(learner.complaints).toEqual([]);
  });
});

describe('a link', () => {
  const packed = (state: unknown): string => `#v1.${deflateRawSync(JSON.stringify(state)).toString('base64url')}`;

  inChromium('brings back files, acts and digests', async () => {
    const learner = await visit();
    await learner.write('page.html', '<p>größer & "quoted"</p>');
    await learner.build();
    await learner.line('stratum run -it --name web app:1 sh');
    await learner.shell('rm /etc/motd');
    await learner.line('stratum commit web site:1');
    const made = await learner.text('.pane-console .said:last-of-type pre');
    await learner.page.getByRole('button', { name: 'Share', exact: true }).click();
    const url = await learner.page.getByLabel('Link to all this').inputValue();
    expect(url.slice(url.indexOf('#'))).toMatch(/^#v1\.[\w-]+$/);
    const other = await visit({ url });
    expect(await other.text('.pane-console .said:last-of-type pre')).toBe(made);
    expect(await other.text('.upper-list')).toMatch(/D\s+\/etc\/motd/);
    await other.page.getByRole('tab', { name: 'page.html' }).click();
    const text = await other.page.getByRole('textbox', { name: 'page.html', exact: true }).inputValue();
    expect(text).toBe('<p>größer & "quoted"</p>');
  });

  inChromium('that is damaged, too large or of a later version is refused, with a way back', async () => {
    const refused: readonly (readonly [fragment: string, text: string])[] = [
      ['#v1.%%%', 'damaged'],
      ['#v1.AAAA', 'damaged'],
      [packed('no state'), 'damaged'],
      [packed({ start: { kind: 'files', files: { a: 1 } }, acts: [] }), 'damaged'],
      [packed({ start: { kind: 'files', files: {} }, acts: [{ kind: 'unheard of' }] }), 'damaged'],
      [packed({ start: { kind: 'lesson', id: 'no such lesson' }, acts: [] }), 'there is no lesson'],
      ['#v2.AAAA', 'later playground'],
      [`#v1.${'A'.repeat(9000)}`, '8192 are the most'],
      [packed({ start: { kind: 'files', files: { large: 'x'.repeat(300_000) } }, acts: [] }), 'unpacks to more'],
    ];
    for (const [fragment, text] of refused) {
      const learner = await visit({ url: `${PAGE}${fragment}` });
      await learner.sees('.message.error', text);
      await learner.page.getByRole('button', { name: 'Start afresh' }).click();
      await learner.page.waitForFunction(() => document.querySelector('.message') === null);
      expect(learner.page.url()).toBe(PAGE);
      expect(await learner.text('.image-name .name')).toBe('tiny:1');
    }
  });
});

inChromium('embedded, the page shows the panes that are asked for, and tells how high it is', async () => {
  const learner = await visit({ url: `${PAGE}?embed=1&panes=files,stack` });
  expect(await learner.page.locator('section.pane').count()).toBe(2);
  expect(await learner.page.locator('h1').count()).toBe(0);
  const told = await learner.page.evaluate(
    () =>
      new Promise<unknown>((resolve) => {
        addEventListener('message', ({ data }) => resolve(data));
        document.querySelector<HTMLElement>('.image-name .name')?.click();
      }),
  );
  expect(told).toMatchObject({ type: 'stratum-playground', height: expect.any(Number) });
});
