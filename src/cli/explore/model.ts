/** What the explorer shows at a moment: an immutable value, which keys turn into the next one. */

import type { ImageAnalysis } from '../../analysis/analyze.js';
import type { ImageStack } from '../../analysis/stack.js';
import { ComparedTrees, type RowKind, type RowsOptions, type TreeRow } from './tree-rows.js';

export type Pane = 'layers' | 'tree' | 'wasted';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A list of which a part is seen. */
export interface Scroll {
  /** The line that keys act on. */
  readonly cursor: number;
  /** The first line that is seen. */
  readonly top: number;
}

export interface ExplorerModel {
  readonly stack: ImageStack;
  readonly analysis: ImageAnalysis;
  readonly size: Size;
  readonly pane: Pane;
  /** The cursor is the index of the layer that is looked at. */
  readonly layers: Scroll;
  readonly tree: Scroll;
  readonly wasted: Scroll;
  /** What the tree is held against: the layer below, or the lowest layer. */
  readonly against: 'below' | 'lowest';
  readonly options: RowsOptions;
  /** Keys go into the filter. */
  readonly isTyping: boolean;
  /** Modes, owners and sizes are shown. */
  readonly hasAttributes: boolean;
  readonly compared: ComparedTrees;
  readonly treeRows: readonly TreeRow[];
}

export function startModel(stack: ImageStack, analysis: ImageAnalysis, size: Size): ExplorerModel {
  const start: Scroll = { cursor: 0, top: 0 };
  const options: RowsOptions = { closed: new Set(), hidden: new Set<RowKind>(), filter: '', order: 'name' };
  const compared = comparedAt(stack, 0, 'below');
  return {
    stack,
    analysis,
    size,
    pane: 'layers',
    layers: start,
    tree: start,
    wasted: start,
    against: 'below',
    options,
    isTyping: false,
    hasAttributes: true,
    compared,
    treeRows: compared.rows(options),
  };
}

/** The tree with a layer on top, beside what it is held against; an image without layers is an empty tree. */
export function comparedAt(stack: ImageStack, layer: number, against: ExplorerModel['against']): ComparedTrees {
  const base = against === 'lowest' ? Math.min(0, layer - 1) : layer - 1;
  return new ComparedTrees(stack.layers[base]?.tree, stack.layers[layer]?.tree);
}
