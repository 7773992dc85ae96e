/** Stored bytes by directory and layer: what a map of an image is drawn of. */

import type { ImageAnalysis } from './analyze.js';

/** A directory, or a file. */
export interface SizeNode {
  readonly name: string;
  readonly path: string;
  /** Bytes of all layers' files, here and below. */
  readonly bytes: number;
  /** Of `bytes`, what the image does not show. */
  readonly wastedBytes: number;
  /** `bytes` by index of the layer that stores them. */
  readonly byLayer: readonly number[];
  /** The largest first; empty for a file, and at the depth where the map ends. */
  readonly children: readonly SizeNode[];
}

export interface SizeOptions {
  /** How many names deep the map goes; all that is deeper is counted in the directory there. All of it without one. */
  readonly depth?: number;
  /** Only what the layer of this index stores. */
  readonly layer?: number;
}

interface Growing {
  readonly name: string;
  readonly path: string;
  bytes: number;
  wastedBytes: number;
  readonly byLayer: number[];
  readonly children: Map<string, Growing>;
}

/** Sums what an image stores, over all of its layers or one, by directory. */
export function sizesByDirectory(analysis: ImageAnalysis, options: SizeOptions = {}): SizeNode {
  const { depth = Number.POSITIVE_INFINITY, layer } = options;
  const root = growing('/', '/', analysis.layers.length);
  const grow = (path: string, at: number, sums: { readonly bytes: number; readonly wastedBytes: number }): void => {
    if (layer !== undefined && layer !== at) return;
    for (const node of nodesTo(root, path, depth)) {
      node.bytes += sums.bytes;
      node.wastedBytes += sums.wastedBytes;
      node.byLayer[at] = (node.byLayer[at] ?? 0) + sums.bytes;
    }
  };
  for (const { index, changes } of analysis.layers) {
    for (const { path, writtenBytes: bytes } of changes) if (bytes > 0) grow(path, index, { bytes, wastedBytes: 0 });
  }
  for (const { path, copies } of analysis.wasted) {
    // What a layer has twice is no change of its own: the first copy is counted here.
    for (const copy of copies) {
      grow(path, copy.layer, { bytes: copy.reason === 'shadowed' ? copy.bytes : 0, wastedBytes: copy.bytes });
    }
  }
  return finished(root);
}

function* nodesTo(root: Growing, path: string, depth: number): Iterable<Growing> {
  let node = root;
  yield node;
  const names = path.split('/').slice(1);
  for (const name of names.slice(0, depth)) {
    let child = node.children.get(name);
    if (child === undefined) {
      child = growing(name, node.path === '/' ? `/${name}` : `${node.path}/${name}`, root.byLayer.length);
      node.children.set(name, child);
    }
    node = child;
    yield node;
  }
}

function growing(name: string, path: string, layers: number): Growing {
  return { name, path, bytes: 0, wastedBytes: 0, byLayer: Array<number>(layers).fill(0), children: new Map() };
}

function finished(node: Growing): SizeNode {
  const children = [...node.children.values()].map(finished);
  children.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  return { ...node, children };
}
