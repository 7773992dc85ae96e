/** Tells how far each layer of a pull or a push is. Manifests and configs are too small to be told of. */

import type { ByteStream } from '../base/stream.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { Digest } from '../digest/digest.js';
import { type CopyOptions, type GraphReader, isDocument } from '../image/copy.js';
import { isConfigType } from '../image/media-type.js';
import type { ProgressOptions, ProgressStatus } from './records.js';

export class WatchedTransfer {
  readonly #options: ProgressOptions;
  readonly #mounted: Map<Digest, string> = new Map();

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  readonly onPlan: NonNullable<CopyOptions['onPlan']> = (blobs) => {
    for (const blob of blobs) this.#tell(blob, 'waiting', 0);
  };

  readonly onBlob: NonNullable<CopyOptions['onBlob']> = (blob, status) => {
    if (status === 'copy') return;
    const from = this.#mounted.get(blob.digest);
    this.#tell(blob, from === undefined ? status : 'mounted', blob.size, from);
  };

  readonly onSent = (blob: Descriptor, sentBytes: number): void => this.#tell(blob, 'uploading', sentBytes);

  readonly onMounted = (blob: Descriptor, from: string): void => void this.#mounted.set(blob.digest, from);

  /** The same graph, told of while it is read. */
  downloads(reader: GraphReader): GraphReader {
    const tell = (blob: Descriptor, bytes: number): void => this.#tell(blob, 'downloading', bytes);
    return {
      has: (descriptor) => reader.has(descriptor),
      async *get(descriptor, offset = 0): ByteStream {
        let currentBytes = offset;
        for await (const chunk of reader.get(descriptor, offset)) {
          yield chunk;
          currentBytes += chunk.length;
          tell(descriptor, currentBytes);
        }
      },
    };
  }

  #tell(blob: Descriptor, status: ProgressStatus, currentBytes: number, from?: string): void {
    if (isDocument(blob) || isConfigType(blob.mediaType)) return;
    const { digest: id, size: totalBytes } = blob;
    const place = from === undefined ? {} : { from };
    this.#options.onProgress?.({ kind: 'layer', id, status, currentBytes, totalBytes, ...place });
  }
}
