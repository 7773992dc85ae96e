/** New images from old: canonical JSON, so that equal input gives equal digests. */

import { canonicalJson, type JsonObject } from '../base/json.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { BlobWriter } from '../blob/store.js';
import type { Digest } from '../digest/digest.js';
import type { HistoryEntry } from './config.js';
import type { Image, ImageLayer } from './image.js';
import { OCI_CONFIG, OCI_MANIFEST } from './media-type.js';
import { DEFAULT_PLATFORM, type Platform } from './platform.js';

export interface AppendOptions {
  /** The layer to put on top; none for a change of the config alone. */
  readonly layer?: ImageLayer | undefined;
  readonly history: HistoryEntry;
  /** The `config` object; the base's without it. */
  readonly config?: JsonObject | undefined;
  /** RFC 3339. */
  readonly created: string;
  readonly author?: string | undefined;
  /** For an image on nothing. */
  readonly platform?: Platform | undefined;
}

/** Stores config and manifest of an image that is `base` and one step more; returns the manifest's descriptor. */
export async function appendStep(
  blobs: BlobWriter,
  base: Image | undefined,
  options: AppendOptions,
): Promise<Descriptor> {
  const layers = [...(base?.layers ?? []), ...(options.layer === undefined ? [] : [options.layer])];
  const config = canonicalJson(nextConfig(base, layers, options));
  const { digest, size } = await blobs.put(config);
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest, size },
    layers: layers.map((layer) => layerDescriptor(layer)),
  });
  return { mediaType: OCI_MANIFEST, ...(await blobs.put(manifest)) };
}

/** Stores a manifest for a config and layers that came without one (docker-archive). */
export async function storeManifest(
  blobs: BlobWriter,
  config: { readonly digest: ImageLayer['digest']; readonly size: number },
  layers: readonly Pick<ImageLayer, 'digest' | 'size' | 'mediaType'>[],
): Promise<Descriptor> {
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.size },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  return { mediaType: OCI_MANIFEST, ...(await blobs.put(manifest)) };
}

/** Stores the manifest of what is no image (image-spec, manifest.md, "Guidelines for Artifact Usage"). */
export async function storeArtifact(
  blobs: BlobWriter,
  artifact: {
    /** Of the artifact, and of its config. */
    readonly type: string;
    readonly config: { readonly digest: Digest; readonly size: number };
    readonly layers: readonly Pick<ImageLayer, 'digest' | 'size' | 'mediaType'>[];
  },
): Promise<Descriptor> {
  const { type, config, layers } = artifact;
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: type,
    config: { mediaType: type, digest: config.digest, size: config.size },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  return { mediaType: OCI_MANIFEST, artifactType: type, ...(await blobs.put(manifest)) };
}

function nextConfig(base: Image | undefined, layers: readonly ImageLayer[], options: AppendOptions): JsonObject {
  const platform = base?.config.platform ?? options.platform ?? DEFAULT_PLATFORM;
  const document = base?.config.document ?? { os: platform.os, architecture: platform.architecture };
  const history = [...(base?.config.history ?? []), options.history] as unknown as JsonObject[];
  return {
    ...document,
    ...(base === undefined && platform.variant !== undefined ? { variant: platform.variant } : {}),
    ...(options.author === undefined ? {} : { author: options.author }),
    created: options.created,
    config: options.config ?? base?.config.config ?? {},
    history,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  };
}

/** Layers of a Docker image keep Docker's media type only in a Docker manifest; ours is an OCI one. */
function layerDescriptor({ mediaType, digest, size }: ImageLayer): JsonObject {
  return { mediaType: ociLayerType(mediaType), digest, size };
}

function ociLayerType(mediaType: string): string {
  const docker = /^application\/vnd\.docker\.image\.rootfs\.diff\.tar(?:\.(gzip|zstd))?$/.exec(mediaType);
  if (docker === null) return mediaType;
  return `application/vnd.oci.image.layer.v1.tar${docker[1] === undefined ? '' : `+${docker[1]}`}`;
}
