/** What the act of this moment did, in the field's words. */

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Desk } from '../desk.js';
import { pane, term, trouble } from '../ui.js';

export function newsPane(desk: Desk): TemplateResult {
  const { view, time } = desk;
  const isStart = time.at === 0;
  return pane(
    'news',
    'What happened',
    html`${isStart && time.tip === 0 ? html`<p>This is Docker's image system, all of it in this page. Edit the Dockerfile, press <b>Build</b>, and look at what comes of each line. Nothing leaves your machine.</p>` : nothing}
      ${
        view === undefined || (isStart && time.tip === 0)
          ? nothing
          : html`<ul class="news">
            ${view.news.map(({ word, text }) => html`<li>${term(word)} ${text}</li>`)}
          </ul>
          ${view.news.length === 0 && view.trouble === undefined ? html`<p class="quiet">Nothing changed.</p>` : nothing}
          ${trouble(view.trouble?.text)}`
      }`,
  );
}
