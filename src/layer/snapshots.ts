/** Merged trees by ChainID: images share the tree of every prefix that they have in common. */

import type { ChainID, DiffID } from '../digest/digest.js';
import type { TreeEditorOptions } from '../tree/edit.js';
import { emptyTree } from '../tree/edit.js';
import type { Tree } from '../tree/node.js';
import { applyChanges } from './apply.js';
import { chainIds } from './chain.js';
import type { Layer } from './layer.js';

/** Finds the layer at a place in a chain, bottom first. */
export type LayerFinder = (diffId: DiffID, index: number) => Promise<Layer>;

/**
 * Keeps trees as long as somebody uses them: a tree is found again by its ChainID until it is collected. Layers of a
 * prefix whose tree is known are not asked for.
 */
export class Snapshots {
  private readonly trees: Map<ChainID, WeakRef<Tree>> = new Map();
  private readonly cleanup: FinalizationRegistry<ChainID>;
  private readonly options: TreeEditorOptions;

  constructor(options: TreeEditorOptions = {}) {
    this.options = options;
    this.cleanup = new FinalizationRegistry((chain) => {
      if (this.trees.get(chain)?.deref() === undefined) this.trees.delete(chain);
    });
  }

  /** The tree of a chain, if it is known. */
  get(chain: ChainID): Tree | undefined {
    return this.trees.get(chain)?.deref();
  }

  /** The merged tree of some layers, bottom first. */
  merge(layers: readonly Layer[]): Tree {
    const { tree, missing, chain } = this.longestPrefix(layers.map((layer) => layer.diffId));
    let merged = tree;
    for (let i = missing; i < layers.length; i++) {
      merged = this.add(merged, layers[i] as Layer, chain[i] as ChainID);
    }
    return merged ?? emptyTree();
  }

  /** The merged tree of a chain whose layers are found when they are needed. */
  async resolve(diffIds: readonly DiffID[], find: LayerFinder): Promise<Tree> {
    const { tree, missing, chain } = this.longestPrefix(diffIds);
    let merged = tree;
    for (let i = missing; i < diffIds.length; i++) {
      merged = this.add(merged, await find(diffIds[i] as DiffID, i), chain[i] as ChainID);
    }
    return merged ?? emptyTree();
  }

  private longestPrefix(diffIds: readonly DiffID[]): { tree: Tree | undefined; missing: number; chain: ChainID[] } {
    const chain = chainIds(diffIds);
    for (let known = chain.length; known > 0; known--) {
      const tree = this.get(chain[known - 1] as ChainID);
      if (tree !== undefined) return { tree, missing: known, chain };
    }
    return { tree: undefined, missing: 0, chain };
  }

  private add(below: Tree | undefined, layer: Layer, chain: ChainID): Tree {
    const tree = applyChanges(below, layer.changes, layer.origin, this.options);
    this.trees.set(chain, new WeakRef(tree));
    this.cleanup.register(tree, chain);
    return tree;
  }
}
