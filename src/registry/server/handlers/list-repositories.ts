/** `GET /v2/_catalog`: Docker's list of all repositories. Those that the caller may not read are not in it. */

import { jsonAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { pageOf } from '../page.js';
import { repositoryNames } from '../repository.js';

export async function listRepositories(call: Call): Promise<Response> {
  const readable: string[] = [];
  for await (const name of repositoryNames(call.parts.records)) if (await call.may('pull', name)) readable.push(name);
  const { names, headers } = pageOf(readable.sort(), call);
  return jsonAnswer({ repositories: names }, headers);
}
