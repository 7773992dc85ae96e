/** Manifests and indexes as documents: parsed once, strictly; their bytes are kept as they came. */

import { type ErrorPlace, StratumError } from '../base/error.js';
import { type JsonObject, type JsonValue, parseJsonObject } from '../base/json.js';
import { type Descriptor, parseDescriptor } from '../blob/descriptor.js';

/** A manifest or index larger than this is refused (distribution-spec: at least 4 MiB must work). */
export const MANIFEST_LIMIT_BYTES: number = 4 * 1024 * 1024;

export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string | undefined;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly artifactType: string | undefined;
  readonly subject: Descriptor | undefined;
  readonly annotations: JsonObject | undefined;
}

export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string | undefined;
  readonly manifests: readonly Descriptor[];
  readonly artifactType: string | undefined;
  readonly subject: Descriptor | undefined;
  readonly annotations: JsonObject | undefined;
}

/**
 * Parses a manifest or an index by what it holds (image-spec, manifest.md and image-index.md). Fails with
 * MANIFEST_INVALID; a document that is both at once (CVE-2021-41190) is neither.
 */
export function parseManifest(bytes: Uint8Array, place: ErrorPlace = {}): Manifest | ImageIndex {
  if (bytes.length > MANIFEST_LIMIT_BYTES) {
    throw new StratumError(
      'LIMIT_EXCEEDED',
      `manifest of ${bytes.length} bytes, more than ${MANIFEST_LIMIT_BYTES}`,
      place,
    );
  }
  const document = parseJsonObject(bytes, place);
  const { schemaVersion, manifests, layers, config } = document;
  const isManifest = layers !== undefined || config !== undefined;
  if (schemaVersion !== 2) throw invalid(`schemaVersion ${JSON.stringify(schemaVersion)}, not 2`, place);
  if (isManifest && manifests !== undefined) throw invalid('document is a manifest and an index at once', place);
  if (!isManifest && manifests === undefined) throw invalid('document is neither a manifest nor an index', place);
  const mediaType = optionalText(document['mediaType'], 'mediaType', place);
  checkMediaType(mediaType, isManifest, place);
  const common = {
    mediaType,
    artifactType: optionalText(document['artifactType'], 'artifactType', place),
    subject: document['subject'] === undefined ? undefined : parseDescriptor(document['subject'], place),
    annotations: document['annotations'] as JsonObject | undefined,
  };
  if (!isManifest) return { kind: 'index', manifests: descriptors(manifests, 'manifests', place), ...common };
  return {
    kind: 'manifest',
    config: parseDescriptor(config, place),
    layers: descriptors(layers ?? [], 'layers', place),
    ...common,
  };
}

function checkMediaType(mediaType: string | undefined, isManifest: boolean, place: ErrorPlace): void {
  if (mediaType === undefined) return;
  const saysIndex = /index|manifest\.list/.test(mediaType);
  if (saysIndex === isManifest) throw invalid(`content is not what its mediaType ${mediaType} says`, place);
}

function descriptors(value: JsonValue | undefined, field: string, place: ErrorPlace): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`${field} is not a list`, place);
  return (value as readonly JsonValue[]).map((descriptor) => parseDescriptor(descriptor, place));
}

function optionalText(value: JsonValue | undefined, field: string, place: ErrorPlace): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${field} is not text`, place);
}

function invalid(what: string, place: ErrorPlace): StratumError {
  return new StratumError('MANIFEST_INVALID', what, place);
}
