/** The analysis of one image: what each layer adds, changes and hides, and what is wasted. */

import type { DiffID, Digest } from '../digest/digest.js';
import type { Change } from '../layer/change.js';
import { DirectoryNode, FileNode, type LayerOrigin, type SyncBytes } from '../tree/node.js';
import { type ContentNames, isSameContent } from './content-names.js';
import { contentBytes, type DiveFigures, diveFigures, ratio } from './dive.js';
import { type DuplicateGroup, findDuplicates } from './duplicates.js';
import { PathVersions } from './efficiency.js';
import { type PathChange, pathChanges } from './path-changes.js';
import type { ImageStack, StackLayer } from './stack.js';
import { NameLedger, WasteBook, type WastedCopy, type WastedPath } from './waste.js';

/** A path that a layer adds, changes or hides, with what that comes to. */
export interface LayerChange extends PathChange {
  /** Bytes that the layer stores for it: none for directories, symlinks and further names of a file. */
  readonly writtenBytes: number;
  /** Bytes of lower layers that do not show any more. */
  readonly hiddenBytes: number;
}

/** Some paths, and what they come to. */
export interface PathCount {
  readonly paths: number;
  readonly bytes: number;
}

export interface LayerAnalysis {
  /** 0 is the lowest. */
  readonly index: number;
  readonly diffId: DiffID;
  readonly digest: Digest;
  readonly createdBy: string;
  /** Bytes of the blob. */
  readonly storedBytes: number;
  /** Bytes of the files in the layer's tar. */
  readonly contentBytes: number;
  /** Of `contentBytes`, what the image does not show. */
  readonly wastedBytes: number;
  /** Paths that were not there; bytes that they take. */
  readonly added: PathCount;
  /** Paths that are something else now; bytes that they take. */
  readonly modified: PathCount;
  /** Paths that are gone; bytes that they took. */
  readonly deleted: PathCount;
  /** Every path, in order. */
  readonly changes: readonly LayerChange[];
}

export interface ImageAnalysis {
  readonly id: Digest;
  readonly name: string;
  /** Bottom first. */
  readonly layers: readonly LayerAnalysis[];
  /** Bytes of all blobs of layers. */
  readonly storedBytes: number;
  /** Bytes of all files in all layers. */
  readonly contentBytes: number;
  /** Of `contentBytes`, those above the lowest layer. */
  readonly userBytes: number;
  /** Bytes of the files that show. */
  readonly visibleBytes: number;
  /** From 0 to 1, comparable with dive's: see `PathVersions`. */
  readonly efficiency: number;
  /** `contentBytes` without `visibleBytes`: what later layers replaced or hid. */
  readonly wastedBytes: number;
  /** `wastedBytes` over `userBytes`. */
  readonly userWastedRatio: number;
  /** The most wasteful first. */
  readonly wasted: readonly WastedPath[];
  /** Content that shows at several paths and is stored as often; undefined when contents were not named. */
  readonly duplicates: readonly DuplicateGroup[] | undefined;
  /** What dive says of the image. */
  readonly dive: DiveFigures;
}

export interface AnalyzeOptions {
  /** What `nameContents` says of the image, alone or among others: with it, content that is stored again is found. */
  readonly names?: ContentNames | undefined;
}

/** Analyses an image in one pass over what each layer changes. */
export function analyzeStack(stack: ImageStack, options: AnalyzeOptions = {}): ImageAnalysis {
  const pass = new Pass(options.names);
  const layers = stack.layers.map((layer) => pass.take(layer, stack.layers[layer.index - 1]));
  const wasted = pass.waste.finish();
  const wastedIn = bytesByLayer(wasted);
  const total = (of: (layer: LayerAnalysis) => number): number => layers.reduce((sum, layer) => sum + of(layer), 0);
  const content = total((layer) => layer.contentBytes);
  const userBytes = content - (layers[0]?.contentBytes ?? 0);
  const wastedBytes = wasted.reduce((sum, { bytes }) => sum + bytes, 0);
  const top = stack.layers.at(-1)?.tree;
  return {
    id: stack.id,
    name: stack.name,
    layers: layers.map((layer) => ({ ...layer, wastedBytes: wastedIn.get(layer.index) ?? 0 })),
    storedBytes: total((layer) => layer.storedBytes),
    contentBytes: content,
    userBytes,
    visibleBytes: content - wastedBytes,
    efficiency: pass.versions.score,
    wastedBytes,
    userWastedRatio: ratio(wastedBytes, userBytes),
    wasted,
    duplicates: options.names && top ? findDuplicates(top, pass.layerOf, options.names) : undefined,
    dive: diveFigures(stack.layers),
  };
}

/** What goes from one layer to the next. */
class Pass {
  readonly waste: WasteBook = new WasteBook();
  readonly versions: PathVersions = new PathVersions();
  /** Where the nodes of an origin were put last. */
  readonly layerOf: Map<LayerOrigin, number> = new Map();
  readonly #names: NameLedger = new NameLedger();
  readonly #contents: ContentNames | undefined;

  constructor(contents: ContentNames | undefined) {
    this.#contents = contents;
  }

  take(stacked: StackLayer, below: StackLayer | undefined): LayerAnalysis {
    const { index, diffId, digest, createdBy, storedBytes, layer } = stacked;
    const written = pathChanges(below?.tree, stacked.tree).map((change) => this.#written(change));
    const changes = written.map((change) => this.#hidden(change, index));
    this.layerOf.set(layer.origin, index);
    const bytes = contentBytes(layer.changes);
    const shown = changes.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
    if (shown < bytes) this.#addShadowed(layer.changes, changes, index);
    for (const change of changes) this.#addVersion(change);
    return {
      index,
      diffId,
      digest,
      createdBy,
      storedBytes,
      contentBytes: bytes,
      wastedBytes: 0,
      added: count(changes, 'add', (change) => change.writtenBytes),
      modified: count(changes, 'modify', (change) => change.writtenBytes),
      deleted: count(changes, 'delete', (change) => change.hiddenBytes),
      changes,
    };
  }

  /** Notes names that come and go, and what the layer stores for a path. */
  #written(change: PathChange): LayerChange {
    const { kind, path, before, after } = change;
    if (before instanceof FileNode) this.#names.remove(before);
    const isFirstName = after instanceof FileNode && this.#names.add(after);
    return { kind, path, before, after, writtenBytes: isFirstName ? after.size : 0, hiddenBytes: 0 };
  }

  /** With all names of the layer counted: what lost its last name is hidden. */
  #hidden(change: LayerChange, by: number): LayerChange {
    const { kind, path, before, after } = change;
    if (!(before instanceof FileNode) || !this.#names.isGone(before)) return change;
    this.waste.add(path, {
      layer: this.layerOf.get(before.origin) ?? by,
      by,
      reason: kind === 'delete' ? 'deleted' : 'overwritten',
      bytes: before.size,
      sameContent:
        this.#contents && after !== undefined
          ? after instanceof FileNode && isSameContent(before, after, this.#contents)
          : undefined,
    });
    return { ...change, hiddenBytes: before.size };
  }

  /** A path that a layer has twice: only the last of its entries shows, the bytes of all are stored. */
  #addShadowed(entries: readonly Change[], changes: readonly LayerChange[], layer: number): void {
    const shown = new Map<SyncBytes, Set<number>>();
    for (const { after, writtenBytes } of changes) {
      if (!(after instanceof FileNode) || writtenBytes === 0) continue;
      const offsets = shown.get(after.bytes);
      if (offsets === undefined) shown.set(after.bytes, new Set([after.offset]));
      else offsets.add(after.offset);
    }
    for (const entry of entries) {
      if (entry.kind !== 'file' || shown.get(entry.bytes)?.has(entry.offset) === true) continue;
      const copy: WastedCopy = { layer, by: layer, reason: 'shadowed', bytes: entry.size, sameContent: undefined };
      this.waste.add(entry.path, copy);
    }
  }

  #addVersion({ path, before, after, writtenBytes }: LayerChange): void {
    if (after === undefined ? before instanceof DirectoryNode : after instanceof DirectoryNode && isNoFile(before))
      return;
    this.versions.add(path, writtenBytes);
  }
}

function isNoFile(before: PathChange['before']): boolean {
  return before === undefined || before instanceof DirectoryNode;
}

function count(
  changes: readonly LayerChange[],
  kind: PathChange['kind'],
  of: (change: LayerChange) => number,
): PathCount {
  let paths = 0;
  let bytes = 0;
  for (const change of changes) {
    if (change.kind !== kind) continue;
    paths += 1;
    bytes += of(change);
  }
  return { paths, bytes };
}

function bytesByLayer(wasted: readonly WastedPath[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { copies } of wasted) {
    for (const { layer, bytes } of copies) sums.set(layer, (sums.get(layer) ?? 0) + bytes);
  }
  return sums;
}
