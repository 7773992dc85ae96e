/** Everything that happened, to go back to; what a learner does there begins another line. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { actText } from '../../act.js';
import type { Desk } from '../desk.js';
import { START } from '../time.js';
import { button } from '../ui.js';

export function timeLine(desk: Desk): TemplateResult {
  const { time, busy } = desk;
  const { path } = time;
  const at = path.indexOf(time.at);
  const isBusy = busy !== undefined;
  return html`<nav class="time" aria-label="Time line">
    ${button('◀', () => void desk.go(path[at - 1] ?? START), { title: 'One step back', name: 'One step back', disabled: at <= 0 || isBusy })}
    ${button('▶', () => void desk.go(path[at + 1] ?? time.at), {
      title: 'One step forward',
      name: 'One step forward',
      disabled: at >= path.length - 1 || isBusy,
    })}
    <span class="quiet">${at + 1} of ${path.length}</span>
    <ol>
      ${repeat(
        path,
        (id) => id,
        (id) => momentItem(desk, id),
      )}
    </ol>
  </nav>`;
}

function momentItem(desk: Desk, id: number): TemplateResult {
  const { time } = desk;
  const moment = time.moment(id);
  const failed = time.views.get(id)?.trouble !== undefined;
  const isPast = time.path.indexOf(id) > time.path.indexOf(time.at);
  return html`<li>
    <button
      type="button"
      class=${`moment${failed ? ' failed' : ''}${isPast ? ' later' : ''}`}
      aria-current=${id === time.at ? 'step' : nothing}
      title=${moment === undefined ? 'the start' : actText(moment.act)}
      @click=${() => void desk.go(id)}
    >
      ${moment === undefined ? 'start' : actText(moment.act)}${failed ? ' ✖' : ''}
    </button>
    ${time.branches(id).map(
      (branch) => html`<button
        type="button"
        class="branch"
        title=${`another line: ${actText(branch.act)}`}
        @click=${() => void desk.go(branch.id)}
      >
        ⑂ ${actText(branch.act)}
      </button>`,
    )}
  </li>`;
}
