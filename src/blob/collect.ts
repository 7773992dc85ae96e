/** Mark and sweep: removes every blob that nothing in use leads to. */

import type { Digest } from '../digest/digest.js';
import type { BlobDeleter, BlobInfo, BlobLister } from './store.js';

/** Deletes the blobs that are not in use; returns what went. Doing it again deletes nothing more. */
export async function collectBlobs(blobs: BlobLister & BlobDeleter, inUse: ReadonlySet<Digest>): Promise<BlobInfo[]> {
  const gone: BlobInfo[] = [];
  for await (const blob of blobs.list()) {
    if (!inUse.has(blob.digest) && (await blobs.delete(blob.digest))) gone.push(blob);
  }
  return gone;
}
