/** Archives made by hand, right or wrong: an image is a map of members, to be changed before it is packed. */

import { canonicalJson, type JsonObject } from '../../src/base/json.js';
import { digestOf, type Layer, UnionFs } from '../../src/index.js';
import type { TarHeader } from '../../src/tar/entry.js';
import { writeTar } from '../../src/tar/writer.js';

export type Members = Map<string, Uint8Array>;

const EMPTY_HEADER: TarHeader = {
  path: '',
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtimeSec: 0,
  mtimeNsec: 0,
  linkname: '',
  devMajor: 0,
  devMinor: 0,
  xattrs: undefined,
};

/** Packs members, and links that point wherever they are told to. */
export function archive(members: Members, links: readonly Partial<TarHeader>[] = []): Uint8Array {
  const files = [...members].map(([path, body]) => ({
    header: { ...EMPTY_HEADER, path, size: body.length },
    body: [body],
  }));
  const others = links.map((link) => ({ header: { ...EMPTY_HEADER, type: 'symlink' as const, ...link } }));
  return Buffer.concat([...writeTar([...others, ...files])]);
}

export async function layerOf(files: Readonly<Record<string, string>>): Promise<Layer> {
  const union = UnionFs.over([], { clock: { now: () => ({ sec: 1_700_000_000, nsec: 0 }) } });
  for (const [path, text] of Object.entries(files)) {
    union.fs.mkdirSync(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    union.fs.writeFileSync(path, text);
  }
  return union.toLayer();
}

export interface LayoutParts {
  readonly tar: Uint8Array;
  readonly config: JsonObject;
  readonly manifest: JsonObject;
  readonly name: string;
}

/** An image of one layer; `change` may put anything wrong before it is laid out. */
export async function ociMembers(change: (parts: LayoutParts) => Partial<LayoutParts> = () => ({})): Promise<Members> {
  const layer = await layerOf({ '/etc/motd': 'hello\n' });
  const tar = layer.bytes.read(0, layer.size);
  const base = { tar, name: 'sample:1', manifest: {} };
  const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] };
  const first = { ...base, config: { architecture: 'amd64', os: 'linux', rootfs } };
  const parts = { ...first, ...change(first) };
  const config = canonicalJson(parts.config);
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', parts.tar)],
    ...parts.manifest,
  });
  return layout(manifest, [config, parts.tar], parts.name);
}

/** A layout whose index names one manifest, whatever its bytes are. */
export function layout(manifest: Uint8Array, blobs: readonly Uint8Array[], name: string = 'sample:1'): Members {
  const entry = {
    ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
    annotations: { 'org.opencontainers.image.ref.name': name },
  };
  return new Map([
    ['oci-layout', canonicalJson({ imageLayoutVersion: '1.0.0' })],
    ['index.json', canonicalJson({ schemaVersion: 2, manifests: [entry] })],
    ...[manifest, ...blobs].map((bytes) => [blobPath(bytes), bytes] as const),
  ]);
}

export function blobPath(bytes: Uint8Array): string {
  return `blobs/${digestOf(bytes).replace(':', '/')}`;
}

export function descriptor(mediaType: string, bytes: Uint8Array): JsonObject {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** What `docker save` wrote before it wrote layouts. */
export async function dockerMembers(): Promise<Members> {
  const layer = await layerOf({ '/etc/motd': 'hello\n' });
  const tar = layer.bytes.read(0, layer.size);
  const config = canonicalJson({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  });
  const item = { Config: 'config.json', RepoTags: ['sample:1', 'other:2'], Layers: ['a/layer.tar'] };
  return new Map([
    ['a/layer.tar', tar],
    ['config.json', config],
    ['manifest.json', canonicalJson([item])],
  ]);
}
