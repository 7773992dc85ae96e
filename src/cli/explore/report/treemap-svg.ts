/** The map of a report: every layer a field as large as its files, its directories in it, what is wasted hatched. */

import type { ImageAnalysis } from '../../../analysis/analyze.js';
import { type SizeNode, sizesByDirectory } from '../../../analysis/sizes.js';
import { type Rectangle, squarify } from '../../../analysis/treemap.js';
import { humanSize } from '../../human.js';
import { fitColumns, visibleText } from '../../visible-text.js';
import { createdByText } from '../analysis-text.js';
import { escapeHtml } from './escape.js';
import { layerClass } from './page.js';

const WIDTH = 1040;
const HEIGHT = 520;
/** Names below the root that are drawn. */
const DEPTH = 4;
/** Of one directory, so many fields; what is smaller is one field. */
const MOST_FIELDS = 40;
const HEADING = 15;
const GLYPH_WIDTH = 6.3;
/** Smaller fields show nothing of what is in them. */
const LEAST_WIDTH = 46;
const LEAST_HEIGHT = 34;
/** Fields that nobody can see are not drawn. */
const LEAST_AREA = 4;

export function treemapSvg(analysis: ImageAnalysis): string {
  const layers = analysis.layers.filter((layer) => layer.contentBytes > 0);
  layers.sort((a, b) => b.contentBytes - a.contentBytes);
  const fields = squarify(
    layers.map((layer) => layer.contentBytes),
    { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  );
  const groups = layers.map(({ index, contentBytes, wastedBytes, createdBy }, at) => {
    const field = fields[at];
    if (field === undefined) return '';
    const label = `layer ${index + 1}, ${humanSize(contentBytes)}, ${humanSize(wastedBytes)} wasted: ${createdByText(createdBy, false)}`;
    const sizes = sizesByDirectory(analysis, { layer: index, depth: DEPTH });
    const heading = { text: `${index + 1}  ${humanSize(contentBytes)}`, isBig: true };
    return (
      `<g class="layer ${layerClass(index)}" tabindex="0" role="img" aria-label="${escapeHtml(label)}">` +
      `${box(field, label)}${headed(sizes, field, heading)}</g>`
    );
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Stored bytes by layer and directory">` +
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6 6 0"/></pattern></defs>' +
    `${groups.join('\n')}</svg>`
  );
}

interface Heading {
  readonly text: string;
  readonly isBig?: boolean;
}

/** A field with its name on top and, where there is room, what is in it below. */
function headed(node: SizeNode, field: Rectangle, heading: Heading): string {
  if (field.width < LEAST_WIDTH || field.height < LEAST_HEIGHT || node.children.length === 0) {
    return hatch(node, field) + title(heading, field);
  }
  const within = { x: field.x + 2, y: field.y + HEADING, width: field.width - 4, height: field.height - HEADING - 2 };
  const shown = lumped(node.children);
  const fields = squarify(
    shown.map((child) => child.bytes),
    within,
  );
  const inner = shown.map((child, at) => {
    const place = fields[at];
    if (place === undefined || place.width * place.height < LEAST_AREA) return '';
    const wasted = child.wastedBytes > 0 ? `, ${humanSize(child.wastedBytes)} wasted` : '';
    return (
      box(place, `${visibleText(child.path)}, ${humanSize(child.bytes)}${wasted}`) +
      headed(child, place, { text: child.name })
    );
  });
  return title(heading, field) + inner.join('');
}

/** The largest, and one field for all that are smaller. */
function lumped(children: readonly SizeNode[]): readonly SizeNode[] {
  const some = children.filter((child) => child.bytes > 0);
  if (some.length <= MOST_FIELDS) return some;
  const small = some.slice(MOST_FIELDS - 1);
  const name = `${small.length} more`;
  const sum = (of: (node: SizeNode) => number): number => small.reduce((total, node) => total + of(node), 0);
  const rest = { name, path: name, byLayer: [], children: [] };
  const lump = { ...rest, bytes: sum((node) => node.bytes), wastedBytes: sum((node) => node.wastedBytes) };
  // Rectangles are laid out from the largest on.
  return [...some.slice(0, MOST_FIELDS - 1), lump].sort((a, b) => b.bytes - a.bytes);
}

function box(field: Rectangle, label: string): string {
  return `<rect ${corners(field)}><title>${escapeHtml(label)}</title></rect>`;
}

/** The part that is wasted, from below. */
function hatch({ bytes, wastedBytes }: SizeNode, field: Rectangle): string {
  if (wastedBytes === 0 || bytes === 0) return '';
  const height = field.height * Math.min(1, wastedBytes / bytes);
  return `<rect class="h" ${corners({ ...field, y: field.y + field.height - height, height })}/>`;
}

function title({ text, isBig }: Heading, field: Rectangle): string {
  const room = Math.floor((field.width - 6) / GLYPH_WIDTH);
  if (room < 3 || field.height < HEADING - 2) return '';
  const shown = fitColumns(visibleText(text), room).trimEnd();
  return `<text x="${round(field.x + 4)}" y="${round(field.y + 11)}"${isBig === true ? ' class="big"' : ''}>${escapeHtml(shown)}</text>`;
}

function corners({ x, y, width, height }: Rectangle): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
