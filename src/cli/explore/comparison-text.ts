/** What images share, in words and figures, below their picture. */

import type { ComparedPair, ImageComparison } from '../../analysis/compare.js';
import type { FileCount, Parting } from '../../analysis/pair-files.js';
import { humanSize } from '../human.js';
import { alignColumns, NARROW } from '../table.js';
import { visibleText } from '../visible-text.js';

/** Of each pair, so many of the paths where they part. */
const NAMED_PARTINGS = 5;

export function comparisonText(comparison: ImageComparison): string {
  const { images, layers, storedBytes, savedBytes } = comparison;
  const shared = layers.filter((layer) => layer.images.length > 1);
  const total =
    `${images.length} images, ${layers.length} layers, ${humanSize(storedBytes)} stored; ` +
    `${shared.length} layers are shared, which saves ${humanSize(savedBytes)}\n`;
  const pairs = comparison.pairs.map((pair) => pairText(pair, comparison));
  return [total + contentText(comparison), ...pairs].join('\n');
}

function contentText({ content }: ImageComparison): string {
  if (content === undefined || content.files === 0) return '';
  return `${content.files} files have the content of a file of another image's layer: ${humanSize(content.bytes)} stored again\n`;
}

function pairText(pair: ComparedPair, { images }: ImageComparison): string {
  const [first, second] = pair.images.map((index) => visibleText(images[index]?.name ?? ''));
  const common = pair.commonLayers === 0 ? 'no layer in common' : `part above layer ${pair.commonLayers}`;
  const rows = [
    ['same', countText(pair.same)],
    ['different', countText(pair.differing)],
    [`only in ${first}`, countText(pair.onlyFirst)],
    [`only in ${second}`, countText(pair.onlySecond)],
  ].map((row) => ['', ...row]);
  const partings = pair.partings.slice(0, NAMED_PARTINGS).map((parting) => partingText(parting));
  return `${first} and ${second}: ${common}\n${alignColumns([...rows, ...partings], NARROW)}`;
}

function countText({ files, bytes }: FileCount): string {
  return `${files} files, ${humanSize(bytes)}`;
}

/** As `diff` letters it, from the first image to the second. */
function partingText({ path, kind, bytes }: Parting): string[] {
  const letter = { differs: 'C', first: 'D', second: 'A' }[kind];
  return ['', humanSize(bytes), `${letter} ${visibleText(path)}`];
}
