/** The layers of all images, bottom first: those that images share are one slab across them. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { shortText, sizeText } from '../../text.js';
import type { ContainerView, ImageView, LayerView, MomentView } from '../../view.js';
import type { Desk } from '../desk.js';
import { button, freshMark, isFresh, layerStyle, pane, term } from '../ui.js';

export function stackPane(desk: Desk): TemplateResult {
  const { view } = desk;
  const images = view === undefined ? [] : inOrder(view.images);
  const tools = view === undefined ? nothing : sharingText(view);
  return pane(
    'stack',
    html`The stack of ${term('layer', 'layers')}`,
    view === undefined || images.length === 0
      ? html`<p class="quiet">There is no image yet.</p>`
      : html`<div class="stack-scroll" tabindex="0" role="group" aria-label="Images and their layers">
            ${stackGrid(desk, view, images)}
          </div>
          ${scaleText(view.layers)} ${wasteList(desk, view)}`,
    { tools },
  );
}

function sharingText({ store }: MomentView): TemplateResult {
  return html`<span class="quiet">stored ${sizeText(store.blobBytes)}; each for itself ${sizeText(store.bytesWithoutSharing)}</span>`;
}

/** Images that stand on the same layers beside each other, the older first. */
function inOrder(images: readonly ImageView[]): ImageView[] {
  const ranks = new Map<string, number>();
  for (const { layers } of images) for (const diffId of layers) if (!ranks.has(diffId)) ranks.set(diffId, ranks.size);
  return [...images].sort((a, b) => {
    const at = a.layers.findIndex((diffId, row) => diffId !== b.layers[row]);
    if (at < 0) return a.layers.length - b.layers.length;
    return (ranks.get(a.layers[at] ?? '') ?? 0) - (ranks.get(b.layers[at] ?? '') ?? -1);
  });
}

/** A slab across the columns of the images that have it there. */
interface Placed {
  readonly row: number;
  readonly column: number;
  readonly span: number;
  readonly layer: LayerView;
  readonly image: ImageView;
}

function placed(images: readonly ImageView[], layers: readonly LayerView[]): Placed[] {
  const byId = new Map(layers.map((layer) => [layer.diffId, layer]));
  const slabs: Placed[] = [];
  const highest = Math.max(0, ...images.map((image) => image.layers.length));
  for (let row = 0; row < highest; row++) {
    for (let column = 0; column < images.length; column++) {
      const image = images[column];
      const layer = byId.get(image?.layers[row] ?? '');
      if (image === undefined || layer === undefined) continue;
      // Joined only where all below is the same too: then it is one slab and one chain.
      let span = 1;
      while (images[column + span]?.chain[row] === image.chain[row]) span++;
      slabs.push({ row, column, span, layer, image });
      column += span - 1;
    }
  }
  return slabs;
}

function stackGrid(desk: Desk, view: MomentView, images: readonly ImageView[]): TemplateResult {
  const highest = Math.max(0, ...images.map(({ layers }) => layers.length));
  const containers = (image: ImageView) => view.containers.filter(({ imageId }) => imageId === image.id);
  const most = Math.max(0, ...images.map((image) => containers(image).length));
  const widest = Math.max(1, ...view.layers.map(({ storedBytes }) => storedBytes));
  const rowOf = (fromBottom: number): number => most + highest - fromBottom;
  return html`<div class="stack" style=${`--columns: ${images.length}`}>
    ${images.flatMap((image, column) =>
      containers(image).map(
        (
          container,
          at,
        ) => html`<div style=${`grid-row: ${rowOf(image.layers.length + at)}; grid-column: ${column + 1}`}>
          ${containerSlab(desk, container)}
        </div>`,
      ),
    )}
    ${placed(images, view.layers).map(
      (slab) => html`<div style=${`grid-row: ${rowOf(slab.row)}; grid-column: ${slab.column + 1} / span ${slab.span}`}>
        ${layerSlab(desk, slab, widest)}
      </div>`,
    )}
    ${images.map(
      (
        image,
        column,
      ) => html`<div class="image-name" style=${`grid-row: ${most + highest + 1}; grid-column: ${column + 1}`}>
        ${imageName(desk, image)}
      </div>`,
    )}
  </div>`;
}

function layerSlab(desk: Desk, { layer, row, image, span }: Placed, widest: number): TemplateResult {
  const { diffId, storedBytes, createdBy, images, added, modified, deleted } = layer;
  const isShown = desk.target?.id === image.id && desk.tree.mode === row;
  const part = Math.max(0.01, storedBytes / widest);
  return html`<button
    type="button"
    class=${`slab${isFresh(desk, diffId) ? ' fresh' : ''}${images.length > 1 ? ' shared' : ''}`}
    style=${`${layerStyle(diffId)}; --part: ${part}`}
    aria-pressed=${String(isShown)}
    title=${`${createdBy}\nDiffID ${diffId}`}
    @click=${() => showLayer(desk, image, row)}
  >
    <span class="bar"></span>
    <span class="what">${row + 1}. ${stepText(createdBy)}</span>
    <span class="figures"
      >${sizeText(storedBytes)} · ${shortText(diffId)} · ${added} A ${modified} C ${deleted} D${
        images.length > 1
          ? html` · <b>shared</b>${span < images.length ? ` with ${images.filter((name) => name !== image.name).join(', ')}` : nothing}`
          : nothing
      }</span
    >
    ${freshMark(desk, diffId)}
  </button>`;
}

/** An instruction without the words that the history puts around it. */
export function stepText(createdBy: string): string {
  return (
    createdBy
      .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
      .replace(/\s*# buildkit$/, '')
      .replace(/\s+/g, ' ') || 'a layer'
  );
}

function showLayer(desk: Desk, image: ImageView, row: number): void {
  const isShown = desk.target?.id === image.id && desk.tree.mode === row;
  desk.look({ kind: 'image', id: image.id });
  desk.tree.setMode(isShown ? 'merged' : row);
}

function containerSlab(desk: Desk, container: ContainerView): TemplateResult {
  const { id, name, upperBytes, upperCount, status } = container;
  return html`<button
    type="button"
    class=${`slab upper${isFresh(desk, id) ? ' fresh' : ''}`}
    aria-pressed=${String(desk.target?.id === id)}
    @click=${() => {
      desk.container = id;
      desk.look({ kind: 'container', id });
    }}
  >
    <span class="what">container ${name}</span>
    <span class="figures">upper: ${upperCount} paths, ${sizeText(upperBytes)} · ${status}</span>
    ${freshMark(desk, id)}
  </button>`;
}

function imageName(desk: Desk, image: ImageView): TemplateResult {
  return html`<button
      type="button"
      class="name"
      aria-pressed=${String(desk.target?.id === image.id)}
      @click=${() => {
        desk.look({ kind: 'image', id: image.id });
        desk.tree.setMode('merged');
      }}
    >
      ${image.names.length === 0 ? shortText(image.id) : image.names.join(', ')}
    </button>
    <span class="quiet">${sizeText(image.storedBytes)}</span> ${freshMark(desk, image.id)}
    ${button('Export', () => void desk.save(image.names[0] ?? image.id), { kind: 'small', title: 'as an OCI archive' })}`;
}

function scaleText(layers: readonly LayerView[]): TemplateResult {
  const widest = Math.max(0, ...layers.map(({ storedBytes }) => storedBytes));
  return html`<p class="quiet scale">Bars are drawn to scale: the longest is ${sizeText(widest)}. A is added, C changed, D deleted.</p>`;
}

function wasteList(desk: Desk, { images }: MomentView): TemplateResult | typeof nothing {
  const image = images.find(({ id }) => id === desk.target?.id);
  if (image === undefined || image.wastedBytes === 0) return nothing;
  return html`<details class="waste">
    <summary>
      ${image.name}: ${sizeText(image.wastedBytes)} are wasted, efficiency ${(image.efficiency * 100).toFixed(1)} %
    </summary>
    <p class="quiet">${term('waste', 'Wasted bytes')}: the largest first.</p>
    <ul>
      ${image.wasted.map(({ path, bytes, why }) => html`<li><code>${path}</code> ${sizeText(bytes)}: ${why}</li>`)}
    </ul>
  </details>`;
}
