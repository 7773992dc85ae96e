/** Images of registries as they are there: nothing comes into the store. */

import type { JsonObject } from '../base/json.js';
import type { Descriptor } from '../blob/descriptor.js';
import { readImage, readSmallBlob } from '../image/image.js';
import { MANIFEST_LIMIT_BYTES } from '../image/manifest.js';
import { type Platform, parsePlatform } from '../image/platform.js';
import { nameInRepository, parseReference } from '../image/reference.js';
import type { CallOptions } from '../registry/client/call.js';
import { RegistryBlobs } from '../registry/client/registry-blobs.js';
import type { EngineContext } from './context.js';
import { findImage, imageRecord } from './images.js';
import { isRemote, registryText } from './registry-text.js';

export interface RemoteOptions extends CallOptions {
  /** Which image of an index, `os/architecture[/variant]`; the store's platform without it. */
  readonly platform?: string;
}

/** A manifest or index with the bytes that its digest is of. */
export interface RawManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** Docker's view of an image in a registry. Manifest and config are fetched, layers are not. */
export async function inspectRemote(context: EngineContext, text: string, options: RemoteOptions): Promise<JsonObject> {
  const reference = parseReference(registryText(text));
  const { platform, ...calls } = options;
  const repository = context.registries.repository(reference);
  const { descriptor, bytes } = await repository.manifest(nameInRepository(reference), calls);
  const blobs = new RegistryBlobs(repository);
  blobs.know({ ...descriptor, size: bytes.length });
  const wanted: Platform = platform === undefined ? context.platform : parsePlatform(platform);
  const image = await readImage(blobs, descriptor, { platform: wanted });
  return imageRecord(image, [{ reference, digest: descriptor.digest }]);
}

/** The manifest or index that a name stands for: in the store, or behind `docker://` in its registry. */
export async function rawManifest(context: EngineContext, text: string, calls: CallOptions): Promise<RawManifest> {
  if (!isRemote(text)) {
    const { descriptor } = (await findImage(context, text)).tagged;
    return { descriptor, bytes: await readSmallBlob(context.blobs, descriptor, MANIFEST_LIMIT_BYTES) };
  }
  const reference = parseReference(registryText(text));
  return context.registries.repository(reference).manifest(nameInRepository(reference), calls);
}
