/** A report on images in one HTML file: the layers to scale, a map, what is wasted, what they share. */

import type { ImageAnalysis, LayerAnalysis } from '../../../analysis/analyze.js';
import { compareStacks } from '../../../analysis/compare.js';
import type { ContentNames } from '../../../analysis/content-names.js';
import type { ImageStack } from '../../../analysis/stack.js';
import { shortId } from '../../../digest/digest.js';
import { humanSize } from '../../human.js';
import { createdByText, reasons } from '../analysis-text.js';
import { percentText, ratioText } from '../limits.js';
import { escapeHtml } from './escape.js';
import { type Cell, layerClass, page, sortableTable } from './page.js';
import { sharedSection } from './shared-section.js';
import { treemapSvg } from './treemap-svg.js';

export interface ReportOptions {
  /** What the contents are, where they were read. */
  readonly names: ContentNames | undefined;
  readonly now: Date;
}

/** A page is to be read: of longer lists the most wasteful are shown, and the rest counted. */
const MOST_ROWS = 500;
/** Of a group of files with one content. */
const NAMED_PLACES = 20;

export function reportOf(
  stacks: readonly ImageStack[],
  analyses: readonly ImageAnalysis[],
  { names, now }: ReportOptions,
): string {
  const title = analyses.map(({ name }) => name).join(', ');
  const when = now.toISOString().slice(0, 16).replace('T', ' ');
  const shared = stacks.length > 1 ? sharedSection(compareStacks(stacks, { names })) : '';
  const sections = analyses.map((analysis, at) => imageSection(analysis, at));
  const body = `<main><h1>What is in ${escapeHtml(title)}</h1><p class="soft">Analysed by Stratum, ${when} UTC</p>`;
  return page(`${title}: layers`, `${body}${shared}${sections.join('\n')}</main>`);
}

function imageSection(analysis: ImageAnalysis, at: number): string {
  const { name, id, layers } = analysis;
  return (
    `<section aria-labelledby="image${at}"><h2 id="image${at}">${escapeHtml(name)} <code>${shortId(id)}</code></h2>` +
    `${figures(analysis)}<h3>Layers, top first</h3>${layerTable(layers)}` +
    '<h3>Map of what is stored</h3><p class="soft">A field for each layer, with its number; in it directories and files. ' +
    'What is hatched is stored and does not show. Point at a field for its name.</p>' +
    `<div class="scroll" role="region" aria-label="Map" tabindex="0">${treemapSvg(analysis)}</div>` +
    `${wastedTable(analysis)}${duplicateTable(analysis)}</section>`
  );
}

function figures(analysis: ImageAnalysis): string {
  const entries = [
    ['Efficiency', ratioText(analysis.efficiency)],
    ['Wasted', humanSize(analysis.wastedBytes)],
    ['Of what is above the lowest layer', percentText(analysis.userWastedRatio)],
    ['In files', humanSize(analysis.contentBytes)],
    ['Visible', humanSize(analysis.visibleBytes)],
    ['Stored', humanSize(analysis.storedBytes)],
    ['Efficiency, by dive', ratioText(analysis.dive.efficiency)],
  ];
  return `<dl class="figures">${entries.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

function layerTable(layers: readonly LayerAnalysis[]): string {
  const most = Math.max(1, ...layers.map((layer) => layer.contentBytes));
  const columns = [
    { title: '#', isNumber: true },
    { title: 'Content', isNumber: true },
    { title: 'To scale', isNumber: true },
    { title: 'Wasted', isNumber: true },
    { title: 'Added', isNumber: true },
    { title: 'Changed', isNumber: true },
    { title: 'Hidden', isNumber: true },
    { title: 'Made by' },
  ];
  const rows = [...layers]
    .reverse()
    .map((layer): Cell[] => [
      { html: `<span class="key ${layerClass(layer.index)}">${layer.index + 1}</span>`, value: layer.index },
      { html: humanSize(layer.contentBytes), value: layer.contentBytes },
      { html: scaleBar(layer, most), value: layer.contentBytes },
      { html: humanSize(layer.wastedBytes), value: layer.wastedBytes },
      { html: String(layer.added.paths), value: layer.added.paths },
      { html: String(layer.modified.paths), value: layer.modified.paths },
      { html: String(layer.deleted.paths), value: layer.deleted.paths },
      { html: `<span class="path">${escapeHtml(createdByText(layer.createdBy, false))}</span>` },
    ]);
  return sortableTable('Layers', columns, rows);
}

function scaleBar({ index, contentBytes, wastedBytes }: LayerAnalysis, most: number): string {
  const width = (bytes: number): string => ((100 * bytes) / most).toFixed(2);
  const wasted = wastedBytes === 0 ? '' : `<i class="w" style="width:${width(wastedBytes)}%"></i>`;
  const kept = `<i style="width:${width(contentBytes - wastedBytes)}%"></i>`;
  return `<span class="bar ${layerClass(index)}" aria-hidden="true">${kept}${wasted}</span>`;
}

function wastedTable({ wasted }: ImageAnalysis): string {
  if (wasted.length === 0) return '<h3>Wasted</h3><p>Nothing: every byte that is stored shows.</p>';
  const columns = [
    { title: 'Bytes', isNumber: true },
    { title: 'Copies', isNumber: true },
    { title: 'Path' },
    { title: 'Why' },
  ];
  const rows = wasted
    .slice(0, MOST_ROWS)
    .map((path): Cell[] => [
      { html: humanSize(path.bytes), value: path.bytes },
      { html: String(path.copies.length), value: path.copies.length },
      { html: `<span class="path">${escapeHtml(path.path)}</span>` },
      { html: reasons(path) },
    ]);
  return `<h3>Wasted</h3>${sortableTable('Wasted', columns, rows)}${moreText(wasted.length, 'paths')}`;
}

function duplicateTable({ duplicates }: ImageAnalysis): string {
  if (duplicates === undefined || duplicates.length === 0) return '';
  const columns = [
    { title: 'Would save', isNumber: true },
    { title: 'Copies', isNumber: true },
    { title: 'Paths (layer)' },
  ];
  const rows = duplicates.slice(0, MOST_ROWS).map(({ wastedBytes, places }): Cell[] => {
    const named = places.slice(0, NAMED_PLACES).map(({ path, layer }) => `${escapeHtml(path)} (${layer + 1})`);
    const more = places.length > NAMED_PLACES ? `<br>and ${places.length - NAMED_PLACES} more` : '';
    return [
      { html: humanSize(wastedBytes), value: wastedBytes },
      { html: String(places.length), value: places.length },
      { html: `<span class="path">${named.join('<br>')}</span>${more}` },
    ];
  });
  return `<h3>The same content at several paths</h3>${sortableTable('Duplicates', columns, rows)}${moreText(duplicates.length, 'groups')}`;
}

function moreText(all: number, what: string): string {
  return all > MOST_ROWS ? `<p class="soft">and ${all - MOST_ROWS} more ${what}</p>` : '';
}
