/** A registry that nothing can be pushed to, or deleted from. */

import { Refusal, refusalResponse } from './refusal.js';
import type { RequestHandler } from './registry.js';

const READING = ['GET', 'HEAD'];

/** Answers everything under `/v2/` that would change something with a 405. */
export function readOnly(handler: RequestHandler): RequestHandler {
  return {
    fetch: async (request) => {
      const isApi = new URL(request.url).pathname.startsWith('/v2');
      if (!isApi || READING.includes(request.method)) return handler.fetch(request);
      const headers = { allow: READING.join(', ') };
      return refusalResponse(new Refusal('UNSUPPORTED', 'this registry is only read', { headers }));
    },
  };
}
