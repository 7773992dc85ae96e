/** The end of an upload: the blob is stored, and shown in its repository. */

import type { Digest } from '../../digest/digest.js';
import { createdAnswer } from './answer.js';
import type { Call } from './call.js';
import type { Chunk, Upload } from './uploads/uploads.js';

export async function storeBlob(call: Call, upload: Upload, digest: Digest, last: Chunk): Promise<Response> {
  await keepBlob(call, upload, digest, last);
  return createdAnswer(`/v2/${call.repository.name}/blobs/${digest}`, digest);
}

/** As one step for whoever clears away: bytes that nothing shows would be waste. */
export async function keepBlob(
  { parts, repository }: Pick<Call, 'parts' | 'repository'>,
  upload: Upload,
  digest: Digest,
  last: Chunk,
): Promise<void> {
  await upload.finish(digest, last, (commit) =>
    parts.gate.shared(async () => {
      const info = await commit();
      await repository.linkBlob(digest, parts.now());
      return info;
    }),
  );
}
