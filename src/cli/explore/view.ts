/** The explorer as lines of text, each exactly as wide as the terminal; only what is in sight is made. */

import type { LayerAnalysis } from '../../analysis/analyze.js';
import { DirectoryNode, SymlinkNode } from '../../tree/node.js';
import type { Colors } from '../colors.js';
import { humanSize } from '../human.js';
import { modeText } from '../mode-text.js';
import { scaledBar } from '../picture.js';
import { fitColumns, visibleText } from '../visible-text.js';
import { createdByText, reasons } from './analysis-text.js';
import { type Layout, layoutOf } from './layout.js';
import { percentText, ratioText } from './limits.js';
import type { ExplorerModel, Pane } from './model.js';
import { type RowKind, shownBytes, type TreeRow } from './tree-rows.js';

const LETTERS: Readonly<Record<RowKind, string>> = { added: 'A', removed: 'R', modified: 'M', unmodified: ' ' };
const BAR_WIDTH = 8;
/** As long as the longest mode, owner and size that are usual; longer ones push the name. */
const OWNER_WIDTH = 9;
const SIZE_WIDTH = 7;

/** The lines of the screen, top first; with the model's size, whatever is in the image. */
export function view(model: ExplorerModel, colors: Colors): string[] {
  const layout = layoutOf(model);
  const left = layout.leftColumns > 0 ? leftSide(model, layout, colors) : [];
  const right = layout.rightColumns > 0 ? rightSide(model, layout, colors) : [];
  const between = layout.leftColumns > 0 && layout.rightColumns > 0 ? colors.dim('│') : '';
  const lines: string[] = [];
  for (let at = 0; at < layout.bodyLines; at++) {
    const leftText = layout.leftColumns > 0 ? (left[at] ?? ' '.repeat(layout.leftColumns)) : '';
    const rightText = layout.rightColumns > 0 ? (right[at] ?? ' '.repeat(layout.rightColumns)) : '';
    lines.push(leftText + between + rightText);
  }
  if (model.size.rows > 0) lines.push(statusLine(model, colors));
  return lines;
}

function leftSide(model: ExplorerModel, layout: Layout, colors: Colors): string[] {
  const { leftColumns: columns } = layout;
  const part = (title: string, pane: Pane | undefined, lines: readonly string[], count: number): string[] =>
    count === 0 ? [] : [titleLine(title, { columns, isChosen: pane === model.pane, colors }), ...lines];
  const all = [
    ...part(`Layers of ${visibleText(model.analysis.name)}`, 'layers', layerLines(model, layout, colors), 1),
    ...part('Layer', undefined, detailLines(model, layout), layout.detailLines),
    ...part('Image', undefined, figureLines(model, layout), layout.figureLines),
    ...part(
      `Wasted (${model.analysis.wasted.length})`,
      'wasted',
      wastedLines(model, layout, colors),
      layout.wastedLines,
    ),
  ];
  return all;
}

function layerLines(model: ExplorerModel, { leftColumns, layerLines: count }: Layout, colors: Colors): string[] {
  const { layers } = model.analysis;
  const most = Math.max(0, ...layers.map((layer) => layer.contentBytes));
  const { top, cursor } = model.layers;
  if (layers.length === 0) return [fitColumns('  no layers', leftColumns)];
  return layers.slice(top, top + count).map((layer) => {
    const isCursor = layer.index === cursor;
    const bar = scaledBar(layer.contentBytes, most, BAR_WIDTH);
    const size = humanSize(layer.contentBytes).padStart(SIZE_WIDTH);
    const text = `${isCursor ? '▸' : ' '}${String(layer.index + 1).padStart(3)} ${size} ${bar} ${createdByText(layer.createdBy, false)}`;
    return cursorLine(fitColumns(text, leftColumns), { isCursor, isChosen: model.pane === 'layers', colors });
  });
}

function detailLines(model: ExplorerModel, { leftColumns, detailLines: count }: Layout): string[] {
  const layer = model.analysis.layers[model.layers.cursor];
  if (layer === undefined) return [];
  const counts = `+${layer.added.paths} added, ~${layer.modified.paths} modified, -${layer.deleted.paths} removed`;
  const lines = [
    ` ${counts}`,
    ` ${humanSize(layer.contentBytes)} in files, ${humanSize(layer.storedBytes)} stored, ${humanSize(layer.wastedBytes)} wasted`,
    ` digest ${layer.digest}`,
    ` diffID ${layer.diffId}`,
    ` ${commandText(layer)}`,
  ];
  return lines.slice(0, count).map((line) => fitColumns(line, leftColumns));
}

function commandText({ createdBy }: LayerAnalysis): string {
  return createdBy === '' ? '(the history does not say how it was made)' : visibleText(createdBy);
}

function figureLines({ analysis }: ExplorerModel, { leftColumns, figureLines: count }: Layout): string[] {
  const lines = [
    ` efficiency ${ratioText(analysis.efficiency)} (dive: ${ratioText(analysis.dive.efficiency)})`,
    ` ${humanSize(analysis.contentBytes)} in files, ${humanSize(analysis.visibleBytes)} visible`,
    ` ${humanSize(analysis.wastedBytes)} wasted, ${percentText(analysis.userWastedRatio)} above the lowest layer`,
    duplicateLine(analysis.duplicates),
  ];
  return lines.slice(0, count).map((line) => fitColumns(line, leftColumns));
}

function duplicateLine(groups: ExplorerModel['analysis']['duplicates']): string {
  if (groups === undefined) return '';
  const bytes = groups.reduce((sum, group) => sum + group.wastedBytes, 0);
  return ` ${humanSize(bytes)} stored again: the same content at several paths`;
}

function wastedLines(model: ExplorerModel, { leftColumns, wastedLines: count }: Layout, colors: Colors): string[] {
  const { top, cursor } = model.wasted;
  return model.analysis.wasted.slice(top, top + count).map((path, at) => {
    const isCursor = top + at === cursor && model.pane === 'wasted';
    const text = `${isCursor ? '▸' : ' '}${humanSize(path.bytes).padStart(SIZE_WIDTH)} ${visibleText(path.path)}  ${reasons(path)}`;
    return cursorLine(fitColumns(text, leftColumns), { isCursor, isChosen: true, colors });
  });
}

function rightSide(model: ExplorerModel, layout: Layout, colors: Colors): string[] {
  const { rightColumns: columns } = layout;
  const layer = model.layers.cursor + 1;
  const title =
    model.against === 'below' || layer === 1
      ? `Files, and what layer ${layer} does`
      : `Files, and what layers 2 to ${layer} do`;
  const lines = [titleLine(title, { columns, isChosen: model.pane === 'tree', colors })];
  if (model.isTyping || model.options.filter !== '') {
    const text = fitColumns(` filter: ${visibleText(model.options.filter)}${model.isTyping ? '▏' : ''}`, columns);
    lines.push(model.isTyping ? colors.bold(text) : text);
  }
  const { top, cursor } = model.tree;
  for (const [at, row] of model.treeRows.slice(top, top + layout.treeLines).entries()) {
    const isCursor = top + at === cursor;
    lines.push(rowLine(row, { isCursor, columns, model, colors }));
  }
  if (model.treeRows.length === 0) lines.push(fitColumns('  nothing to show', columns));
  return lines;
}

interface RowPlace {
  readonly isCursor: boolean;
  readonly columns: number;
  readonly model: ExplorerModel;
  readonly colors: Colors;
}

function rowLine(row: TreeRow, { isCursor, columns, model, colors }: RowPlace): string {
  const { node, kind } = row;
  const attributes = `${modeText(node)} ${`${node.uid}:${node.gid}`.padEnd(OWNER_WIDTH)} ${humanSize(shownBytes(node)).padStart(SIZE_WIDTH)} `;
  const start = `${isCursor ? '▸' : ' '}${LETTERS[kind]} ${model.hasAttributes ? attributes : ''}`;
  const fold = node instanceof DirectoryNode ? (row.isClosed ? '⊕ ' : '') : '';
  const target = node instanceof SymlinkNode ? ` → ${visibleText(node.target)}` : '';
  const suffix = node instanceof DirectoryNode ? '/' : '';
  const text = fitColumns(`${start}${branches(row.follows)}${fold}${visibleText(row.name)}${suffix}${target}`, columns);
  if (isCursor) return cursorLine(text, { isCursor, isChosen: model.pane === 'tree', colors });
  return painted(kind, text, colors);
}

function painted(kind: RowKind, text: string, colors: Colors): string {
  switch (kind) {
    case 'added':
      return colors.green(text);
    case 'removed':
      return colors.red(text);
    case 'modified':
      return colors.yellow(text);
    case 'unmodified':
      return text;
  }
}

function branches(follows: readonly boolean[]): string {
  const last = follows.length - 1;
  return follows.map((more, at) => (at === last ? (more ? '├─ ' : '└─ ') : more ? '│  ' : '   ')).join('');
}

interface LineStyle {
  readonly isCursor: boolean;
  readonly isChosen: boolean;
  readonly colors: Colors;
}

function cursorLine(text: string, { isCursor, isChosen, colors }: LineStyle): string {
  if (!isCursor) return text;
  return isChosen ? colors.inverse(text) : colors.bold(text);
}

function titleLine(
  title: string,
  { columns, isChosen, colors }: { readonly columns: number; readonly isChosen: boolean; readonly colors: Colors },
): string {
  const text = fitColumns(`${isChosen ? '● ' : '─ '}${title} `, columns).trimEnd();
  const line = fitColumns(`${text} ${'─'.repeat(columns)}`, columns + 1).slice(0, -1);
  const whole = fitColumns(line, columns);
  return isChosen ? colors.bold(colors.cyan(whole)) : colors.dim(whole);
}

function statusLine(model: ExplorerModel, colors: Colors): string {
  const { hidden } = model.options;
  const state = (kind: RowKind, key: string): string => `^${key} ${hidden.has(kind) ? 'show' : 'hide'} ${kind}`;
  const inTree = [state('added', 'A'), state('removed', 'R'), state('modified', 'M'), state('unmodified', 'U')];
  const keys = model.isTyping
    ? ['Enter keep', 'Esc clear']
    : model.pane === 'tree'
      ? ['q quit', 'Tab pane', 'Space fold', '^F filter', ...inTree, '^B attributes', '^O order', '^Space fold all']
      : model.pane === 'layers'
        ? ['q quit', 'Tab pane', '↑↓ layer', '^A against the lowest', '^L against the one below', '^F filter']
        : ['q quit', 'Tab pane', '↑↓ path', '^F filter'];
  return colors.inverse(fitColumns(` ${keys.join('  ')}`, model.size.columns));
}
