/** Layers that registries may not pass on, and that lie where their descriptor says (image-spec, descriptor.md, "urls"). */

import { StratumError } from '../../base/error.js';
import type { RepositoryAccess } from './access.js';
import { answerError, readErrorBody } from './answer-error.js';
import type { RegistryAnswer, RegistryCall } from './call.js';

/** What a registry lacks, from where else it may be: whoever writes a manifest chooses these, so only when told to. */
export async function foreignAnswer(
  { connection }: RepositoryAccess,
  { urls = [] }: { readonly urls?: readonly string[] },
  call: RegistryCall,
  missing: RegistryAnswer,
): Promise<RegistryAnswer> {
  let error = answerError(missing, await readErrorBody(missing), call.about);
  if (urls.length === 0) throw error;
  if (!connection.settings.followForeignUrls) {
    throw new StratumError(error.code, `${error.what}; it has urls elsewhere, which are not followed`, {
      ...(error.digest === undefined ? {} : { digest: error.digest }),
    });
  }
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) continue;
    try {
      return await connection.send({ ...call, target: url, expect: [200, 206] });
    } catch (cause) {
      if (!(cause instanceof StratumError)) throw cause;
      error = cause;
    }
  }
  throw error;
}
