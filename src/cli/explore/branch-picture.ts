/** Images as one tree of layers, drawn with text: the lowest layer first, images where they end. */

import type { Branch, ComparedImage, ComparedLayer } from '../../analysis/compare.js';
import { shortId } from '../../digest/digest.js';
import type { Colors } from '../colors.js';
import { humanSize } from '../human.js';
import { scaledBar } from '../picture.js';
import { columnsOf, fitColumns, visibleText } from '../visible-text.js';
import { createdByText } from './analysis-text.js';

export interface PictureOptions {
  readonly colors: Colors;
  /** Columns that a line may take; no limit without it. */
  readonly columns: number | undefined;
}

const BAR_WIDTH = 16;
const SIZE_WIDTH = 7;

/** A line of the picture: what is left of the layer or image, and which of the two it is. */
interface Line {
  readonly indent: string;
  readonly layer?: ComparedLayer;
  readonly image?: ComparedImage;
}

export function branchPicture(root: Branch, images: readonly ComparedImage[], options: PictureOptions): string {
  const lines = [...branchLines(root, images, { first: '', rest: '' })];
  const layers = lines.flatMap(({ layer }) => layer ?? []);
  const most = Math.max(0, ...layers.map((layer) => layer.storedBytes));
  const indent = Math.max(0, ...lines.map((line) => columnsOf(line.indent)));
  return lines.map((line) => `${lineText(line, { ...options, most, indent, of: images.length })}\n`).join('');
}

/** Layers one below the other; where images end or part, a fork. */
function* branchLines(
  branch: Branch,
  images: readonly ComparedImage[],
  { first, rest }: { readonly first: string; readonly rest: string },
): Iterable<Line> {
  const forks = [...branch.ends.map((end) => ({ end })), ...branch.branches.map((next) => ({ next }))];
  for (const [index, layer] of branch.layers.entries()) {
    yield { indent: `${index === 0 ? first : rest}■ `, layer };
  }
  for (const [index, fork] of forks.entries()) {
    const isLast = index === forks.length - 1;
    const isStraight = branch.layers.length === 0 && forks.length === 1;
    const lead = isStraight ? first : `${rest}${isLast ? '└─' : '├─'}`;
    const follow = isStraight ? rest : `${rest}${isLast ? '  ' : '│ '}`;
    if ('next' in fork) yield* branchLines(fork.next, images, { first: lead, rest: follow });
    else {
      const image = images[fork.end];
      if (image !== undefined) yield { indent: `${lead}● `, image };
    }
  }
}

function lineText(
  { indent, layer, image }: Line,
  { colors, columns, most, indent: widest, of }: PictureOptions & { most: number; indent: number; of: number },
): string {
  if (image !== undefined) {
    const own = humanSize(image.storedBytes - image.sharedStoredBytes);
    const text = `${visibleText(image.name)}  ${shortId(image.id)}  ${humanSize(image.storedBytes)}`;
    const line = of > 1 ? `${text}, ${own} of it its own` : text;
    return indent + colors.bold(cut(line, columns, columnsOf(indent)));
  }
  if (layer === undefined) return indent;
  const isShared = layer.images.length > 1;
  const bar = scaledBar(layer.storedBytes, most, BAR_WIDTH, isShared ? 'shared' : 'own');
  const sharing = of > 1 ? fitColumns(isShared ? `in ${layer.images.length}` : '', 6) : '';
  const start = `${fitColumns(indent, widest)}${shortId(layer.diffId)}  ${humanSize(layer.storedBytes).padStart(SIZE_WIDTH)}  `;
  const text = `${bar}  ${sharing}${createdByText(layer.createdBy, false)}`;
  const shown = cut(text, columns, columnsOf(start));
  return start + shown.replace(/[█▉▊▋▌▍▎▏▒]+/, isShared ? colors.cyan : colors.green);
}

function cut(text: string, columns: number | undefined, used: number): string {
  return columns === undefined ? text : fitColumns(text, Math.max(0, columns - used)).trimEnd();
}
