/** What a build is planned from. */

import type { Dockerfile } from '../dockerfile/ast.js';
import type { Image } from '../image/image.js';
import type { Platform } from '../image/platform.js';
import type { BuildContext } from './context.js';

/** What `--build-context` puts in the place of a name. */
export type NamedContext =
  | { readonly kind: 'files'; readonly context: BuildContext }
  | { readonly kind: 'image'; readonly image: Image };

export interface PlanOptions {
  readonly dockerfile: Dockerfile;
  readonly context: BuildContext;
  readonly contexts?: Readonly<Record<string, NamedContext>>;
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** What is built for; the builder's own without it. */
  readonly platform: Platform;
  readonly buildPlatform: Platform;
  /** Stages to build anew: all of them, or by name. */
  readonly noCache?: boolean | readonly string[];
  /** Finds an image by its reference; fails with IMAGE_UNKNOWN. */
  readonly resolveImage: (reference: string, platform: Platform) => Promise<Image>;
}
