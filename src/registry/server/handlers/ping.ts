/** `GET /v2/`: here is a registry (distribution-spec, "Determining Support"). */

import { jsonAnswer } from '../answer.js';

export async function ping(): Promise<Response> {
  return jsonAnswer({});
}
