/** An analysis for programs: one object, sizes in bytes, layers counted from 1 as in the text. */

import type { ImageAnalysis, LayerAnalysis, LayerChange } from '../../analysis/analyze.js';
import type { LimitResult } from '../../analysis/rules.js';
import { DirectoryNode, FileNode, SymlinkNode, type TreeNode } from '../../tree/node.js';

export interface AnalysisJsonOptions {
  /** With every path of every layer. */
  readonly changes: boolean;
  readonly limits: readonly LimitResult[];
}

export function analysisJson(analysis: ImageAnalysis, { changes, limits }: AnalysisJsonOptions): object {
  const { layers, wasted, duplicates, ...figures } = analysis;
  const { userWastedRatio, dive, ...others } = figures;
  return {
    ...others,
    userWastedRatio: finite(userWastedRatio),
    dive: { ...dive, userWastedRatio: finite(dive.userWastedRatio) },
    layers: layers.map((layer) => layerJson(layer, changes)),
    wasted: wasted.map(({ copies, ...path }) => ({
      ...path,
      copies: copies.map((copy) => ({ ...copy, layer: copy.layer + 1, by: copy.by + 1 })),
    })),
    ...(duplicates && {
      duplicates: duplicates.map(({ places, ...group }) => ({
        ...group,
        places: places.map(({ path, layer }) => ({ path, layer: layer + 1 })),
      })),
    }),
    limits: limits.map((limit) => ({ ...limit, actual: finite(limit.actual) })),
  };
}

function layerJson({ index, changes, ...layer }: LayerAnalysis, withChanges: boolean): object {
  return { position: index + 1, ...layer, ...(withChanges && { changes: changes.map(changeJson) }) };
}

function changeJson({ kind, path, before, after, writtenBytes, hiddenBytes }: LayerChange): object {
  const node = after ?? before;
  return { kind, path, type: node && typeOf(node), mode: node?.mode, writtenBytes, hiddenBytes };
}

function typeOf(node: TreeNode): string {
  if (node instanceof FileNode) return 'file';
  if (node instanceof DirectoryNode) return 'directory';
  return node instanceof SymlinkNode ? 'symlink' : 'special';
}

/** JSON has no infinity: where nothing lies above the lowest layer there is no such ratio. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
