/** OCI layouts, written without any of Stratum's readers or writers of images. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { type CorpusFile, fileCorpus, inRuns, layerLikeBytes, tarOf } from '../corpus.js';

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

/** A layout with one image of one big gzip layer. */
export function writeBigLayout(scratch: string, totalBytes: number): BigLayer {
  const layout = path.join(scratch, 'layout');
  const writer = new LayoutWriter(layout);
  const files = bigLayerFiles(totalBytes);
  const tar = tarOf(files);
  const layer = writer.layer(tar);
  const tag = 'big';
  writer.image(tag, [layer]);
  writer.finish();
  return {
    layout,
    tag,
    blob: path.join(layout, 'blobs/sha256', layer.digest.slice('sha256:'.length)),
    compressedBytes: layer.size,
    tarBytes: tar.length,
    diffId: layer.diffId,
    files: files.length,
  };
}

/** A layout of many images that share their first layers; each has 20 lines of history. */
export function writeManyImages(layout: string, images: number): void {
  const writer = new LayoutWriter(layout);
  const content = layerLikeBytes(1000, 3);
  const base = ['a', 'b', 'c'].map((name) => writer.layer(tarOf([{ path: `/base/${name}`, content }])));
  for (let i = 0; i < images; i++) {
    const own = writer.layer(tarOf([{ path: `/app/${i}`, content }]));
    writer.image(`v${i}`, [...base, own]);
  }
  writer.finish();
}

/** An image of some files in five layers, with a shell by name; answers how it is called. */
export function writeBaseLayout(layout: string, files: number): string {
  const writer = new LayoutWriter(layout);
  const shell = { path: '/bin/bash', content: new Uint8Array(), mode: 0o755 };
  const layers = inRuns([shell, ...fileCorpus(files, { contentBytes: 4000 })], 5);
  writer.image(
    'base',
    layers.map((each) => writer.layer(tarOf(each))),
  );
  writer.finish();
  return 'localhost/bench:base';
}

export interface WrittenLayer {
  readonly digest: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly diffId: string;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const HISTORY_LINES = 20;

export class LayoutWriter {
  readonly #layout: string;
  readonly #manifests: object[] = [];

  constructor(layout: string) {
    this.#layout = layout;
    fs.mkdirSync(path.join(layout, 'blobs/sha256'), { recursive: true });
  }

  layer(tar: Uint8Array): WrittenLayer {
    return { ...this.#put(zlib.gzipSync(tar, { level: 6 })), diffId: sha256(tar) };
  }

  /** Moves a file of a tar that is too large for memory into the layout, as it is. */
  keep(file: string, { hex, size }: { readonly hex: string; readonly size: number }): WrittenLayer {
    fs.renameSync(file, path.join(this.#layout, 'blobs/sha256', hex));
    return { digest: `sha256:${hex}`, size, diffId: hex };
  }

  image(tag: string, layers: readonly WrittenLayer[]): void {
    const created = '2024-01-01T00:00:00Z';
    const history = Array.from({ length: HISTORY_LINES }, (_, at) => ({
      created,
      created_by: `RUN step ${at} of ${tag}`,
      ...(at < layers.length ? {} : { empty_layer: true }),
    }));
    const config = this.#put(
      json({
        architecture: 'amd64',
        os: 'linux',
        created,
        config: {},
        history,
        rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => `sha256:${diffId}`) },
      }),
    );
    const manifest = this.#put(
      json({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
        layers: layers.map(({ digest, size }) => ({
          mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
          digest,
          size,
        })),
      }),
    );
    const annotations = {
      'org.opencontainers.image.ref.name': tag,
      'io.containerd.image.name': `localhost/bench:${tag}`,
    };
    this.#manifests.push({ mediaType: MANIFEST, ...manifest, annotations });
  }

  finish(): void {
    fs.writeFileSync(path.join(this.#layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
    fs.writeFileSync(path.join(this.#layout, 'index.json'), json({ schemaVersion: 2, manifests: this.#manifests }));
  }

  #put(bytes: Uint8Array): { digest: string; size: number } {
    const name = sha256(bytes);
    fs.writeFileSync(path.join(this.#layout, 'blobs/sha256', name), bytes);
    return { digest: `sha256:${name}`, size: bytes.length };
  }
}

export const HISTORY_OF_EACH: number = HISTORY_LINES;

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
