/** An image that a verb needs: from the store, or first from its registry. */

import { isStratumError } from '../base/error.js';
import type { Image } from '../image/image.js';
import { familiarReference, parseReference } from '../image/reference.js';
import type { TaggedImage } from '../image/tags.js';
import type { EngineContext } from './context.js';
import { findImage } from './images.js';
import { type PullOptions, pull } from './pull.js';

/** Whether an image is fetched: when the store lacks it, each time, or not at all. */
export type PullPolicy = 'missing' | 'always' | 'never';

export interface EnsureOptions extends PullOptions {
  readonly policy: PullPolicy;
  /** Told before an image is fetched. */
  readonly onPull?: (reference: string) => void;
}

/** Finds an image, by the policy after a pull; fails with IMAGE_UNKNOWN, or as a pull does. */
export async function ensureImage(
  context: EngineContext,
  text: string,
  options: EnsureOptions,
): Promise<{ tagged: TaggedImage; image: Image }> {
  const { policy, onPull, ...pulling } = options;
  if (policy !== 'always') {
    try {
      return await findImage(context, text);
    } catch (error) {
      if (policy === 'never' || !isStratumError(error, 'IMAGE_UNKNOWN')) throw error;
    }
  }
  onPull?.(familiarReference(parseReference(text)));
  await pull(context, text, pulling);
  return findImage(context, text);
}
