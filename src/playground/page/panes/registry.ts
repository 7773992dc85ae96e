/** The registry of the page: what it holds, what a push sent, and what it skipped. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { shortText, sizeText } from '../../text.js';
import type { RegistryEvent, RegistryView } from '../../view.js';
import type { Desk } from '../desk.js';
import { button, isFresh, pane, term } from '../ui.js';

export function registryPane(desk: Desk): TemplateResult {
  const registry = desk.view?.registry;
  const names = desk.view?.images.at(-1)?.names ?? [];
  const own = names.find((name) => name.startsWith(registry?.host ?? '')) ?? names[0];
  const tools = button(`Push ${own ?? ''}`, () => void push(desk, own), {
    kind: 'small',
    disabled: own === undefined || desk.busy !== undefined,
  });
  return pane(
    'registry',
    html`${term('registry', 'Registry')}`,
    registry === undefined
      ? nothing
      : html`${exchange(registry)}
          ${
            registry.blobs.length === 0
              ? html`<p class="quiet">It is empty. ${term('push', 'Push')} an image: what is sent, and what is not sent again?</p>`
              : html`<h3>Names</h3>
                  <ul>
                    ${registry.names.map((name) => html`<li><code>${registry.host}/${name}</code></li>`)}
                  </ul>
                  <h3>${term('blob', 'Blobs')}, each once</h3>
                  <ul class="blobs">
                    ${registry.blobs.map(
                      ({ digest, sizeBytes }) => html`<li class=${isFresh(desk, digest) ? 'fresh' : ''}>
                        <code title=${digest}>${shortText(digest)}</code> ${sizeText(sizeBytes)} ${blobText(desk, digest)}
                      </li>`,
                    )}
                  </ul>`
          }`,
    { tools },
  );
}

/** An image needs the name of the registry before it can be pushed there. */
async function push(desk: Desk, name: string | undefined): Promise<void> {
  const host = desk.view?.registry.host ?? '';
  if (name === undefined) return;
  const target = name.startsWith(`${host}/`) ? name : `${host}/${name}`;
  if (target !== name) await desk.act({ kind: 'type', line: `stratum tag ${name} ${target}` });
  if (desk.view?.trouble === undefined) await desk.act({ kind: 'type', line: `stratum push ${target}` });
}

function blobText(desk: Desk, digest: string): TemplateResult | typeof nothing {
  const layer = desk.view?.layers.find((each) => each.digest === digest);
  if (layer !== undefined) {
    const { images } = layer;
    const of = images.length > 2 ? `${images.length} images` : images.map(withoutHost(desk)).join(', ');
    return html`<span class="quiet" title=${images.join(', ')}>layer of ${of}</span>`;
  }
  const image = desk.view?.images.find(({ id }) => id === digest);
  return image === undefined ? nothing : html`<span class="quiet">config of ${withoutHost(desk)(image.name)}</span>`;
}

/** Here every name is of this registry. */
function withoutHost(desk: Desk): (name: string) => string {
  const prefix = `${desk.view?.registry.host}/`;
  return (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
}

const WHAT: Readonly<Record<RegistryEvent['kind'], string>> = {
  ask: 'is it there?',
  send: 'sent',
  mount: 'taken from another repository',
  fetch: 'fetched',
  name: 'manifest put under its name',
  resolve: 'name looked up',
};

function exchange({ last, lastVerb, sentBytes, skippedBytes }: RegistryView): TemplateResult | typeof nothing {
  if (last.length === 0 || lastVerb === '') return nothing;
  const all = Math.max(1, sentBytes + skippedBytes);
  return html`<h3>The last ${lastVerb}</h3>
    ${
      lastVerb === 'push'
        ? html`<div class="sent" role="img" aria-label=${`sent ${sizeText(sentBytes)}, skipped ${sizeText(skippedBytes)}`}>
            <span class="part sent-part" style=${`flex-grow: ${sentBytes / all}`}></span>
            <span class="part skipped-part" style=${`flex-grow: ${skippedBytes / all}`}></span>
          </div>
          <p>sent <b>${sizeText(sentBytes)}</b>, skipped <b>${sizeText(skippedBytes)}</b> that were there already</p>`
        : nothing
    }
    <ol class="traffic">
      ${last.map(
        ({ kind, subject, found, sizeBytes }) => html`<li class=${found ? kind : 'missed'}>
          <code>${shortText(subject)}</code> ${WHAT[kind]}
          ${kind === 'ask' ? html`<b>${found ? 'yes: skipped' : 'no'}</b>` : sizeBytes > 0 ? sizeText(sizeBytes) : nothing}
        </li>`,
      )}
    </ol>`;
}
