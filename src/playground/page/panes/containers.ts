/** The containers: a shell at its prompt, and the upper as it fills. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { sizeText } from '../../text.js';
import type { ContainerView, UpperEntry } from '../../view.js';
import type { Word } from '../../words.js';
import type { Desk } from '../desk.js';
import { button, isFresh, pane, term } from '../ui.js';
import { scrollToEnd } from './console.js';

export function containersPane(desk: Desk): TemplateResult {
  const { view, busy } = desk;
  const containers = view?.containers ?? [];
  const shown = containers.find(({ id }) => id === desk.container);
  const image = view?.images.at(-1);
  const tools = button(
    'New container',
    () =>
      void desk.act({
        kind: 'type',
        line: `stratum run -it --name ${newName(containers)} ${image?.names[0] ?? 'tiny:1'} sh`,
      }),
    { kind: 'main', disabled: busy !== undefined || image === undefined },
  );
  return pane(
    'containers',
    html`${term('container', 'Containers')}`,
    shown === undefined
      ? html`<p class="quiet">A container is an image with a writable ${term('upper')} on top. Make one, and change something in it.</p>
          ${volumeList(desk)}`
      : html`<div class="tabs" role="group" aria-label="Containers">
            ${containers.map((each) =>
              button(`${each.name}${each.status === 'running' ? ' ●' : ''}`, () => choose(desk, each), {
                pressed: each.id === shown.id,
              }),
            )}
          </div>
          ${containerTools(desk, shown)} ${terminal(desk, shown)} ${upperList(desk, shown)} ${volumeList(desk)}`,
    { tools },
  );
}

function choose(desk: Desk, { id }: ContainerView): void {
  desk.container = id;
  desk.look({ kind: 'container', id });
}

function newName(containers: readonly ContainerView[]): string {
  let number = containers.length + 1;
  while (containers.some(({ name }) => name === `c${number}`)) number++;
  return `c${number}`;
}

function containerTools(desk: Desk, { name }: ContainerView): TemplateResult {
  const disabled = desk.busy !== undefined;
  const type = (line: string) => () => void desk.act({ kind: 'type', line });
  return html`<div class="row">
    ${button('Diff', type(`stratum diff ${name}`), { kind: 'small', disabled })}
    ${button('Commit', type(`stratum commit ${name} ${name}-image:1`), { kind: 'small', disabled })}
    ${button('Fork', type(`stratum fork ${name} ${name}-fork`), { kind: 'small', disabled })}
    ${button('Remove', type(`stratum rm -f ${name}`), { kind: 'small', disabled })}
  </div>`;
}

/** What was typed into a container and what it printed, on the line that the learner is on. */
function terminal(desk: Desk, container: ContainerView): TemplateResult {
  const { time, busy } = desk;
  const lines = time
    .line(time.at)
    .filter(({ act }) => act.kind === 'shell' && (act.container === container.name || act.container === container.id))
    .slice(-40);
  const prompt = container.prompt ?? '# ';
  return html`<div class="terminal" tabindex="0" role="log" aria-label=${`Shell of ${container.name}`}>
      ${repeat(
        lines,
        ({ id }) => id,
        ({ id, parent, act }) => html`<div class="said">
          <div class="typed">${promptAt(desk, parent, container.id)}${act.kind === 'shell' ? act.line : ''}</div>
          <pre>${time.views.get(id)?.output ?? ''}</pre>
        </div>`,
      )}
      ${container.prompt === undefined ? html`<p class="quiet">${container.status === 'running' ? 'No shell waits here.' : 'It has ended. A line starts it again; its upper is as it was.'}</p>` : nothing}
    </div>
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const input = (event.target as HTMLFormElement).elements.namedItem('shell') as HTMLInputElement;
        const line = input.value;
        if (line.trim() === '' || busy !== undefined) return;
        input.value = '';
        void desk
          .act({ kind: 'shell', container: container.name, line })
          .then(() => scrollToEnd('.pane-containers .terminal'));
      }}
    >
      <label for="shell">${prompt}</label>
      <input id="shell" name="shell" autocomplete="off" autocapitalize="off" spellcheck="false" aria-label=${`A line for the shell of ${container.name}`} />
      ${button('Run', () => {}, { kind: 'submit', disabled: busy !== undefined })}
    </form>`;
}

function promptAt(desk: Desk, moment: number, id: string): string {
  return desk.time.views.get(moment)?.containers.find((each) => each.id === id)?.prompt ?? '# ';
}

const KINDS: Readonly<Record<UpperEntry['kind'], { readonly letter: string; readonly word: Word }>> = {
  new: { letter: 'A', word: 'upper' },
  'copy-up': { letter: 'C', word: 'copy-up' },
  replaced: { letter: 'C', word: 'upper' },
  whiteout: { letter: 'D', word: 'whiteout' },
  opaque: { letter: 'C', word: 'opaque' },
};
const SHOWN: Readonly<Record<UpperEntry['kind'], string>> = {
  new: 'new',
  'copy-up': 'copy-up',
  replaced: 'replaced',
  whiteout: 'whiteout',
  opaque: 'opaque',
};

function upperList(desk: Desk, container: ContainerView): TemplateResult {
  const { id, upper, upperCount, upperBytes, mounts } = container;
  return html`<h3>${term('upper', 'Upper')}: ${upperCount} ${upperCount === 1 ? 'path' : 'paths'}, ${sizeText(upperBytes)}</h3>
    ${mounts.map(
      ({ target, source, type }) =>
        html`<p class="quiet">${target} is the ${type} <b>${source}</b>: what is written there is in no layer.</p>`,
    )}
    ${
      upper.length === 0
        ? html`<p class="quiet">Nothing was written: all that it shows comes from the ${term('lower', 'layers below')}.</p>`
        : html`<ul class="upper-list">
            ${repeat(
              upper,
              ({ path }) => path,
              (entry) => html`<li class=${`${entry.kind}${isFresh(desk, `${id}:${entry.path}`) ? ' fresh' : ''}`}>
                <span class="change">${KINDS[entry.kind].letter}</span>
                <code>${entry.path}</code>
                ${term(KINDS[entry.kind].word, SHOWN[entry.kind])}
                <span class="quiet">${entryText(entry)}</span>
              </li>`,
            )}
            ${upperCount > upper.length ? html`<li class="quiet">and ${upperCount - upper.length} more</li>` : nothing}
          </ul>`
    }`;
}

function entryText({ kind, type, sizeBytes, lower }: UpperEntry): string {
  const from = lower === undefined ? '' : `layer ${lower + 1}`;
  if (kind === 'whiteout') return `hides ${sizeText(sizeBytes)} in ${from}`;
  const size = type === 'file' ? sizeText(sizeBytes) : type;
  return lower === undefined ? size : `${size}, over ${from}`;
}

function volumeList(desk: Desk): TemplateResult | typeof nothing {
  const volumes = desk.view?.volumes ?? [];
  if (volumes.length === 0) return nothing;
  return html`<h3>${term('volume', 'Volumes')}</h3>
    <ul>
      ${volumes.map(
        ({ name, sizeBytes, users }) => html`<li class=${isFresh(desk, `volume:${name}`) ? 'fresh' : ''}>
          <b>${name}</b> ${sizeText(sizeBytes)} <span class="quiet">${users.length === 0 ? 'used by nobody' : `in ${users.join(', ')}`}</span>
        </li>`,
      )}
    </ul>`;
}
