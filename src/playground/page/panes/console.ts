/** The learner's own prompt, with what was typed and what came of it. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { actText } from '../../act.js';
import { REGISTRY_NAME } from '../../registry-name.js';
import type { Desk } from '../desk.js';
import { button, pane } from '../ui.js';

/** What was typed before, newest last, for the arrow keys. */
const typed: string[] = [];
let recalled = 0;

export function consolePane(desk: Desk): TemplateResult {
  const { busy, time } = desk;
  const line = time
    .line(time.at)
    .filter(({ act }) => act.kind !== 'shell')
    .slice(-30);
  return pane(
    'console',
    'Your prompt',
    html`<div class="terminal" tabindex="0" role="log" aria-label="What was typed, and what came of it">
        ${line.length === 0 ? html`<p class="quiet">Type <code>help</code>, or <code>stratum images</code>. <code>$REGISTRY</code> is ${REGISTRY_NAME}.</p>` : nothing}
        ${repeat(
          line,
          ({ id }) => id,
          ({ id, act }) => html`<div class="said">
            <div class="typed">${act.kind === 'type' ? '$ ' : ''}${actText(act)}</div>
            ${output(desk, id)}
          </div>`,
        )}
        ${busy === undefined ? nothing : html`<pre>${busy.output}</pre>`}
      </div>
      <form @submit=${(event: SubmitEvent) => submit(desk, event)}>
        <label for="line">$</label>
        <input
          id="line"
          name="line"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-label="A line for your prompt"
          placeholder="stratum build -t app:1 ."
          @keydown=${recall}
        />
        ${button('Run', () => {}, { kind: 'submit', disabled: busy !== undefined })}
      </form>`,
  );
}

function output(desk: Desk, id: number): TemplateResult | typeof nothing {
  const view = desk.time.views.get(id);
  if (view === undefined || view.output === '') return nothing;
  return html`<pre class=${view.trouble === undefined ? '' : 'failed'}>${view.output}</pre>`;
}

function submit(desk: Desk, event: SubmitEvent): void {
  event.preventDefault();
  const input = (event.target as HTMLFormElement).elements.namedItem('line') as HTMLInputElement;
  const line = input.value.trim();
  if (line === '' || desk.busy !== undefined) return;
  typed.push(line);
  recalled = typed.length;
  input.value = '';
  void desk.act({ kind: 'type', line }).then(() => scrollToEnd('.pane-console .terminal'));
}

function recall(event: KeyboardEvent): void {
  const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
  if (step === 0) return;
  event.preventDefault();
  recalled = Math.min(typed.length, Math.max(0, recalled + step));
  (event.target as HTMLInputElement).value = typed[recalled] ?? '';
}

export function scrollToEnd(selector: string): void {
  requestAnimationFrame(() => {
    const log = document.querySelector(selector);
    log?.scrollTo(0, log.scrollHeight);
  });
}
