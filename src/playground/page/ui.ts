/** Pieces that every pane is made of. All data becomes text: nothing here, nor in a pane, turns a string into markup. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { shortText } from '../text.js';
import { WORDS, type Word } from '../words.js';
import type { Desk } from './desk.js';

export type Content = TemplateResult | typeof nothing | string | readonly (TemplateResult | typeof nothing)[];

/** A word of the field, which is explained on hover and on focus. */
export function term(word: Word, shown: string = word): TemplateResult {
  return html`<button type="button" class="term" data-word=${word} aria-describedby="tip">${shown}</button>`;
}

export function pane(
  id: string,
  title: Content,
  content: Content,
  { tools = nothing, wide = false }: { readonly tools?: Content; readonly wide?: boolean } = {},
): TemplateResult {
  return html`<section id=${`pane-${id}`} class=${`pane pane-${id}${wide ? ' wide' : ''}`} aria-labelledby=${`title-${id}`}>
    <header><h2 id=${`title-${id}`} tabindex="-1">${title}</h2><div class="tools">${tools}</div></header>
    ${content}
  </section>`;
}

export function button(
  label: Content,
  run: (event: Event) => void,
  options: {
    readonly kind?: string;
    readonly title?: string;
    /** What a screen reader calls it, where the label is a picture. */
    readonly name?: string;
    readonly disabled?: boolean;
    readonly pressed?: boolean;
  } = {},
): TemplateResult {
  const { kind = '', title, name, disabled = false, pressed } = options;
  return html`<button
    type="button"
    class=${kind}
    title=${title ?? nothing}
    aria-label=${name ?? nothing}
    ?disabled=${disabled}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)}
    @click=${run}
  >
    ${label}
  </button>`;
}

/** Says that something is new, in more than colour. */
export function freshMark(desk: Desk, ...ids: readonly string[]): Content {
  const fresh = desk.view?.fresh ?? [];
  return ids.some((id) => fresh.includes(id)) ? html`<span class="new">new</span>` : nothing;
}

export function isFresh(desk: Desk, id: string): boolean {
  return desk.view?.fresh.includes(id) ?? false;
}

/** A digest that leads to what it names. */
export function digestLink(desk: Desk, digest: string): TemplateResult {
  return html`<button
    type="button"
    class="digest"
    title=${digest}
    @click=${() => void desk.showDocument(digest)}
  >
    ${shortText(digest)}
  </button>`;
}

const colours = new Map<string, number>();
const COLOURS = 8;

/** The colour of a layer, the same wherever it shows; the letter says it without colour. */
export function layerStyle(diffId: string): string {
  if (!colours.has(diffId)) colours.set(diffId, colours.size);
  return `--own: var(--layer-${(colours.get(diffId) ?? 0) % COLOURS})`;
}

export function trouble(text: string | undefined): Content {
  return text === undefined ? nothing : html`<p class="trouble" role="alert">${text}</p>`;
}

export function wordText(word: string): string {
  return Object.hasOwn(WORDS, word) ? WORDS[word as Word] : '';
}
