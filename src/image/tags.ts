/** The names of a store's images: the index of an OCI layout (image-spec, image-layout.md, "index.json file"). */

import { StratumError } from '../base/error.js';
import { canonicalJson, type JsonObject, parseJsonObject } from '../base/json.js';
import { type Descriptor, parseDescriptor } from '../blob/descriptor.js';
import { readDocument, type StoreFiles, withLock, writeDocument } from '../blob/files.js';
import { MANIFEST_LIMIT_BYTES } from './manifest.js';
import { OCI_INDEX } from './media-type.js';
import { familiarReference, formatReference, parseReference } from './reference.js';

/** An image of the store under one of its names, or under none. */
export interface TaggedImage {
  /** The whole name, `docker.io/library/debian:latest`; undefined for an image without one. */
  readonly reference: string | undefined;
  /** Without the annotations that spell the name. */
  readonly descriptor: Descriptor;
}

export interface Tags {
  read(): Promise<readonly TaggedImage[]>;
  /** Replaces the names by what `change` makes of them, as one step that no other writer comes between. */
  update(change: (images: readonly TaggedImage[]) => readonly TaggedImage[]): Promise<void>;
}

/** Where other tools look for a name (image-spec, annotations.md), and where containerd keeps the whole one. */
const REF_NAME = 'org.opencontainers.image.ref.name';
const FULL_NAME = 'io.containerd.image.name';

/** Names in memory. */
export class MemoryTags implements Tags {
  #images: readonly TaggedImage[] = [];

  async read(): Promise<readonly TaggedImage[]> {
    return this.#images;
  }

  async update(change: (images: readonly TaggedImage[]) => readonly TaggedImage[]): Promise<void> {
    this.#images = change(this.#images);
  }
}

/** Names in the `index.json` of a layout, which other tools read as it stands. */
export class LayoutTags implements Tags {
  readonly #files: StoreFiles;
  readonly #path: string;

  constructor(root: string, files: StoreFiles) {
    this.#files = files;
    this.#path = `${root}/index.json`;
  }

  async read(): Promise<readonly TaggedImage[]> {
    const bytes = await readDocument(this.#files, this.#path);
    return bytes === undefined ? [] : parseLayoutIndex(bytes, this.#path);
  }

  async update(change: (images: readonly TaggedImage[]) => readonly TaggedImage[]): Promise<void> {
    await withLock(this.#files, `${this.#path}.lock`, async () => {
      await writeDocument(this.#files, this.#path, formatLayoutIndex(change(await this.read())));
    });
  }
}

/** Parses the index of a layout; fails with INDEX_INVALID or what is wrong with a descriptor. */
export function parseLayoutIndex(bytes: Uint8Array, file: string): TaggedImage[] {
  const place = { file };
  if (bytes.length > MANIFEST_LIMIT_BYTES) {
    throw new StratumError(
      'LIMIT_EXCEEDED',
      `index of ${bytes.length} bytes, more than ${MANIFEST_LIMIT_BYTES}`,
      place,
    );
  }
  const { schemaVersion, manifests } = parseJsonObject(bytes, place);
  if (schemaVersion !== 2) throw new StratumError('INDEX_INVALID', 'schemaVersion is not 2', place);
  if (!Array.isArray(manifests)) throw new StratumError('INDEX_INVALID', 'manifests is not a list', place);
  return manifests.map((value) => tagged(parseDescriptor(value, place)));
}

/** Writes the index of a layout: the same names give the same bytes. */
export function formatLayoutIndex(images: readonly TaggedImage[]): Uint8Array {
  return canonicalJson({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: images.map(named) });
}

function tagged(descriptor: Descriptor): TaggedImage {
  const { annotations: given, ...rest } = descriptor;
  const annotations: Readonly<Record<string, string>> = given ?? {};
  const { [REF_NAME]: short, [FULL_NAME]: full, ...others } = annotations;
  const kept = Object.keys(others).length === 0 ? rest : { ...rest, annotations: others };
  return { reference: wholeName(full) ?? wholeName(short), descriptor: kept };
}

function named({ reference, descriptor }: TaggedImage): JsonObject {
  if (reference === undefined) return descriptor as unknown as JsonObject;
  const names = { [REF_NAME]: familiarReference(parseReference(reference)), [FULL_NAME]: reference };
  return { ...descriptor, annotations: { ...descriptor.annotations, ...names } } as unknown as JsonObject;
}

/** Other tools put all sorts of names there; one that is no reference is none. */
function wholeName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return formatReference(parseReference(text));
  } catch {
    return undefined;
  }
}
