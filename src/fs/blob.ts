/** openAsBlob: a file as a Blob, with the content that it has at that moment. */

import type { Kernel } from '../union/kernel.js';
import { checkObject, type PathLike, pathOf } from './arguments.js';
import { FsArgumentError, invalidType } from './errors.js';

export interface BlobOptions {
  /** The Blob's `type`. */
  readonly type?: string;
}

export type OpenAsBlobCall = (path: PathLike, options?: BlobOptions) => Promise<Blob>;

/**
 * The content is taken at once. What reads a Blob (`Response`, `FormData`, another Blob) looks at the platform's own
 * bytes and would find nothing in one that reads later; so unlike Node's it can be read after the file has changed.
 */
export function openAsBlob(kernel: Kernel, path: PathLike, options: BlobOptions = {}): Promise<Blob> {
  if (options === null || typeof options !== 'object') checkObject(options, 'options');
  const { type = '' } = options;
  if (typeof type !== 'string') throw invalidType('options.type', 'of type string', type);
  return Promise.resolve(new Blob([contentOf(kernel, pathOf(path))], { type }));
}

/** Bytes that nobody writes to: the Blob copies them. */
function contentOf(kernel: Kernel, path: string): Uint8Array<ArrayBuffer> {
  try {
    return kernel.readFile(path) as Uint8Array<ArrayBuffer>; // no content lies in shared memory
  } catch (error) {
    const refusal = new FsArgumentError('ERR_INVALID_ARG_VALUE', 'Unable to open file as blob');
    throw Object.assign(refusal, { cause: error });
  }
}
