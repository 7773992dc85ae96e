/** An OCI layout with one gzip layer, written without any of Stratum's code. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { type CorpusFile, layerLikeBytes, tarOf } from '../corpus.js';

export interface BigLayer {
  readonly layout: string;
  readonly tag: string;
  /** The compressed layer's file. */
  readonly blob: string;
  readonly compressedBytes: number;
  readonly tarBytes: number;
  /** Hexadecimal sha256 of the tar. */
  readonly diffId: string;
  readonly files: number;
}

const FILE_BYTES = 40_000;

/** Files of about 40 kB that compress like a real layer's, `totalBytes` together. */
export function bigLayerFiles(totalBytes: number): CorpusFile[] {
  const bytes = layerLikeBytes(Math.min(totalBytes, 32_000_000), 11);
  return Array.from({ length: Math.ceil(totalBytes / FILE_BYTES) }, (_, at) => {
    // Starts that share no factor with the length keep files different.
    const start = (at * 40_961) % (bytes.length - FILE_BYTES);
    return { path: `/opt/data/${at % 100}/file-${at}`, content: bytes.subarray(start, start + FILE_BYTES) };
  });
}

export function writeBigLayout(scratch: string, totalBytes: number): BigLayer {
  const layout = path.join(scratch, 'layout');
  const blobs = path.join(layout, 'blobs/sha256');
  fs.mkdirSync(blobs, { recursive: true });
  const files = bigLayerFiles(totalBytes);
  const tar = tarOf(files);
  const compressed = zlib.gzipSync(tar, { level: 6 });
  const put = (bytes: Uint8Array): { digest: string; size: number } => {
    const name = sha256(bytes);
    fs.writeFileSync(path.join(blobs, name), bytes);
    return { digest: `sha256:${name}`, size: bytes.length };
  };
  const diffId = sha256(tar);
  const layer = put(compressed);
  const config = put(
    json({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    }),
  );
  const manifest = put(
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
    }),
  );
  const tag = 'big';
  fs.writeFileSync(path.join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  fs.writeFileSync(
    path.join(layout, 'index.json'),
    json({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          ...manifest,
          annotations: { 'org.opencontainers.image.ref.name': tag },
        },
      ],
    }),
  );
  return {
    layout,
    tag,
    blob: path.join(blobs, layer.digest.slice('sha256:'.length)),
    compressedBytes: compressed.length,
    tarBytes: tar.length,
    diffId,
    files: files.length,
  };
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
