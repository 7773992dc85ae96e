/** What checks ask of the learner's store. Asking changes nothing, and what is not there is undefined. */

import { utf8Text } from '../base/bytes.js';
import { type ErrorCode, isStratumError } from '../base/error.js';
import type { Container } from '../engine/container.js';
import type { ContainerSummary, ImageUsage, LayerUsage } from '../engine/records.js';
import type { Change } from '../layer/change.js';
import type { Layer } from '../layer/layer.js';
import { FileNode, type Tree } from '../tree/node.js';
import { nodeAt } from '../tree/root-path.js';
import type { LessonWorld } from './lesson.js';

/** An image: what it shows, and its layers, bottom first. */
export interface SeenImage {
  readonly tree: Tree;
  readonly layers: readonly Layer[];
}

export function imageOf({ engine }: LessonWorld, ref: string): Promise<SeenImage | undefined> {
  return unless('IMAGE_UNKNOWN', () => engine.tree(ref));
}

/** The files of a container, volumes left out. */
export function containerOf({ engine }: LessonWorld, name: string): Promise<Container | undefined> {
  return unless('CONTAINER_UNKNOWN', () => engine.container(name));
}

/** A container that ran to its end, as `ps -a` shows it; undefined also for one that has not run. */
export async function endedContainer({ engine }: LessonWorld, name: string): Promise<ContainerSummary | undefined> {
  return (await engine.ps()).find((each) => each.name === name && each.state.status === 'exited');
}

/** The text of a file in a volume. */
export async function volumeText({ engine }: LessonWorld, name: string, path: string): Promise<string | undefined> {
  const volume = await unless('VOLUME_UNKNOWN', () => engine.volumes.get(name));
  // One that nobody wrote to has no content yet, and would get it by being looked into.
  if (volume === undefined || volume.size === 0) return undefined;
  return engine.volumes.use(name, ({ fs }) => textIn(fs, path));
}

/** The text of a regular file of a container or volume; what a learner may have put in its place is no file. */
export function textIn(fs: Container['fs'], path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Attributes of a file of a container or volume. */
export function statIn(
  fs: Container['fs'],
  path: string,
): { readonly size: number; readonly mode: number } | undefined {
  try {
    return fs.statSync(path);
  } catch {
    return undefined;
  }
}

export function fileAt({ tree }: SeenImage, path: string): FileNode | undefined {
  const node = nodeAt(tree.root, path);
  return node instanceof FileNode ? node : undefined;
}

export function textAt(image: SeenImage, path: string): string | undefined {
  const file = fileAt(image, path);
  return file && utf8Text(file.bytes.read(file.offset, file.size));
}

/** What a layer says of a path. */
export function changeAt(layer: Layer | undefined, path: string): Change | undefined {
  return layer?.changes.find((change) => change.path === path);
}

/** True when the layers of `base` are the lowest of `image`. */
export function standsOn(image: SeenImage, base: SeenImage): boolean {
  return base.layers.every(({ diffId }, at) => image.layers[at]?.diffId === diffId);
}

/** The layers that an image has above its base. */
export function layersAbove(image: SeenImage, base: SeenImage): readonly Layer[] {
  return standsOn(image, base) ? image.layers.slice(base.layers.length) : image.layers;
}

/** Bytes that a container wrote, as the tar of its layer; 0 when it changed nothing. */
export async function writtenBytes({ union }: Container): Promise<number> {
  return union.changes().length === 0 ? 0 : (await union.toLayer()).size;
}

/** The figures of an image by its short name. */
export async function usageOf({ engine }: LessonWorld, ref: string): Promise<ImageUsage | undefined> {
  return (await engine.df()).images.find(({ references }) => references.includes(ref));
}

/** Stored bytes of an image, 0 for one that is not there. */
export async function imageBytes(world: LessonWorld, ref: string): Promise<number> {
  return (await usageOf(world, ref))?.size ?? 0;
}

export async function storedLayers({ engine }: LessonWorld): Promise<readonly LayerUsage[]> {
  return (await engine.df()).layers;
}

async function unless<T>(code: ErrorCode, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isStratumError(error, code)) return undefined;
    throw error;
  }
}
