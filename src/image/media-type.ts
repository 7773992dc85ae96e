/** Media types of images, as OCI and as Docker name them (image-spec, media-types.md). */

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
export const OCI_LAYER_GZIP: string = `${OCI_LAYER}+gzip`;
export const OCI_LAYER_ZSTD: string = `${OCI_LAYER}+zstd`;
export const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

const NON_DISTRIBUTABLE = /\.nondistributable\.|\.foreign\./;

export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_INDEX;
}

export function isManifestType(mediaType: string): boolean {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST;
}

/** True for the config of something that runs; anything else makes an artifact, which is carried, not unpacked. */
export function isConfigType(mediaType: string): boolean {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG;
}

/** True for a layer that registries may not pass on, and that may therefore be missing. */
export function isNonDistributable(mediaType: string): boolean {
  return NON_DISTRIBUTABLE.test(mediaType);
}

/** The OCI media type of a layer under a codec. */
export function layerType(codec: 'none' | 'gzip' | 'zstd'): string {
  return codec === 'none' ? OCI_LAYER : `${OCI_LAYER}+${codec}`;
}
