/** What several images share, and where they part: layers, bytes, and files by content. */

import type { DiffID, Digest } from '../digest/digest.js';
import type { FileNode } from '../tree/node.js';
import { type ContentNames, sameContentGroups, storedAs } from './content-names.js';
import { contentBytes } from './dive.js';
import { filesOf } from './duplicates.js';
import { type PairOfFiles, pairFiles } from './pair-files.js';
import type { ImageStack, StackLayer } from './stack.js';

/** A layer that images may have in common. */
export interface ComparedLayer {
  readonly diffId: DiffID;
  readonly createdBy: string;
  /** Bytes of the blob, as the first of the images stores it. */
  readonly storedBytes: number;
  /** Bytes of the files in its tar. */
  readonly contentBytes: number;
  /** Indexes of the images that have it, wherever it stands in them. */
  readonly images: readonly number[];
}

/** Layers that stand on one another in the same images; above them those images end, or part. */
export interface Branch {
  /** Bottom first. Empty for the root of images that have nothing in common. */
  readonly layers: readonly ComparedLayer[];
  /** Indexes of the images that go through here. */
  readonly images: readonly number[];
  /** Indexes of those that end here. */
  readonly ends: readonly number[];
  readonly branches: readonly Branch[];
}

export interface ComparedImage {
  readonly id: Digest;
  readonly name: string;
  readonly layers: number;
  readonly storedBytes: number;
  readonly contentBytes: number;
  /** Of `storedBytes`, those of layers that another of the images has too. */
  readonly sharedStoredBytes: number;
}

export interface ComparedPair extends PairOfFiles {
  /** Indexes of the two. */
  readonly images: readonly [number, number];
  /** How many layers they have in common from the lowest on. */
  readonly commonLayers: number;
}

export interface ContentSharing {
  /** Bytes of all files that the images show, one image after the other. */
  readonly shownBytes: number;
  /** The same with every content once. */
  readonly distinctBytes: number;
  /** Files whose content another image shows too, though not from the same layer. */
  readonly files: number;
  /** What it would save to store each of those once. */
  readonly bytes: number;
}

export interface ImageComparison {
  readonly images: readonly ComparedImage[];
  /** Each once, in the order in which the images come to them. */
  readonly layers: readonly ComparedLayer[];
  /** The images as one tree of layers. */
  readonly root: Branch;
  /** Each pair of images, in their order. */
  readonly pairs: readonly ComparedPair[];
  /** Bytes of every layer once. */
  readonly storedBytes: number;
  /** What sharing layers saves: the sum of the images without `storedBytes`. */
  readonly savedBytes: number;
  /** Undefined when contents were not named. */
  readonly content: ContentSharing | undefined;
}

export interface CompareOptions {
  /** What `nameContents` says of the images together; without it, files are the same only where a layer is. */
  readonly names?: ContentNames | undefined;
}

/** Compares images with each other. */
export function compareStacks(stacks: readonly ImageStack[], options: CompareOptions = {}): ImageComparison {
  const layers = comparedLayers(stacks);
  const images = stacks.map(({ id, name, layers: own }): ComparedImage => {
    const shared = own.filter(({ diffId }) => (layers.get(diffId)?.images.length ?? 0) > 1);
    return {
      id,
      name,
      layers: own.length,
      storedBytes: sumStored(own),
      contentBytes: own.reduce((sum, { diffId }) => sum + (layers.get(diffId)?.contentBytes ?? 0), 0),
      sharedStoredBytes: sumStored(shared),
    };
  });
  const storedBytes = sumStored([...layers.values()]);
  return {
    images,
    layers: [...layers.values()],
    root: branch(stacks, layers, { indexes: [...stacks.keys()], from: 0 }),
    pairs: pairsOf(stacks, options.names ?? new Map()),
    storedBytes,
    savedBytes: sumStored(images) - storedBytes,
    content: options.names && contentSharing(stacks, options.names),
  };
}

function comparedLayers(stacks: readonly ImageStack[]): Map<DiffID, ComparedLayer> {
  const layers = new Map<DiffID, ComparedLayer>();
  for (const [image, stack] of stacks.entries()) {
    for (const { diffId, createdBy, storedBytes, layer } of stack.layers) {
      const known = layers.get(diffId);
      const images = [...new Set([...(known?.images ?? []), image])];
      if (known !== undefined) layers.set(diffId, { ...known, images });
      else layers.set(diffId, { diffId, createdBy, storedBytes, contentBytes: contentBytes(layer.changes), images });
    }
  }
  return layers;
}

function sumStored(some: readonly { readonly storedBytes: number }[]): number {
  return some.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
}

/** The branch of some images from one of their layers on: as far as they go together, then what comes of each. */
function branch(
  stacks: readonly ImageStack[],
  layers: ReadonlyMap<DiffID, ComparedLayer>,
  { indexes, from }: { readonly indexes: readonly number[]; readonly from: number },
): Branch {
  const at = (image: number, place: number): StackLayer | undefined => stacks[image]?.layers[place];
  const [first = 0] = indexes;
  let end = from;
  while (at(first, end) !== undefined && indexes.every((image) => at(image, end)?.diffId === at(first, end)?.diffId))
    end++;
  const next = new Map<DiffID, number[]>();
  const ends: number[] = [];
  for (const image of indexes) {
    const diffId = at(image, end)?.diffId;
    if (diffId === undefined) ends.push(image);
    else next.set(diffId, [...(next.get(diffId) ?? []), image]);
  }
  return {
    layers: (stacks[first]?.layers.slice(from, end) ?? []).flatMap(({ diffId }) => layers.get(diffId) ?? []),
    images: indexes,
    ends,
    branches: [...next.values()].map((images) => branch(stacks, layers, { indexes: images, from: end })),
  };
}

function pairsOf(stacks: readonly ImageStack[], names: ContentNames): ComparedPair[] {
  return stacks.flatMap((first, a) =>
    stacks.slice(a + 1).map((second, i): ComparedPair => {
      let commonLayers = 0;
      while (
        commonLayers < Math.min(first.layers.length, second.layers.length) &&
        first.layers[commonLayers]?.diffId === second.layers[commonLayers]?.diffId
      ) {
        commonLayers += 1;
      }
      const files = pairFiles(first.layers.at(-1)?.tree, second.layers.at(-1)?.tree, names);
      return { images: [a, a + 1 + i], commonLayers, ...files };
    }),
  );
}

/** A file that two images show from the same layer is one file; of all others contents are compared. */
function contentSharing(stacks: readonly ImageStack[], names: ContentNames): ContentSharing {
  const stored = new Set<string | FileNode>();
  const shownBy = new Map<FileNode, number>();
  let shownBytes = 0;
  let onceBytes = 0;
  const files = stacks.flatMap((stack, image) => {
    const top = stack.layers.at(-1)?.tree;
    const own = top === undefined ? [] : [...filesOf(top).keys()];
    return own.filter((file) => {
      shownBytes += file.size;
      const place = storedAs(file) ?? file;
      if (stored.has(place)) return false;
      stored.add(place);
      shownBy.set(file, image);
      onceBytes += file.size;
      return true;
    });
  });
  const groups = sameContentGroups(files, names);
  const savings = groups.reduce((sum, group) => sum + (group.length - 1) * (group[0]?.size ?? 0), 0);
  const across = groups.filter((group) => new Set(group.map((file) => shownBy.get(file))).size > 1);
  return {
    shownBytes,
    distinctBytes: onceBytes - savings,
    files: across.reduce((sum, group) => sum + group.length, 0),
    bytes: across.reduce((sum, group) => sum + (group.length - 1) * (group[0]?.size ?? 0), 0),
  };
}
