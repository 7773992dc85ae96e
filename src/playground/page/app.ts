/** The whole page, drawn anew from the desk whenever something changed. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { Desk } from './desk.js';
import { buildPane } from './panes/build.js';
import { consolePane } from './panes/console.js';
import { containersPane } from './panes/containers.js';
import { filesPane } from './panes/files.js';
import { lessonMenu, lessonPane } from './panes/lesson.js';
import { newsPane } from './panes/news.js';
import { registryPane } from './panes/registry.js';
import { stackPane } from './panes/stack.js';
import { timeLine } from './panes/time-line.js';
import { treePane } from './panes/tree.js';
import { whyPane } from './panes/why.js';
import { button } from './ui.js';

export interface PageOptions {
  readonly isEmbedded: boolean;
  /** Names of panes, in their order; all of them without it. */
  readonly panes: readonly string[] | undefined;
}

const PANES: Readonly<Record<string, (desk: Desk) => TemplateResult>> = {
  files: filesPane,
  console: consolePane,
  build: buildPane,
  stack: stackPane,
  news: newsPane,
  tree: treePane,
  why: whyPane,
  containers: containersPane,
  registry: registryPane,
};
const COLUMNS: readonly (readonly string[])[] = [
  ['files', 'console', 'build'],
  ['news', 'stack', 'registry'],
  ['containers', 'tree', 'why'],
];

export function app(desk: Desk, { isEmbedded, panes }: PageOptions): TemplateResult {
  const isWanted = (name: string): boolean => panes === undefined || panes.includes(name);
  return html`<button type="button" class="skip" @click=${() => document.getElementById('title-files')?.focus()}>
      Skip to the Dockerfile
    </button>
    <header class="top">
      ${isEmbedded ? nothing : html`<h1>Stratum <span>playground</span></h1>`}
      <div class="tools">
        ${lessonMenu(desk)} ${importButton(desk)} ${button('Share', () => void desk.makeLink(), { disabled: desk.busy !== undefined })}
        ${isEmbedded ? html`<a class="button" href=${fullAddress()} target="_blank" rel="noopener">Open in full</a>` : nothing}
      </div>
    </header>
    ${timeLine(desk)}
    <main data-shows=${desk.view?.lesson?.shows.join(' ') ?? ''}>
      ${messageBox(desk)} ${shareBox(desk)} ${lessonPane(desk)}
      ${COLUMNS.map(
        (names) => html`<div class="column">
          ${names.filter(isWanted).map((name) => guard(causes(desk, name), () => PANES[name]?.(desk)))}
        </div>`,
      )}
    </main>
    ${busyBox(desk)}
    <div class="announcer" role="status" aria-live="polite">${desk.announcement}</div>`;
}

/** What a pane is drawn again for: scrolling and progress touch only those that show them. */
function causes({ version, tree, busy }: Desk, name: string): unknown[] {
  if (name === 'tree') return [version, tree.version];
  return name === 'console' ? [version, busy?.output] : [version];
}

function fullAddress(): string {
  return location.href.replace(/\?[^#]*/, '');
}

function importButton(desk: Desk): TemplateResult {
  return html`<label class="button import"
    >Import archive<input
      class="import-file"
      type="file"
      accept=".tar,.gz,.tgz,.zst"
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const file = input.files?.[0];
        input.value = '';
        if (file !== undefined) void desk.act({ kind: 'load', name: file.name, file });
      }}
  /></label>`;
}

function messageBox(desk: Desk): TemplateResult | typeof nothing {
  const { message } = desk;
  if (message === undefined) return nothing;
  return html`<div class=${`message ${message.kind}`} role=${message.kind === 'error' ? 'alert' : 'status'}>
    <span>${message.text}</span>
    ${message.action === undefined ? nothing : button(message.action.label, message.action.run, { kind: 'main' })}
    ${button(
      'Close',
      () => {
        desk.message = undefined;
        desk.changed();
      },
      { kind: 'small' },
    )}
  </div>`;
}

function shareBox(desk: Desk): TemplateResult | typeof nothing {
  const { share } = desk;
  if (share === undefined) return nothing;
  return html`<div class="message note" role="group" aria-label="Share">
    <label class="message-field">Link to all this<input readonly .value=${share.url} @focus=${selectAll} /></label>
    <label class="message-field">For slides and documents<input readonly .value=${share.embed} @focus=${selectAll} /></label>
    ${share.withoutLoads ? html`<p>An archive from your disk is not in the link, nor is what you did after it.</p>` : nothing}
    ${button('Copy the link', () => void navigator.clipboard?.writeText(share.url), { kind: 'main' })}
    ${button(
      'Close',
      () => {
        desk.share = undefined;
        desk.changed();
      },
      { kind: 'small' },
    )}
  </div>`;
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}

/** What goes on, and the button that ends it. */
function busyBox(desk: Desk): TemplateResult | typeof nothing {
  const { busy } = desk;
  if (busy === undefined) return nothing;
  return html`<div class="busy">
    <span role="status">${busy.text}</span>
    ${busy.part === undefined ? nothing : html`<progress max="1" value=${busy.part} aria-label=${busy.text}></progress>`}
    ${button('Stop', () => void desk.stop(), { kind: 'main' })}
  </div>`;
}
