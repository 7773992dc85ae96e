/** `GET /v2/<name>/tags/list` (distribution-spec, "Listing Tags"). */

import { jsonAnswer } from '../answer.js';
import type { Call } from '../call.js';
import { pageOf } from '../page.js';
import { Refusal } from '../refusal.js';

export async function listTags(call: Call): Promise<Response> {
  const { repository } = call;
  const tags = await repository.tags();
  if (tags.length === 0 && !(await repository.exists())) throw new Refusal('NAME_UNKNOWN', 'no such repository');
  const { names, headers } = pageOf(tags, call);
  return jsonAnswer({ name: repository.name, tags: names }, headers);
}
