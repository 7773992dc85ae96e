/** Where the panes of the explorer lie: a matter of the terminal's size and of nothing else that changes. */

import type { ExplorerModel } from './model.js';

/** Narrower terminals show one side at a time. */
const LEAST_BOTH = 80;
const DETAIL_LINES = 5;
const FIGURE_LINES = 4;
const LEAST_WASTED = 3;

export interface Layout {
  /** Of the left side; 0 where it is not shown. */
  readonly leftColumns: number;
  /** Of the right side; 0 where it is not shown. */
  readonly rightColumns: number;
  /** Lines above the status line. */
  readonly bodyLines: number;
  readonly layerLines: number;
  readonly detailLines: number;
  readonly figureLines: number;
  readonly wastedLines: number;
  readonly treeLines: number;
}

export function layoutOf({ size, pane, stack, isTyping, options }: ExplorerModel): Layout {
  const bodyLines = Math.max(0, size.rows - 1);
  const hasBoth = size.columns >= LEAST_BOTH;
  const half = Math.floor((size.columns - 1) / 2);
  const left = hasBoth ? Math.min(half, 70) : pane === 'tree' ? 0 : size.columns;
  const right = hasBoth ? size.columns - left - 1 : size.columns - left;
  // Each part has a line of its own for its title.
  const mostLayers = Math.max(1, Math.floor(bodyLines * 0.4));
  const layerLines = Math.min(Math.max(1, stack.layers.length), mostLayers);
  let free = bodyLines - layerLines - 1;
  const take = (lines: number): number => {
    const taken = Math.max(0, Math.min(lines, free - 1));
    free -= taken > 0 ? taken + 1 : 0;
    return taken;
  };
  // Where there is little room, the list that keys act on comes first.
  const firstWasted = pane === 'wasted' ? take(LEAST_WASTED) : 0;
  const detailLines = take(DETAIL_LINES);
  const figureLines = take(FIGURE_LINES);
  const wastedLines = firstWasted > 0 ? firstWasted + Math.max(0, free) : take(free - 1);
  const hasFilter = isTyping || options.filter !== '';
  const treeLines = Math.max(0, bodyLines - 1 - (hasFilter ? 1 : 0));
  return {
    leftColumns: left,
    rightColumns: right,
    bodyLines,
    layerLines,
    detailLines,
    figureLines,
    wastedLines,
    treeLines,
  };
}
