/** Where a blob can be mounted from. */

import type { Digest } from '../../digest/digest.js';
import { isRepository } from '../../image/reference.js';
import type { Call } from './call.js';
import { Repository, repositoryNames } from './repository.js';

/** Repositories that are looked at when the request names none. */
const SEARCHED_REPOSITORIES = 1000;

/** A repository that has the blob and that the caller may read: the one that is named, or any where none is. */
export async function mountSource(
  call: Call,
  digest: Digest,
  from: string | undefined,
): Promise<Repository | undefined> {
  if (from !== undefined) return isRepository(from) ? readable(call, digest, from) : undefined;
  let searched = 0;
  for await (const name of repositoryNames(call.parts.records)) {
    if (++searched > SEARCHED_REPOSITORIES) return undefined;
    const found = await readable(call, digest, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function readable(call: Call, digest: Digest, name: string): Promise<Repository | undefined> {
  const repository = new Repository(name, call.parts.records);
  return (await repository.hasBlob(digest)) && (await call.may('pull', name)) ? repository : undefined;
}
