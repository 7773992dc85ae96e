/** The merged tree: who owns each path, and what of the lower slabs it hides. Only the rows in view are in the page. */

import { html, nothing, type TemplateResult } from 'lit-html';
import type { SlabName, TreeRow } from '../../messages.js';
import { sizeText } from '../../text.js';
import type { Desk } from '../desk.js';
import { ROW_PX, type TreeModel } from '../tree-model.js';
import { button, isFresh, layerStyle, pane, term } from '../ui.js';
import { stepText } from './stack.js';

export function treePane(desk: Desk): TemplateResult {
  const { tree, target } = desk;
  return pane(
    'tree',
    html`The ${term('merged tree')}`,
    target === undefined
      ? html`<p class="quiet">There is nothing to look into yet.</p>`
      : html`${chooser(desk)} ${rowsBox(desk)}
          <p class="quiet">${tree.rows.total} rows. ${legend(tree)}</p>`,
  );
}

function legend({ rows }: TreeModel): TemplateResult {
  return rows.slabs.some(({ kind }) => kind === 'upper')
    ? html`Every path shows its owner; U is the ${term('upper')}. Struck out: hidden or gone, and still stored below.`
    : html`Every path shows its owner, by number. Struck out: gone, and still stored below.`;
}

function chooser(desk: Desk): TemplateResult {
  const { tree, target, view } = desk;
  const choices = [
    ...(view?.images ?? []).map(({ id, name }) => ({ kind: 'image' as const, id, name })),
    ...(view?.containers ?? []).map(({ id, name }) => ({ kind: 'container' as const, id, name })),
  ];
  return html`<div class="chooser">
    <label>
      Look into
      <select
        @change=${(event: Event) => {
          const chosen = choices.find(({ id }) => id === (event.target as HTMLSelectElement).value);
          if (chosen !== undefined) desk.look({ kind: chosen.kind, id: chosen.id });
        }}
      >
        ${choices.map(({ kind, id, name }) => html`<option value=${id} ?selected=${id === target?.id}>${kind} ${name}</option>`)}
      </select>
    </label>
    <label>
      Show
      <select
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          tree.setMode(value === 'merged' ? 'merged' : Number(value));
          desk.changed();
        }}
      >
        <option value="merged" ?selected=${tree.mode === 'merged'}>everything, merged</option>
        ${tree.rows.slabs.map(
          (slab, at) => html`<option value=${at} ?selected=${tree.mode === at}>only ${slabText(slab, at)}</option>`,
        )}
      </select>
    </label>
    <label>
      Find
      <input
        type="search"
        placeholder="part of a path"
        .value=${tree.filter}
        @input=${(event: Event) => tree.setFilter((event.target as HTMLInputElement).value)}
      />
    </label>
    ${button(tree.expandAll ? 'Fold all' : 'Unfold all', () => tree.setExpandAll(!tree.expandAll), { kind: 'small' })}
  </div>`;
}

function slabText({ kind, title }: SlabName, at: number): string {
  return kind === 'upper' ? 'the upper' : `layer ${at + 1}: ${stepText(title).slice(0, 60)}`;
}

function rowsBox(desk: Desk): TemplateResult {
  const { tree } = desk;
  const { rows, total } = tree.rows;
  const active = tree.row(tree.active);
  return html`<div
    class="rows"
    role="tree"
    tabindex="0"
    aria-label="Files"
    aria-activedescendant=${active === undefined ? nothing : `row-${tree.active}`}
    @scroll=${(event: Event) => {
      const { scrollTop, clientHeight } = event.target as HTMLElement;
      tree.scrolled(scrollTop, clientHeight);
    }}
    @keydown=${(event: KeyboardEvent) => onKey(desk, event)}
  >
    <div class="spacer" role="presentation" style=${`height: ${total * ROW_PX}px`}>
      ${rows.map((row, at) => rowItem(desk, row, tree.from + at))}
    </div>
  </div>`;
}

function rowItem(desk: Desk, row: TreeRow, index: number): TemplateResult {
  const { tree, target } = desk;
  const slab = tree.rows.slabs[row.owner];
  const fresh = isFresh(desk, `${target?.id}:${row.path}`) || (slab !== undefined && isFresh(desk, slab.diffId));
  const classes = [
    'tree-row',
    row.change === 'D' ? 'gone' : '',
    fresh && row.change !== undefined ? 'fresh' : '',
    index === tree.active ? 'active' : '',
  ];
  return html`<div
    id=${`row-${index}`}
    class=${classes.join(' ')}
    role="treeitem"
    aria-level=${row.depth + 1}
    aria-expanded=${row.expanded === undefined ? nothing : String(row.expanded)}
    aria-selected=${String(index === tree.active)}
    style=${`top: ${index * ROW_PX}px; --depth: ${row.depth}; ${slab?.kind === 'layer' ? layerStyle(slab.diffId) : ''}`}
    @click=${() => choose(desk, index, true)}
  >
    <span class="owner" aria-hidden="true">${slab?.kind === 'upper' ? 'U' : row.owner + 1}</span>
    <span class="change" aria-hidden="true">${row.change ?? ''}</span>
    <span class="mode" aria-hidden="true">${row.mode}</span>
    <span class="fold" aria-hidden="true">${row.expanded === undefined ? '' : row.expanded ? '▾' : '▸'}</span>
    <span class="file">${row.name}${row.kind === 'directory' ? '/' : ''}${row.link === undefined ? nothing : html` → ${row.link}`}</span>
    <span class="spoken">${ownerText(row, slab)}</span>
    ${row.hidden.length === 0 ? nothing : html`<span class="hides">${hiddenText(row)}</span>`}
    <span class="size">${row.kind === 'file' ? sizeText(row.sizeBytes) : ''}</span>
  </div>`;
}

function hiddenText({ hidden, change }: TreeRow): string {
  const places = hidden.map(({ slab, sizeBytes }) => `${slab + 1} (${sizeText(sizeBytes)})`).join(', ');
  return change === 'D' ? `still in ${places}` : `hides ${places}`;
}

const CHANGES = { A: 'added', C: 'changed', D: 'deleted' } as const;

/** What number and letter say, for those who hear it. */
function ownerText({ change, owner }: TreeRow, slab: SlabName | undefined): string {
  const name = slab?.kind === 'upper' ? 'the upper' : `layer ${owner + 1}`;
  return change === undefined ? `, of ${name}` : `, ${CHANGES[change]} by ${name}`;
}

function choose(desk: Desk, index: number, opens: boolean): void {
  const { tree } = desk;
  tree.active = index;
  const row = tree.row(index);
  if (row === undefined) return;
  if (opens && row.expanded !== undefined) tree.toggle(row.path);
  void desk.why(row.path);
}

function onKey(desk: Desk, event: KeyboardEvent): void {
  const { tree } = desk;
  const box = event.currentTarget as HTMLElement;
  const page = Math.max(1, Math.floor(box.clientHeight / ROW_PX) - 1);
  const row = tree.row(tree.active);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -tree.active,
    End: tree.rows.total,
  };
  const step = steps[event.key];
  if (step !== undefined) moveTo(desk, box, tree.active + step);
  else if (event.key === 'ArrowRight' && row?.expanded === false) tree.toggle(row.path);
  else if (event.key === 'ArrowLeft' && row?.expanded === true) tree.toggle(row.path);
  else if (event.key === 'ArrowLeft' && row !== undefined) moveTo(desk, box, parentOf(tree));
  else if (event.key === 'Enter' || event.key === ' ') choose(desk, tree.active, event.key === 'Enter');
  else return;
  event.preventDefault();
}

/** Index of the directory that the active row is in. */
function parentOf(tree: TreeModel): number {
  const depth = tree.row(tree.active)?.depth ?? 0;
  for (let at = tree.active - 1; at >= tree.from; at--) if ((tree.row(at)?.depth ?? 0) < depth) return at;
  return tree.active;
}

function moveTo(desk: Desk, box: HTMLElement, index: number): void {
  const { tree } = desk;
  tree.active = Math.max(0, Math.min(tree.rows.total - 1, index));
  const top = tree.active * ROW_PX;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
  desk.changed();
}
