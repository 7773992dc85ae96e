/**
 * `POST /v2/<name>/blobs/uploads/`: begins an upload, mounts a blob, or takes a whole one at once (distribution-spec,
 * "Pushing blobs", "Mounting a blob from another repository").
 */

import { algorithmOf, type Digest, type DigestAlgorithm, parseDigest } from '../../../digest/digest.js';
import { createdAnswer, emptyAnswer } from '../answer.js';
import { declaredLength, requestBody } from '../body.js';
import type { Call } from '../call.js';
import { mountSource } from '../mount.js';
import { Refusal } from '../refusal.js';
import { storeBlob } from '../store-blob.js';

export async function startUpload(call: Call): Promise<Response> {
  const { request, url, parts, repository } = call;
  const { searchParams } = url;
  const mount = searchParams.get('mount');
  if (mount !== null && (await mountBlob(call, parseDigest(mount)))) {
    return createdAnswer(`/v2/${repository.name}/blobs/${mount}`, parseDigest(mount));
  }
  const whole = searchParams.get('digest');
  if (whole === null) {
    const upload = await parts.uploads.start({ repository: repository.name, algorithm: algorithmIn(searchParams) });
    return emptyAnswer(202, upload.headers);
  }
  const digest = parseDigest(whole);
  const upload = await parts.uploads.start({ repository: repository.name, algorithm: algorithmOf(digest) });
  try {
    const source = requestBody(request, parts.limits.bodyIdleMs);
    return await storeBlob(call, upload, digest, { source, span: undefined, length: declaredLength(request) });
  } catch (error) {
    // Nobody was told of this upload, so nobody can go on with it.
    await upload.cancel();
    throw error;
  }
}

/** Where nothing can be mounted the blob is to be pushed: a client cannot tell why, nor what others have. */
async function mountBlob(call: Call, digest: Digest): Promise<boolean> {
  const { parts, repository, url } = call;
  const source = await mountSource(call, digest, url.searchParams.get('from') ?? undefined);
  if (source === undefined) return false;
  return parts.gate.shared(async () => {
    if (!(await source.hasBlob(digest)) || (await parts.blobs.stat(digest)) === undefined) return false;
    await repository.linkBlob(digest, parts.now());
    return true;
  });
}

function algorithmIn(searchParams: URLSearchParams): DigestAlgorithm {
  const algorithm = searchParams.get('digest-algorithm') ?? 'sha256';
  if (algorithm === 'sha256' || algorithm === 'sha512') return algorithm;
  throw new Refusal(
    'DIGEST_INVALID',
    `the digest algorithm ${JSON.stringify(algorithm.slice(0, 40))} is not supported`,
  );
}
