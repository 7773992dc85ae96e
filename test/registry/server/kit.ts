/** A registry in memory, and requests to it in one line. */

import { canonicalJson } from '../../../src/base/json.js';
import { collectBytes, readableStream } from '../../../src/base/stream.js';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import type { Digest } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../../../src/image/media-type.js';
import {
  createRegistry,
  type Registry,
  type RegistryOptions,
  type RequestHandler,
} from '../../../src/registry/server/registry.js';

export const HOST = 'http://registry.test';
export const NAME = 'library/thing';

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Of the first error in the body. */
  readonly code: string | undefined;
}

/** One request; the body of the answer is read to its end. */
export async function ask(handler: RequestHandler, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const response = await handler.fetch(requestTo(method, path, sent));
  const bytes = response.body === null ? new Uint8Array() : await collectBytes(response.body);
  const text = new TextDecoder().decode(bytes);
  return { status: response.status, headers: response.headers, bytes, text, code: codeIn(text) };
}

export function requestTo(method: string, path: string, { headers = {}, body }: Sent = {}): Request {
  const init: RequestInit & { duplex?: 'half' } = { method, headers };
  if (body !== undefined) {
    init.body = (typeof body === 'string' || body instanceof Uint8Array ? body : readableStream(body)) as BodyInit;
    init.duplex = 'half';
  }
  return new Request(new URL(path, HOST), init);
}

function codeIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { errors?: { code: string }[] }).errors?.[0]?.code;
  } catch {
    return undefined;
  }
}

export function newRegistry(options: Partial<RegistryOptions> = {}): Registry {
  return createRegistry({ blobs: new MemoryBlobs(), ...options });
}

/** Bytes that are the same for the same seed. */
export function bytesOf(count: number, seed: number = 1): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0, state = seed; i < count; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** Pushes a blob by a single POST; gives its digest. */
export async function pushBlob(handler: RequestHandler, body: Uint8Array, name: string = NAME): Promise<Digest> {
  const digest = digestOf(body);
  const { status, text } = await ask(handler, 'POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body });
  if (status !== 201) throw new Error(`the blob was not taken: ${status} ${text}`);
  return digest;
}

export interface Pushed {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly config: Digest;
  readonly layer: Digest;
}

/** An image of one layer; the same seed gives the same image. */
export async function pushImage(
  handler: RequestHandler,
  { name = NAME, reference, seed = 1, extra = {} }: ImageOptions = {},
): Promise<Pushed> {
  const layerBytes = bytesOf(2048, seed);
  const configBytes = canonicalJson({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [] },
    seed,
  });
  const layer = await pushBlob(handler, layerBytes, name);
  const config = await pushBlob(handler, configBytes, name);
  const bytes = canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config, size: configBytes.length },
    layers: [{ mediaType: OCI_LAYER, digest: layer, size: layerBytes.length }],
    ...extra,
  });
  const digest = await pushManifest(handler, bytes, { name, ...(reference !== undefined && { reference }) });
  return { digest, bytes, config, layer };
}

export interface ImageOptions {
  readonly name?: string;
  readonly reference?: string;
  readonly seed?: number;
  /** More fields of the manifest. */
  readonly extra?: object;
}

/** Pushes a manifest, by its digest unless a reference is given. */
export async function pushManifest(
  handler: RequestHandler,
  bytes: Uint8Array,
  { name = NAME, reference, mediaType = OCI_MANIFEST }: { name?: string; reference?: string; mediaType?: string } = {},
): Promise<Digest> {
  const digest = digestOf(bytes);
  const headers = { 'content-type': mediaType };
  const { status, text } = await ask(handler, 'PUT', `/v2/${name}/manifests/${reference ?? digest}`, {
    headers,
    body: bytes,
  });
  if (status !== 201) throw new Error(`the manifest was not taken: ${status} ${text}`);
  return digest;
}

/** An index of some manifests. */
export function indexOf(manifests: readonly Pushed[], extra: object = {}): Uint8Array {
  return canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: manifests.map(({ digest, bytes }) => ({ mediaType: OCI_MANIFEST, digest, size: bytes.length })),
    ...extra,
  });
}
