/** The steps of the last build: cached or built, and why. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { shortText, sizeText } from '../../text.js';
import type { BuildStepView } from '../../view.js';
import type { Desk } from '../desk.js';
import { type Content, digestLink, layerStyle, pane, term, trouble } from '../ui.js';

export function buildPane(desk: Desk): TemplateResult {
  const build = desk.view?.build;
  return pane(
    'build',
    html`Build ${term('step', 'steps')}`,
    build === undefined
      ? html`<p class="quiet">Nothing was built yet: press <b>Build</b>.</p>`
      : html`<p class="quiet">${build.name}${build.imageId === undefined ? '' : ` → image ${shortText(build.imageId)}`}</p>
          <ol class="steps">
            ${build.steps.map((step) => stepItem(desk, step))}
          </ol>
          ${trouble(build.trouble?.text)}`,
  );
}

function stepItem(desk: Desk, step: BuildStepView): TemplateResult {
  const { isCached, state, title, miss, diffId } = step;
  const kind = state === 'failed' ? 'failed' : isCached ? 'cached' : 'built';
  return html`<li class=${`step ${kind}`} style=${diffId === undefined ? '' : layerStyle(diffId)}>
    <div class="row">
      <span class=${`badge ${kind}`}>${kind === 'failed' ? 'failed' : term(kind)}</span>
      <code class="title">${title}</code>
    </div>
    <div class="row quiet">
      line ${step.line}${diffId === undefined ? nothing : html` → layer ${digestLink(desk, diffId)} ${sizeText(step.storedBytes)}`}
    </div>
    ${miss === undefined ? nothing : whyText(step)}
    ${step.output === '' ? nothing : html`<pre>${step.output}</pre>`}
  </li>`;
}

/** The part of the key that differs, before and now. */
function whyText({ miss, before, now }: BuildStepView): Content {
  return html`<details class="why">
    <summary>not cached: ${miss}</summary>
    <p>A step is known by its ${term('key')}. The first part of it that differs:</p>
    <dl>
      <dt>before</dt>
      <dd><code>${before ?? 'nothing'}</code></dd>
      <dt>now</dt>
      <dd><code>${now ?? 'nothing'}</code></dd>
    </dl>
  </details>`;
}
