/** An upstream that the client of registries speaks to: with its tokens, its second tries, and its way around a cut. */

import { isStratumError } from '../../../base/error.js';
import type { ByteStream } from '../../../base/stream.js';
import type { RegistryClient } from '../../client/client.js';
import type { Repository } from '../../client/repository.js';
import type { Upstream } from './upstream.js';

/** `registry` as references spell it: `docker.io`, `localhost:5000`. */
export function clientUpstream(client: RegistryClient, registry: string): Upstream {
  const at = (name: string): Repository => client.repository({ registry, repository: name });
  return {
    manifest: (name, reference) =>
      found(async () => {
        const { bytes, descriptor } = await at(name).manifest(reference);
        return { bytes, mediaType: descriptor.mediaType };
      }),
    blob: (name, digest) => found(() => begun(at(name).blob({ digest }))),
  };
}

/** A stream tells that there is nothing to read when it is first read. */
async function begun(stream: ByteStream): Promise<ByteStream> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  return (async function* (): ByteStream {
    if (first.done === true) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
}

const UNKNOWN = ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'BLOB_UNKNOWN'] as const;

async function found<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (UNKNOWN.some((code) => isStratumError(error, code))) return undefined;
    throw error;
  }
}
