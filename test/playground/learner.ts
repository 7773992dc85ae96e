/** Somebody at the page: a Chromium that is typed into, and what it shows. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { QUIET } from '../browser/chromium.js';

export const PAGE: string = new URL('../../dist/playground/index.html', import.meta.url).href;
/** The same with the shell in it. */
export const ONE_FILE: string = new URL('../../dist/playground/playground.html', import.meta.url).href;

export interface Visit {
  readonly url?: string;
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A browser for the tests of a file. */
export class Browser {
  readonly #context: BrowserContext;
  readonly #folder: string;

  private constructor(context: BrowserContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
  }

  static async open(): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'stratum-learner-'));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: '/usr/bin/chromium',
      args: [...QUIET],
      acceptDownloads: true,
    });
    return new Browser(context, folder);
  }

  /** Opens the page; the learner is ready when the first layers show. */
  async visit({ url = PAGE, width = 1400, height = 1000, colorScheme = 'light' }: Visit = {}): Promise<Learner> {
    const page = await this.#context.newPage();
    // One learner at a time: pages that nobody looks at take their share of the machine.
    for (const other of this.#context.pages()) if (other !== page) await other.close();
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    const learner = new Learner(page, this.#folder);
    await page.goto(url);
    await page.waitForSelector('.time ol li');
    await page.waitForFunction(() => document.querySelector('.busy') === null);
    return learner;
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export class Learner {
  readonly page: Page;
  /** Errors of the page, and what its policy refused. */
  readonly complaints: string[] = [];

  readonly #folder: string;

  constructor(page: Page, folder: string) {
    this.#folder = folder;
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** Types a line at the learner's own prompt. */
  async line(text: string): Promise<void> {
    await this.#acts(async () => {
      await this.page.fill('#line', text);
      await this.page.press('#line', 'Enter');
    });
  }

  /** Types a line at the prompt of the container that is shown. */
  async shell(text: string): Promise<void> {
    await this.#acts(async () => {
      await this.page.fill('#shell', text);
      await this.page.press('#shell', 'Enter');
    });
  }

  async build(): Promise<void> {
    await this.#acts(() => this.page.click('.pane-files button.main'));
  }

  /** Writes a file of the learner's directory, as a whole; one that is not there is added. */
  async write(file: string, text: string): Promise<void> {
    const tab = this.page.getByRole('tab', { name: file, exact: true });
    if ((await tab.count()) === 0) {
      this.page.once('dialog', (dialog) => void dialog.accept(file));
      await this.page.getByRole('button', { name: 'Add file' }).click();
    }
    await tab.click();
    await this.page.getByRole('textbox', { name: file, exact: true }).fill(text);
  }

  async takesLesson(id: string): Promise<void> {
    await this.page.locator('.lessons select').selectOption(id);
    await this.page.waitForFunction(() => document.querySelector('.busy') === null);
  }

  /** Answers the question of a lesson. */
  async answers(text: string): Promise<void> {
    const choice = this.page.locator('.choices').getByRole('button', { name: text, exact: true });
    await this.#acts(async () => {
      if ((await choice.count()) > 0) await choice.click();
      else {
        await this.page.fill('#answer', text);
        await this.page.press('#answer', 'Enter');
      }
    });
  }

  async load(name: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.#folder, name);
    writeFileSync(file, bytes);
    await this.#acts(() => this.page.setInputFiles('.import-file', file));
  }

  /** Saves an image by the button below its name. */
  async export(name: string, file: string): Promise<void> {
    const download = this.page.waitForEvent('download');
    await this.page.locator('.image-name', { hasText: name }).getByRole('button', { name: 'Export' }).click();
    await (await download).saveAs(file);
  }

  /** The DiffIDs of an image, as the page prints them. */
  async diffIds(name: string): Promise<string> {
    await this.line(`stratum inspect -f '{{json .RootFS.Layers}}' ${name}`);
    return (await this.text('.pane-console .said:last-of-type pre')).trim();
  }

  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).allInnerTexts()).join('\n');
  }

  /** Waits until something shows a text. */
  async sees(selector: string, text: string | RegExp): Promise<void> {
    await this.page.locator(selector, { hasText: text }).first().waitFor({ timeout: 15_000 });
  }

  /** The whole page, or the upper part of it. */
  async picture(path: string, { height }: { readonly height?: number } = {}): Promise<void> {
    // What follows the scrolling would stand in the middle of a long picture.
    await this.page.addStyleTag({ content: '.time { position: static }' });
    await this.page.waitForTimeout(2000);
    const width = this.page.viewportSize()?.width ?? 0;
    await this.page.screenshot({
      path,
      ...(height === undefined ? { fullPage: true } : { clip: { x: 0, y: 0, width, height } }),
    });
  }

  /** Every act makes a moment: its count tells that it is done. */
  async #acts(act: () => Promise<void>): Promise<void> {
    const before = await this.page.locator('.time > .quiet').textContent();
    await act();
    await this.page.waitForFunction((old) => document.querySelector('.time > .quiet')?.textContent !== old, before, {
      timeout: 60_000,
    });
  }
}

/** A file of the repository. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
