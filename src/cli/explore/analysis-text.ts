/** An analysis as text: the layers, the figures, and what is wasted. */

import type { ImageAnalysis, LayerAnalysis } from '../../analysis/analyze.js';
import type { DuplicateGroup } from '../../analysis/duplicates.js';
import type { WastedPath } from '../../analysis/waste.js';
import { shortId } from '../../digest/digest.js';
import type { Colors } from '../colors.js';
import { ellipsis, humanSize } from '../human.js';
import { scaledBar } from '../picture.js';
import { alignColumns, NARROW } from '../table.js';
import { visibleText } from '../visible-text.js';
import { percentText, ratioText, reasonText } from './limits.js';

const BAR_WIDTH = 16;
const CREATED_BY_WIDTH = 40;
/** Of a group of files with one content, so many are named. */
const NAMED_PLACES = 3;

export interface AnalysisTextOptions {
  readonly colors: Colors;
  /** How many wasteful paths and groups are listed. */
  readonly top: number;
  readonly trunc: boolean;
}

export function analysisText(analysis: ImageAnalysis, options: AnalysisTextOptions): string {
  const { colors } = options;
  const title = `${colors.bold(visibleText(analysis.name))}  ${shortId(analysis.id)}`;
  const sections = [layersText(analysis.layers, options), figuresText(analysis, colors), wastedText(analysis, options)];
  if (analysis.duplicates !== undefined) sections.push(duplicatesText(analysis.duplicates, options));
  return `${title}\n\n${sections.filter((section) => section !== '').join('\n')}`;
}

function layersText(layers: readonly LayerAnalysis[], { colors, trunc }: AnalysisTextOptions): string {
  const most = Math.max(0, ...layers.map((layer) => layer.contentBytes));
  const topFirst = [...layers].reverse();
  const rows = topFirst.map((layer) => [
    String(layer.index + 1),
    shortId(layer.diffId),
    humanSize(layer.contentBytes),
    scaledBar(layer.contentBytes, most, BAR_WIDTH),
    layer.wastedBytes === 0 ? '-' : humanSize(layer.wastedBytes),
    `+${layer.added.paths} ~${layer.modified.paths} -${layer.deleted.paths}`,
    createdByText(layer.createdBy, trunc),
  ]);
  const heading = ['#', 'DIFF ID', 'CONTENT', '', 'WASTED', 'PATHS', 'CREATED BY'];
  const [first = '', ...lines] = alignColumns([heading, ...rows], NARROW).split('\n');
  return [first, ...lines.map((line) => line.replace(/[█▉▊▋▌▍▎▏]+/, colors.green))].join('\n');
}

/** A history is text of others. */
export function createdByText(createdBy: string, trunc: boolean): string {
  const text = visibleText(createdBy.replace(/^\/bin\/sh -c (?:#\(nop\) +)?/, '').replaceAll('\t', ' '));
  return trunc ? ellipsis(text, CREATED_BY_WIDTH) : text;
}

function figuresText(analysis: ImageAnalysis, colors: Colors): string {
  const { efficiency, dive } = analysis;
  const sizes = `${humanSize(analysis.contentBytes)} in files, ${humanSize(analysis.storedBytes)} stored`;
  const rows = [
    ['efficiency', `${colors.bold(ratioText(efficiency))} (dive: ${ratioText(dive.efficiency)})`],
    ['size', `${sizes}, ${humanSize(analysis.visibleBytes)} visible`],
    [
      'wasted',
      `${humanSize(analysis.wastedBytes)}, ${percentText(analysis.userWastedRatio)} of what lies above the lowest layer`,
    ],
  ];
  return alignColumns(rows, NARROW);
}

function wastedText({ wasted }: ImageAnalysis, { top }: AnalysisTextOptions): string {
  if (wasted.length === 0) return '';
  const rows = wasted.slice(0, top).map((path) => [humanSize(path.bytes), visibleText(path.path), reasons(path)]);
  return alignColumns([['WASTED', 'PATH', 'WHY'], ...rows], NARROW) + moreText(wasted.length - top, 'paths');
}

export function reasons({ copies }: WastedPath): string {
  return copies.map(reasonText).join('; ');
}

function duplicatesText(groups: readonly DuplicateGroup[], { top }: AnalysisTextOptions): string {
  if (groups.length === 0) return '';
  const rows = groups
    .slice(0, top)
    .map((group) => [humanSize(group.wastedBytes), String(group.places.length), placesText(group)]);
  const saved = humanSize(groups.reduce((sum, group) => sum + group.wastedBytes, 0));
  return (
    alignColumns([['SAVES', 'COPIES', 'PATHS WITH ONE CONTENT'], ...rows], NARROW) +
    moreText(groups.length - top, 'groups') +
    `${saved} would be saved if each content were stored once\n`
  );
}

function placesText({ places }: DuplicateGroup): string {
  const named = places.slice(0, NAMED_PLACES).map(({ path, layer }) => `${visibleText(path)} (${layer + 1})`);
  const more = places.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function moreText(more: number, what: string): string {
  return more > 0 ? `… and ${more} more ${what}\n` : '';
}
