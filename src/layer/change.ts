/** A changeset as values: what a layer puts, and what it takes from the layers below (OCI image-spec, layer.md). */

import type { Attributes, SyncBytes } from '../tree/node.js';

/** Paths are absolute, without `.`, `..` and trailing slash; `/` is the root. */
interface At {
  readonly path: string;
}

/** Makes a directory, or gives one that is there these attributes. */
export interface PutDirectory extends At {
  readonly kind: 'directory';
  readonly attributes: Attributes;
}

export interface PutFile extends At {
  readonly kind: 'file';
  readonly attributes: Attributes;
  /** The content is `size` bytes from `offset` of these. */
  readonly bytes: SyncBytes;
  readonly offset: number;
  readonly size: number;
}

export interface PutSymlink extends At {
  readonly kind: 'symlink';
  readonly attributes: Attributes;
  readonly target: string;
}

/** A device or a fifo, as its mode says. */
export interface PutSpecial extends At {
  readonly kind: 'special';
  readonly attributes: Attributes;
  readonly major: number;
  readonly minor: number;
}

/** Another name for what stands at `target`. */
export interface PutLink extends At {
  readonly kind: 'link';
  readonly target: string;
}

/** Hides what lower layers have at the path. */
export interface Whiteout extends At {
  readonly kind: 'whiteout';
}

/** Hides all that lower layers have in the directory. */
export interface Opaque extends At {
  readonly kind: 'opaque';
}

export type Put = PutDirectory | PutFile | PutSymlink | PutSpecial | PutLink;
export type Change = Put | Whiteout | Opaque;

/** Something about a layer that readers disagree on, or that its writer should not have done. */
export interface LintNote {
  readonly kind: 'duplicate-entry' | 'own-whiteout' | 'aufs-metadata' | 'link-to-lower-layer' | 'sparse-file';
  readonly path: string;
}
