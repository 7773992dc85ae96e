/** How a path is found: the slabs are asked from the top down, and the first that has an answer gives it. */

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Desk } from '../desk.js';
import { button, digestLink, pane, term } from '../ui.js';

const MARKS = { here: '●', whiteout: '✕', opaque: '▓', replaced: '✕', nothing: '○', 'not asked': '·' } as const;

export function whyPane(desk: Desk): TemplateResult {
  const { lookup } = desk;
  return pane(
    'why',
    'Why?',
    html`<form
        class="ask"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          const input = (event.target as HTMLFormElement).elements.namedItem('path') as HTMLInputElement;
          const path = input.value.trim().replace(/\/+$/, '');
          if (path !== '') void desk.why(path.startsWith('/') ? path : `/${path}`);
        }}
      >
        <label for="path">Path</label>
        <input id="path" name="path" autocomplete="off" spellcheck="false" placeholder="/etc/motd" .value=${lookup?.path ?? ''} />
        ${button('Ask the layers', () => {}, { kind: 'submit' })}
      </form>
      ${
        lookup === undefined
          ? html`<p class="quiet">Choose a path in the ${term('merged tree', 'tree')}: which layer answers for it, and which were asked first?</p>`
          : html`<ol class="lookup">
                ${lookup.steps.map(
                  ({ title, verdict, text }) => html`<li class=${`verdict ${verdict.replace(' ', '-')}`}>
                    <span class="mark" aria-hidden="true">${MARKS[verdict]}</span> <b>${title}</b> ${text}
                  </li>`,
                )}
              </ol>
              <p class="answer">${lookup.answer}</p>
              ${lookup.content === undefined ? nothing : html`<pre>${lookup.content}</pre>`}`
      }
      ${documentBox(desk)}`,
  );
}

function documentBox(desk: Desk): TemplateResult | typeof nothing {
  const { document } = desk;
  if (document === undefined) return nothing;
  return html`<div class="document" role="group" aria-label="What a digest names">
    <p>
      What ${term('digest', 'the digest')} ${digestLink(desk, document.digest)} names
      ${button(
        'Close',
        () => {
          desk.document = undefined;
          desk.changed();
        },
        { kind: 'small' },
      )}
    </p>
    <pre tabindex="0">${document.text}</pre>
  </div>`;
}
