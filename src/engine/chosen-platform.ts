/** One image of many: which of an index is wanted. */

import { StratumError } from '../base/error.js';
import type { Descriptor } from '../blob/descriptor.js';
import { type GraphReader, readDocument } from '../image/copy.js';
import { bestFit, parseDescribed } from '../image/image.js';
import type { ImageIndex } from '../image/manifest.js';
import { isIndexType } from '../image/media-type.js';
import { formatPlatform, type Platform } from '../image/platform.js';

/** Chooses of each index the image that fits a platform best. */
export class ChosenPlatform {
  readonly #platform: Platform;
  #sawIndex = false;
  #found = false;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  readonly select = ({ manifests }: ImageIndex): readonly Descriptor[] => {
    this.#sawIndex = true;
    const fit = bestFit(
      manifests.filter(({ mediaType }) => !isIndexType(mediaType)),
      this.#platform,
    );
    if (fit !== undefined) this.#found = true;
    return fit === undefined ? manifests.filter(({ mediaType }) => isIndexType(mediaType)) : [fit];
  };

  /** The manifest itself, or the one of an index that fits, nested ones included; fails with PLATFORM_UNKNOWN. */
  async manifest(reader: GraphReader, descriptor: Descriptor): Promise<Descriptor> {
    const found = isIndexType(descriptor.mediaType) ? await this.#within(reader, descriptor) : descriptor;
    if (found !== undefined) return found;
    throw this.#unknown();
  }

  async #within(reader: GraphReader, index: Descriptor): Promise<Descriptor | undefined> {
    const document = parseDescribed(await readDocument(reader, index), index);
    if (document.kind !== 'index') return index;
    for (const next of this.select(document)) {
      const found = isIndexType(next.mediaType) ? await this.#within(reader, next) : next;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Fails with PLATFORM_UNKNOWN when there were images to choose from, and none fitted. */
  check(): void {
    if (this.#sawIndex && !this.#found) throw this.#unknown();
  }

  #unknown(): StratumError {
    const wanted = formatPlatform(this.#platform);
    return new StratumError('PLATFORM_UNKNOWN', `no matching manifest for ${wanted} in the manifest list entries`);
  }
}
