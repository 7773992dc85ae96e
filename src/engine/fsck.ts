/** fsck: everything in the store read and held against what it says of itself. */

import { equalBytes, NO_BYTES } from '../base/bytes.js';
import { isStratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import type { Descriptor } from '../blob/descriptor.js';
import { verified } from '../blob/verify.js';
import type { Digest } from '../digest/digest.js';
import { successors } from '../image/copy.js';
import { type ImageLayer, isRunnable, readImage, readManifest } from '../image/image.js';
import { isIndexType, isManifestType, isNonDistributable } from '../image/media-type.js';
import { decodeLayer } from '../layer/decode.js';
import { Layer } from '../layer/layer.js';
import type { SyncBytes } from '../tree/node.js';
import type { EngineContext } from './context.js';
import type { Finding, ProgressOptions } from './records.js';

/** Entries are looked at, contents are not. */
const NO_CONTENT: SyncBytes = { size: 0, read: () => NO_BYTES };

/** Checks names, documents, blobs, layers and containers; finds nothing in a store that is whole. */
export async function fsck(context: EngineContext, options: ProgressOptions): Promise<Finding[]> {
  const check = new Check(context, options);
  for (const { descriptor } of await context.tags.read()) await check.graph(descriptor);
  // What a damaged document leads to is not known, so nothing can be called unreferenced then.
  if (check.findings.length === 0) await check.unreferenced();
  await check.containers();
  return check.findings;
}

class Check {
  readonly findings: Finding[] = [];
  readonly #context: EngineContext;
  readonly #options: ProgressOptions;
  readonly #seen: Set<Digest> = new Set();
  readonly #layers: Set<Digest> = new Set();

  constructor(context: EngineContext, options: ProgressOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Everything a descriptor leads to. */
  async graph(descriptor: Descriptor): Promise<void> {
    if (this.#seen.has(descriptor.digest)) return;
    this.#seen.add(descriptor.digest);
    const isDocument = isIndexType(descriptor.mediaType) || isManifestType(descriptor.mediaType);
    if (!(await this.#blob(descriptor)) || !isDocument) return;
    const document = await this.#attempt(() => readManifest(this.#context.blobs, descriptor));
    if (document === undefined) return;
    for (const next of successors(document)) {
      if (document.kind === 'index' && (await this.#context.blobs.stat(next.digest)) === undefined) continue;
      await this.graph(next);
    }
    if (document.kind === 'manifest' && isRunnable(document)) await this.#image(descriptor);
  }

  async unreferenced(): Promise<void> {
    for await (const { digest, size } of this.#context.blobs.list()) {
      if (!this.#seen.has(digest))
        this.#warn('unreferenced-blob', `blob ${digest} (${size} bytes) belongs to no image`);
    }
  }

  async containers(): Promise<void> {
    const manifests = new Set((await this.#context.tags.read()).map(({ descriptor }) => descriptor.digest));
    for (const { name, manifest } of Object.values((await this.#context.state.read()).containers)) {
      if (manifests.has(manifest)) continue;
      const message = `container ${name} runs on ${manifest}, which is not in the store`;
      this.findings.push({ severity: 'error', code: 'IMAGE_UNKNOWN', message });
    }
  }

  /** The stored bytes; false when they cannot be read. */
  async #blob(descriptor: Descriptor): Promise<boolean> {
    const { digest, size, data } = descriptor;
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ kind: 'blob', id: digest, status: 'verifying', currentBytes: 0, totalBytes: size });
    const read = await this.#attempt(async () => {
      for await (const _ of verified(this.#context.blobs.get(digest), { digest, size }));
      if (data !== undefined) await this.#data(descriptor, data);
      return true;
    }, isNonDistributable(descriptor.mediaType));
    this.#options.onProgress?.({ kind: 'blob', id: digest, status: 'done', currentBytes: size, totalBytes: size });
    return read === true;
  }

  /** A descriptor may carry its blob; it must be the same (image-spec, descriptor.md, "data"). */
  async #data({ digest }: Descriptor, data: string): Promise<void> {
    const embedded = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    if (equalBytes(embedded, await collectBytes(this.#context.blobs.get(digest)))) return;
    this.findings.push({ severity: 'error', code: 'DIGEST_INVALID', message: `data of a descriptor is not ${digest}` });
  }

  async #image(descriptor: Descriptor): Promise<void> {
    const image = await this.#attempt(() => readImage(this.#context.blobs, descriptor));
    if (image === undefined) return;
    const { history, diffIds } = image.config;
    const steps = history.filter(({ empty_layer: empty }) => empty !== true).length;
    if (history.length > 0 && steps !== diffIds.length) {
      this.#warn('history-mismatch', `config ${image.id} has ${steps} steps with a layer and ${diffIds.length} layers`);
    }
    for (const stored of image.layers) {
      if (this.#layers.has(stored.digest)) continue;
      this.#layers.add(stored.digest);
      const layer = await this.#attempt(() => this.#layer(stored));
      for (const { kind, path } of layer?.notes ?? []) {
        this.#warn(kind, `layer ${stored.digest}: ${kind} at ${JSON.stringify(path)}`);
      }
    }
    await this.#attempt(async () => this.#context.treeOf(image, { content: false }));
  }

  /** The entries of a layer, verified; its contents are read and dropped. */
  async #layer(stored: ImageLayer): Promise<Layer> {
    const { digest, size, diffId } = stored;
    const expected = { digest, size, diffId };
    const { skeleton } = await decodeLayer(this.#context.blobs.get(digest), { expected, skeleton: true });
    await this.#attempt(() => this.#context.layers.checkCopies(stored, skeleton));
    return Layer.fromSkeleton(skeleton, NO_CONTENT, diffId);
  }

  #warn(code: string, message: string): void {
    this.findings.push({ severity: 'warning', code, message });
  }

  /** A StratumError of a check is a finding; anything else is a defect of ours and goes on up. */
  async #attempt<T>(check: () => Promise<T>, mayBeMissing: boolean = false): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      if (!isStratumError(error)) throw error;
      const isFine = mayBeMissing && error.code === 'BLOB_UNKNOWN';
      const known = this.findings.some(({ message }) => message === error.message);
      if (!isFine && !known) this.findings.push({ severity: 'error', code: error.code, message: error.message });
      return undefined;
    }
  }
}
