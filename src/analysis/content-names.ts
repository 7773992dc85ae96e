/** Names the contents of files that might be the same: those of one size, each read once, as a part of its layer. */

import type { ByteStream } from '../base/stream.js';
import { finishDigest, type Hasher, hashing } from '../digest/hasher.js';
import type { FileNode } from '../tree/node.js';
import type { ImageStack, StackLayer } from './stack.js';

/** Digests of contents by where they are stored; what is not named is unlike any other. */
export type ContentNames = ReadonlyMap<string, string>;

/** So many layers are read at a time, where the platform can unpack beside itself. */
const LAYERS_AT_A_TIME = 2;

/**
 * Says where a file is stored: layer and place, the same for all who have the layer. A sparse file, whose content is put
 * together from pieces, is stored nowhere by itself.
 */
export function storedAs({ origin, offset }: FileNode): string | undefined {
  return offset === 0 ? undefined : placeIn(origin.id, offset);
}

/** True for files with one content: from one place, empty, or of one name. */
export function isSameContent(a: FileNode, b: FileNode, names: ContentNames): boolean {
  if (a === b || (a.size === 0 && b.size === 0)) return true;
  const [placeA, placeB] = [storedAs(a), storedAs(b)];
  if (placeA === undefined || placeB === undefined || a.size !== b.size) return false;
  const name = names.get(placeA);
  return placeA === placeB || (name !== undefined && name === names.get(placeB));
}

/** Groups of at least two files with the same content, in the order of their first files. Empty files are no content. */
export function sameContentGroups(files: Iterable<FileNode>, names: ContentNames): FileNode[][] {
  const groups = new Map<string, FileNode[]>();
  for (const file of files) {
    const place = storedAs(file);
    const name = place === undefined || file.size === 0 ? undefined : names.get(place);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [file]);
    else group.push(file);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Reads the layers of some images, as far as they hold files whose size another file has too. */
export async function nameContents(stacks: readonly ImageStack[]): Promise<ContentNames> {
  const names = new Map<string, string>();
  const wanted = candidates(stacks);
  const next = async (): Promise<void> => {
    for (let item = wanted.pop(); item !== undefined; item = wanted.pop()) {
      const { layer, slices } = item;
      const digests = await hashSlices(layer.tar(), slices);
      for (const [offset, digest] of digests) names.set(placeIn(layer.diffId, offset), digest);
    }
  };
  await Promise.all(Array.from({ length: LAYERS_AT_A_TIME }, next));
  return names;
}

interface Slice {
  readonly offset: number;
  readonly size: number;
}

function placeIn(layer: string, offset: number): string {
  return `${layer} ${offset}`;
}

/** The files of each layer that have the size of another file, in the order of the tar. */
function candidates(stacks: readonly ImageStack[]): { layer: StackLayer; slices: Slice[] }[] {
  const layers = new Map<string, StackLayer>();
  for (const stack of stacks) for (const layer of stack.layers) layers.set(layer.diffId, layer);
  const times = new Map<number, number>();
  const slices = [...layers.values()].map((layer) => ({ layer, slices: slicesOf(layer) }));
  for (const { slices: own } of slices) for (const { size } of own) times.set(size, (times.get(size) ?? 0) + 1);
  return slices
    .map(({ layer, slices: own }) => ({ layer, slices: own.filter(({ size }) => (times.get(size) ?? 0) > 1) }))
    .filter(({ slices: own }) => own.length > 0);
}

function slicesOf({ layer }: StackLayer): Slice[] {
  const slices: Slice[] = [];
  for (const change of layer.changes) {
    if (change.kind === 'file' && change.size > 0 && change.offset > 0) slices.push(change);
  }
  return slices.sort((a, b) => a.offset - b.offset);
}

/** Hashes parts of a stream, given in their order, while it passes; ends with the last of them. */
export async function hashSlices(stream: ByteStream, slices: readonly Slice[]): Promise<Map<number, string>> {
  const digests = new Map<number, string>();
  let at = 0;
  let index = 0;
  let hasher: Hasher | undefined;
  if (slices.length === 0) return digests;
  for await (const chunk of stream) {
    const end = at + chunk.length;
    for (let slice = slices[index]; slice !== undefined && slice.offset < end; slice = slices[index]) {
      hasher ??= hashing.get()('sha256');
      const last = slice.offset + slice.size;
      hasher.update(chunk.subarray(Math.max(0, slice.offset - at), Math.min(chunk.length, last - at)));
      if (last > end) break;
      digests.set(slice.offset, finishDigest('sha256', hasher));
      hasher = undefined;
      index += 1;
    }
    if (index === slices.length) break;
    at = end;
  }
  return digests;
}
