/** What a key does to what is shown: the keys of dive, and letters where a terminal has no other way. */

import { DirectoryNode } from '../../tree/node.js';
import type { Key } from './keys.js';
import { layoutOf } from './layout.js';
import { comparedAt, type ExplorerModel, type Pane, type Scroll, type Size } from './model.js';
import type { RowKind, RowsOptions, TreeRow } from './tree-rows.js';

/** A filter is typed by hand; what is pasted may be anything. */
const FILTER_LIMIT = 256;
const PANES: readonly Pane[] = ['layers', 'tree', 'wasted'];

const FILTER_KEYS: Readonly<Record<string, RowKind>> = {
  a: 'added',
  r: 'removed',
  m: 'modified',
  u: 'unmodified',
};

/** The model after a key; `quit` when it is the key that leaves. */
export function update(model: ExplorerModel, key: Key): ExplorerModel | 'quit' {
  if (key.ctrl && key.name === 'c') return 'quit';
  if (key.ctrl && key.name === 'f') return withTyping(model, !model.isTyping);
  if (model.isTyping) return typed(model, key);
  switch (key.name) {
    case 'q':
      return 'quit';
    case 'tab':
      return toPane(model, 1);
    case 'backtab':
      return toPane(model, -1);
    case '/':
      return withTyping(model, true);
    case 'escape':
      return withOptions(model, { filter: '' });
    default:
      return model.pane === 'tree' ? inTree(model, key) : inList(model, key);
  }
}

/** The model for a terminal of another size. */
export function resize(model: ExplorerModel, size: Size): ExplorerModel {
  return scrolled({ ...model, size });
}

function toPane(model: ExplorerModel, step: number): ExplorerModel {
  const at = (PANES.indexOf(model.pane) + step + PANES.length) % PANES.length;
  return scrolled({ ...model, pane: PANES[at] ?? 'layers' });
}

function withTyping(model: ExplorerModel, isTyping: boolean): ExplorerModel {
  return scrolled({ ...model, isTyping });
}

function typed(model: ExplorerModel, { name, ctrl }: Key): ExplorerModel {
  const { filter } = model.options;
  switch (name) {
    case 'enter':
    case 'tab':
      return withTyping({ ...model, pane: 'tree' }, false);
    case 'escape':
      return withTyping(withOptions(model, { filter: '' }), false);
    case 'backspace':
      return withOptions(model, { filter: [...filter].slice(0, -1).join('') });
    default: {
      const char = name === 'space' ? ' ' : name;
      const isCharacter = !ctrl && [...char].length === 1;
      return isCharacter ? withOptions(model, { filter: (filter + char).slice(0, FILTER_LIMIT) }) : model;
    }
  }
}

function inList(model: ExplorerModel, key: Key): ExplorerModel {
  const { layerLines, wastedLines } = layoutOf(model);
  if (model.pane === 'wasted') {
    const wasted = moved(model.wasted, key, { count: model.analysis.wasted.length, page: wastedLines });
    return scrolled({ ...model, wasted });
  }
  if (key.ctrl && key.name === 'a') return withLayer(model, model.layers, 'lowest');
  if (key.ctrl && key.name === 'l') return withLayer(model, model.layers, 'below');
  const layers = moved(model.layers, key, { count: model.stack.layers.length, page: layerLines });
  return layers === model.layers ? model : withLayer(model, layers, model.against);
}

function inTree(model: ExplorerModel, key: Key): ExplorerModel {
  const row = model.treeRows[model.tree.cursor];
  // A terminal sends the same for ctrl+m and the enter key.
  const filtered = FILTER_KEYS[key.name === 'enter' ? 'm' : key.name];
  if (filtered !== undefined) return withOptions(model, { hidden: toggled(model.options.hidden, filtered) });
  switch (key.name) {
    case 'space':
      return key.ctrl ? allToggled(model) : row === undefined ? model : directoryToggled(model, row);
    case 'left':
    case 'h':
      return row === undefined ? model : outOf(model, row);
    case 'right':
    case 'l':
      return row?.isClosed === true ? directoryToggled(model, row) : withCursor(model, model.tree.cursor + 1);
    case 'b':
      return { ...model, hasAttributes: !model.hasAttributes };
    case 'o':
      return withOptions(model, { order: model.options.order === 'name' ? 'size' : 'name' });
    default: {
      const page = layoutOf(model).treeLines;
      return scrolled({ ...model, tree: moved(model.tree, key, { count: model.treeRows.length, page }) });
    }
  }
}

/** Closes an open directory, and else goes to the directory that the row is in. */
function outOf(model: ExplorerModel, row: TreeRow): ExplorerModel {
  if (row.node instanceof DirectoryNode && !row.isClosed) return directoryToggled(model, row);
  for (let at = model.tree.cursor - 1; at >= 0; at--) {
    if ((model.treeRows[at]?.depth ?? 0) < row.depth) return withCursor(model, at);
  }
  return model;
}

function directoryToggled(model: ExplorerModel, { node, path }: TreeRow): ExplorerModel {
  if (!(node instanceof DirectoryNode)) return model;
  return withOptions(model, { closed: toggled(model.options.closed, path) });
}

function allToggled(model: ExplorerModel): ExplorerModel {
  return withOptions(model, { closed: new Set(model.options.closed.size > 0 ? [] : model.compared.directories()) });
}

function withLayer(model: ExplorerModel, layers: Scroll, against: ExplorerModel['against']): ExplorerModel {
  const compared = comparedAt(model.stack, layers.cursor, against);
  return withOptions({ ...model, layers, against, compared }, {});
}

/** The rows under other options; the cursor stays on its path where that is still shown, else near it. */
function withOptions(model: ExplorerModel, changed: Partial<RowsOptions>): ExplorerModel {
  const options = { ...model.options, ...changed };
  const treeRows = model.compared.rows(options);
  const path = model.treeRows[model.tree.cursor]?.path;
  const at = path === undefined ? -1 : treeRows.findIndex((row) => row.path === path);
  const cursor = at === -1 ? model.tree.cursor : at;
  return scrolled({ ...model, options, treeRows, tree: { ...model.tree, cursor } });
}

function withCursor(model: ExplorerModel, cursor: number): ExplorerModel {
  return scrolled({ ...model, tree: { ...model.tree, cursor } });
}

function toggled<T>(set: ReadonlySet<T>, value: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

function moved(scroll: Scroll, key: Key, { count, page }: { readonly count: number; readonly page: number }): Scroll {
  const to = target(scroll.cursor, key, { count, page });
  const cursor = Math.max(0, Math.min(count - 1, to));
  return cursor === scroll.cursor ? scroll : { ...scroll, cursor };
}

function target(at: number, { name }: Key, { count, page }: { readonly count: number; readonly page: number }): number {
  switch (name) {
    case 'up':
    case 'k':
      return at - 1;
    case 'down':
    case 'j':
      return at + 1;
    case 'pageup':
      return at - Math.max(1, page - 1);
    case 'pagedown':
      return at + Math.max(1, page - 1);
    case 'home':
      return 0;
    case 'end':
      return count - 1;
    default:
      return at;
  }
}

/** With every cursor in its list, and in what is seen of it. */
function scrolled(model: ExplorerModel): ExplorerModel {
  const { layerLines, wastedLines, treeLines } = layoutOf(model);
  return {
    ...model,
    layers: inSight(model.layers, model.stack.layers.length, layerLines),
    wasted: inSight(model.wasted, model.analysis.wasted.length, wastedLines),
    tree: inSight(model.tree, model.treeRows.length, treeLines),
  };
}

function inSight(scroll: Scroll, count: number, lines: number): Scroll {
  const cursor = Math.max(0, Math.min(count - 1, scroll.cursor));
  const most = Math.max(0, count - lines);
  const top = Math.max(0, Math.min(most, Math.max(cursor - Math.max(0, lines - 1), Math.min(scroll.top, cursor))));
  return { cursor, top };
}
