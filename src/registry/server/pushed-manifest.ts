/** A manifest as it is pushed: checked as far as a registry must, its bytes kept as they came. */

import { StratumError } from '../../base/error.js';
import type { Descriptor } from '../../blob/descriptor.js';
import type { Digest } from '../../digest/digest.js';
import { type ImageIndex, type Manifest, parseManifest } from '../../image/manifest.js';
import { isNonDistributable, OCI_INDEX, OCI_MANIFEST } from '../../image/media-type.js';
import type { ManifestRecord } from './repository.js';

export interface PushedManifest {
  /** What a repository keeps of it. */
  readonly record: ManifestRecord;
  /** Blobs and manifests that must be in the repository before it; its subject need not be. */
  readonly required: { readonly blobs: readonly Digest[]; readonly manifests: readonly Digest[] };
}

/**
 * Reads a manifest. Fails with MANIFEST_INVALID when the document says another media type than the
 * request does, or is none (distribution-spec, "Pushing Manifests").
 */
export function readPushedManifest(
  bytes: Uint8Array,
  contentType: string | undefined,
  pushedMs: number,
): PushedManifest {
  const document = parseManifest(bytes);
  const mediaType = document.mediaType ?? contentType ?? (document.kind === 'index' ? OCI_INDEX : OCI_MANIFEST);
  if (contentType !== undefined && contentType !== mediaType) {
    throw new StratumError('MANIFEST_INVALID', `a ${mediaType} was sent as ${contentType}`);
  }
  const content = document.kind === 'index' ? [] : [document.config, ...document.layers];
  const manifests = document.kind === 'index' ? document.manifests.map(digestIn) : [];
  const record = {
    mediaType,
    size: bytes.length,
    pushedMs,
    blobs: content.map(digestIn),
    manifests,
    ...referral(document),
  };
  return { record, required: { blobs: content.filter(isHeld).map(digestIn), manifests } };
}

/** What a list of referrers tells of it. */
function referral(document: Manifest | ImageIndex): Pick<ManifestRecord, 'subject' | 'artifactType' | 'annotations'> {
  const { subject, annotations } = document;
  if (subject === undefined) return {};
  const artifactType = artifactTypeOf(document);
  return {
    subject: subject.digest,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}

/** The media type of a `Content-Type`, without parameters. */
export function mediaTypeOf(header: string | null): string | undefined {
  const type = header?.split(';', 1)[0]?.trim();
  return type === '' ? undefined : type;
}

/** Layers that may not be passed on lie elsewhere. */
function isHeld({ mediaType }: Descriptor): boolean {
  return !isNonDistributable(mediaType);
}

function digestIn({ digest }: Descriptor): Digest {
  return digest;
}

/** The manifest's own, else its config's; an index has only its own (distribution-spec, "Listing Referrers"). */
function artifactTypeOf(document: Manifest | ImageIndex): string | undefined {
  const config = document.kind === 'manifest' ? document.config.mediaType : undefined;
  return document.artifactType || config;
}
