/** Looking into images: what their layers come to, what they waste, and what they share. */

import { analyzeStack, type ImageAnalysis } from '../analysis/analyze.js';
import { compareStacks, type ImageComparison } from '../analysis/compare.js';
import { nameContents } from '../analysis/content-names.js';
import { type ImageStack, stackImage } from '../analysis/stack.js';
import type { ByteStream } from '../base/stream.js';
import { shortId } from '../digest/digest.js';
import type { ImageLayer } from '../image/image.js';
import { familiarReference, parseReference } from '../image/reference.js';
import type { EngineContext } from './context.js';
import { findImage } from './images.js';

/** Whether the contents of files are compared: true without it. Each layer is then read once, and nothing is unpacked. */
export interface ContentOptions {
  readonly content?: boolean;
}

/** An image as what its layers come to one after another. */
export async function imageStack(context: EngineContext, ref: string): Promise<ImageStack> {
  const { tagged, image } = await findImage(context, ref);
  const layers = await context.layersOf(image, { content: false });
  const { reference } = tagged;
  const name = reference === undefined ? shortId(image.id) : familiarReference(parseReference(reference));
  const tar = (stored: ImageLayer): ByteStream => context.layers.tar(stored);
  return stackImage(image, layers, { name, snapshots: context.snapshots, tar });
}

/** What an image's layers add, change, hide and waste. Contents are compared unless not wanted. */
export async function analyzeImage(
  context: EngineContext,
  ref: string,
  { content = true }: ContentOptions = {},
): Promise<ImageAnalysis> {
  const stack = await imageStack(context, ref);
  return analyzeStack(stack, { names: content ? await nameContents([stack]) : undefined });
}

/** What images share, and where they part. Contents are compared unless not wanted. */
export async function compareImages(
  context: EngineContext,
  refs: readonly string[],
  { content = true }: ContentOptions = {},
): Promise<ImageComparison> {
  const stacks: ImageStack[] = [];
  for (const ref of refs) stacks.push(await imageStack(context, ref));
  return compareStacks(stacks, { names: content ? await nameContents(stacks) : undefined });
}
