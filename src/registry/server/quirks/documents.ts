/** Documents that no reader may take: far too large, or two things at once. */

import { utf8 } from '../../../base/bytes.js';
import { canonicalJson } from '../../../base/json.js';
import type { ByteStream } from '../../../base/stream.js';
import { readableStream } from '../../../base/stream.js';
import { digestOf } from '../../../digest/hasher.js';
import { OCI_MANIFEST } from '../../../image/media-type.js';
import { LISTS, MANIFESTS, type Quirk, striking } from './quirk.js';

const PIECE_BYTES = 1024 * 1024;
const DOCUMENTS = new RegExp(`${MANIFESTS.source}|${LISTS.source}|^/token$`);

/** JSON that is well formed, and of a size that no memory should be asked for. */
export const hugeJson: Quirk = striking(['GET'], DOCUMENTS, ({ sizeBytes }) => async () => {
  const headers = { 'content-type': OCI_MANIFEST };
  return new Response(readableStream(hugeDocument(sizeBytes)), { headers });
});

/** A manifest that is an index as well, so that two readers see two things in it (CVE-2021-41190). */
export const manifestAndIndex: Quirk = striking(['GET', 'HEAD'], MANIFESTS, () => async ({ method }) => {
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(utf8('{}')), size: 2 };
  const bytes = canonicalJson({ schemaVersion: 2, config, layers: [], manifests: [] });
  const headers = {
    'content-type': OCI_MANIFEST,
    'content-length': String(bytes.length),
    'docker-content-digest': digestOf(bytes),
  };
  return new Response(method === 'HEAD' ? null : (bytes as Uint8Array<ArrayBuffer>), { headers });
});

async function* hugeDocument(sizeBytes: number): ByteStream {
  yield utf8('{"schemaVersion":2,"padding":"');
  const piece = new Uint8Array(PIECE_BYTES).fill(0x78);
  for (let left = sizeBytes; left > 0; left -= PIECE_BYTES) yield piece.slice(0, left);
  yield utf8('"}');
}
