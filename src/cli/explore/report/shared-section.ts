/** The part of a report on what several images share: the tree of their layers, and each pair. */

import type { Branch, ComparedPair, ImageComparison } from '../../../analysis/compare.js';
import type { FileCount } from '../../../analysis/pair-files.js';
import { shortId } from '../../../digest/digest.js';
import { humanSize } from '../../human.js';
import { createdByText } from '../analysis-text.js';
import { escapeHtml } from './escape.js';
import { layerClass, sortableTable } from './page.js';

/** Colours of what stands in all, some or one of the images. */
const ALL = 2;
const SOME = 0;
const ONE = 1;

export function sharedSection(comparison: ImageComparison): string {
  const { images, layers, storedBytes, savedBytes, content } = comparison;
  const most = Math.max(1, ...layers.map((layer) => layer.storedBytes));
  const total =
    `<p>${images.length} images, ${layers.length} different layers: ${humanSize(storedBytes)} stored, and ` +
    `${humanSize(savedBytes)} saved by sharing.</p>`;
  const again =
    content === undefined || content.files === 0
      ? ''
      : `<p>${content.files} files have the content of a file of another image's layer: ${humanSize(content.bytes)} are stored again.</p>`;
  const pairs = comparison.pairs.map((pair) => pairTable(pair, comparison));
  return (
    '<section aria-labelledby="shared"><h2 id="shared">What they share, and where they part</h2>' +
    `${total}${again}<p class="soft">The lowest layer first. Bars are drawn to scale.</p>` +
    `<ul class="stack first">${branchItems(comparison.root, comparison, most)}</ul>${pairs.join('')}</section>`
  );
}

function branchItems(branch: Branch, comparison: ImageComparison, most: number): string {
  const { images } = comparison;
  const layers = branch.layers.map((layer) => {
    const kind = layer.images.length === 1 ? ONE : layer.images.length === images.length ? ALL : SOME;
    const width = (100 * layer.storedBytes) / most;
    const users = layer.images.length === images.length ? 'in all' : `in ${layer.images.length} of ${images.length}`;
    return (
      `<li><div class="row ${layerClass(kind)}"><code>${shortId(layer.diffId)}</code><span class="n">${humanSize(layer.storedBytes)}</span>` +
      `<span class="bar" aria-hidden="true"><i style="width:${width.toFixed(2)}%"></i></span><span class="key">${users}</span>` +
      `<span class="path">${escapeHtml(createdByText(layer.createdBy, false))}</span></div></li>`
    );
  });
  const ends = branch.ends.map((end) => `<li><span class="badge">${escapeHtml(images[end]?.name ?? '')}</span></li>`);
  const forks = branch.branches.map((next) => `<li><ul class="stack">${branchItems(next, comparison, most)}</ul></li>`);
  return [...layers, ...ends, ...forks].join('');
}

function pairTable(pair: ComparedPair, { images }: ImageComparison): string {
  const [first = '', second = ''] = pair.images.map((index) => escapeHtml(images[index]?.name ?? ''));
  const common = pair.commonLayers === 0 ? 'no layer in common' : `the lowest ${pair.commonLayers} layers in common`;
  const counts: readonly (readonly [string, FileCount])[] = [
    ['same', pair.same],
    ['different', pair.differing],
    [`only in ${first}`, pair.onlyFirst],
    [`only in ${second}`, pair.onlySecond],
  ];
  const figures = counts.map(
    ([name, { files, bytes }]) =>
      `<div><dt>${name}</dt><dd>${humanSize(bytes)}</dd><span class="soft">${files} files</span></div>`,
  );
  const kinds = { differs: 'different', first: `only in ${first}`, second: `only in ${second}` };
  const rows = pair.partings.map(({ path, kind, bytes }) => [
    { html: humanSize(bytes), value: bytes },
    { html: kinds[kind] },
    { html: `<span class="path">${escapeHtml(path)}</span>` },
  ]);
  const columns = [{ title: 'Size', isNumber: true }, { title: 'What' }, { title: 'Path' }];
  const table = rows.length === 0 ? '' : sortableTable(`Where ${first} and ${second} part`, columns, rows);
  return `<h3>${first} and ${second}: ${common}</h3><dl class="figures">${figures.join('')}</dl>${table}`;
}
