/** Looking into images: what their layers come to, what they waste, and what they share. */

import { type AnalyzeOptions, analyzeStack, type ImageAnalysis } from '../analysis/analyze.js';
import { type CompareOptions, compareStacks, type ImageComparison } from '../analysis/compare.js';
import { type ImageStack, stackImage } from '../analysis/stack.js';
import { shortId } from '../digest/digest.js';
import { familiarReference, parseReference } from '../image/reference.js';
import type { EngineContext } from './context.js';
import { findImage } from './images.js';

export interface StackOptions {
  /** Whether the contents of files will be read; true without it. Without contents a layer need not be unpacked. */
  readonly content?: boolean;
}

/** An image as what its layers come to one after another. */
export async function imageStack(context: EngineContext, ref: string, options: StackOptions = {}): Promise<ImageStack> {
  const { tagged, image } = await findImage(context, ref);
  const layers = await context.layersOf(image, { content: options.content ?? true });
  const { reference } = tagged;
  const name = reference === undefined ? shortId(image.id) : familiarReference(parseReference(reference));
  return stackImage(image, layers, { name, snapshots: context.snapshots });
}

/** What an image's layers add, change, hide and waste. Contents are read to find duplicates, unless not wanted. */
export async function analyzeImage(
  context: EngineContext,
  ref: string,
  { duplicates = true }: AnalyzeOptions = {},
): Promise<ImageAnalysis> {
  return analyzeStack(await imageStack(context, ref, { content: duplicates }), { duplicates });
}

/** What images share, and where they part. Contents are compared unless not wanted. */
export async function compareImages(
  context: EngineContext,
  refs: readonly string[],
  { content = true }: CompareOptions = {},
): Promise<ImageComparison> {
  const stacks: ImageStack[] = [];
  for (const ref of refs) stacks.push(await imageStack(context, ref, { content }));
  return compareStacks(stacks, { content });
}
