/** An upstream over plain requests: for registries that let everybody read. */

import { byteStream, collectBytes } from '../../../base/stream.js';
import { DOCKER_INDEX, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../../image/media-type.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { mediaTypeOf } from '../pushed-manifest.js';
import { Refusal } from '../refusal.js';
import type { Upstream } from './upstream.js';

const ACCEPT = [OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST].join(', ');

/** `base` is where the registry is, `https://registry.example.org`; `ask` is the platform's `fetch`, or another. */
export function fetchUpstream(base: string, ask: (request: Request) => Promise<Response>): Upstream {
  const get = async (path: string, headers: Readonly<Record<string, string>>): Promise<Response | undefined> => {
    const answer = await ask(new Request(`${base}/v2/${path}`, { headers }));
    if (answer.ok) return answer;
    await answer.body?.cancel();
    if (answer.status === 404) return undefined;
    throw new Refusal('UNSUPPORTED', `it answers ${answer.status}`);
  };
  return {
    manifest: async (repository, reference) => {
      const answer = await get(`${repository}/manifests/${reference}`, { accept: ACCEPT });
      if (answer === undefined) return undefined;
      const bytes = await collectBytes(answer.body ?? [], DEFAULT_LIMITS.manifestBytes);
      return { bytes, mediaType: mediaTypeOf(answer.headers.get('content-type')) ?? OCI_MANIFEST };
    },
    blob: async (repository, digest) => {
      const answer = await get(`${repository}/blobs/${digest}`, {});
      return answer && byteStream(answer.body ?? []);
    },
  };
}
