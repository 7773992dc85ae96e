/** What the verbs take and answer: plain records, so that every face (command line, page, tests) prints the same. */

import type { DiffID, Digest } from '../digest/digest.js';
import type { LayerOrigin } from '../tree/node.js';

/** One line of `images`: an image under one of its names, or under none. */
export interface ImageSummary {
  /** Digest of the image's config: Docker's image ID. */
  readonly id: Digest;
  /** Digest of the manifest (or index) that the name points at. */
  readonly digest: Digest;
  /** Familiar name without the tag (`debian`, `localhost/app`); `undefined` for an image that lost its name. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  /** RFC 3339, as the config has it. */
  readonly created: string | undefined;
  /** Stored (compressed) bytes of layers, config and manifest. */
  readonly size: number;
  /** `os/architecture[/variant]`. */
  readonly platform: string;
}

/** One line of `history`, newest first, as Docker lists it. */
export interface HistoryLine {
  /** The image ID on the newest line, `undefined` ("<missing>") below it. */
  readonly id: Digest | undefined;
  readonly created: string | undefined;
  readonly createdBy: string;
  /** Stored bytes of the layer; 0 for an entry without one. */
  readonly size: number;
  readonly comment: string;
  readonly emptyLayer: boolean;
  /** The layer that the entry made. */
  readonly layer: { readonly digest: Digest; readonly diffId: DiffID } | undefined;
}

/** Something that a container shows at a path, and that is in none of its layers. */
export interface ContainerMount {
  readonly type: 'bind' | 'volume' | 'tmpfs';
  /** Absolute path of the machine, or name of the volume: a new one without a name where it is absent. */
  readonly source?: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly?: boolean;
  /** A new volume begins empty, not with what the image has at the target. */
  readonly noCopy?: boolean;
  /** Bytes that a tmpfs may hold. */
  readonly sizeBytes?: number;
  /** Permission bits of a tmpfs. */
  readonly mode?: number;
}

/** How a container runs, beside the config of its image. */
export interface RunSettings {
  /** Changes outside the mounts fail with EROFS. */
  readonly readOnly?: boolean;
  /** The container goes when it has ended, and its unnamed volumes with it. */
  readonly autoRemove?: boolean;
  readonly hostname?: string;
  readonly network?: 'default' | 'none' | 'host';
  /** As Docker's `-p` has them (`8080:80/tcp`); kept and shown, and nothing listens. */
  readonly ports?: readonly string[];
  readonly terminal?: boolean;
  /** Standard input is passed on. */
  readonly interactive?: boolean;
  /** How long `stop` waits before it kills; 10 without it. */
  readonly stopSeconds?: number;
  /** Name of the runtime, for whoever starts it. */
  readonly runtime?: string;
}

export interface RunState {
  readonly status: 'created' | 'running' | 'exited';
  /** How often it was started. */
  readonly starts?: number;
  /** Where the process that runs it answers. */
  readonly address?: string;
  /** RFC 3339. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** As Docker's: the command's, 128 + n for a signal, 126, 127. */
  readonly exitCode?: number;
  /** Why it could not be run, or was lost. */
  readonly error?: string;
}

export interface VolumeSummary {
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Made for one container, without a name of its own. */
  readonly anonymous: boolean;
  /** Bytes of its content as a tar. */
  readonly size: number;
  /** Ids of the containers that mount it. */
  readonly containers: readonly string[];
}

export interface ContainerSummary {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** The reference that it was created from. */
  readonly image: string;
  readonly imageId: Digest;
  readonly command: string;
  /** RFC 3339. */
  readonly created: string;
  readonly state: RunState;
  readonly ports: readonly string[];
}

export type ChangeKind = 'add' | 'modify' | 'delete';

export interface Change {
  readonly kind: ChangeKind;
  /** Absolute path. */
  readonly path: string;
}

/** What `commit`, `import` and `create` let the caller set in a config; absent fields are kept as they are. */
export interface ConfigChanges {
  readonly cmd?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** `NAME=value` pairs added to or replacing those of the config. */
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly exposedPorts?: readonly string[];
  readonly volumes?: readonly string[];
  readonly workingDir?: string;
  readonly user?: string;
  readonly stopSignal?: string;
}

export interface CommitOptions {
  /** Name for the new image; without one it is found by its ID. */
  readonly ref?: string;
  readonly author?: string;
  readonly message?: string;
  readonly changes?: ConfigChanges;
  /** Seconds since 1970 that no time in the result exceeds, `created` included: equal input gives equal digests. */
  readonly sourceDateEpoch?: number;
  readonly compression?: LayerCompression;
}

export interface LayerCompression {
  readonly codec: 'gzip' | 'zstd' | 'none';
  readonly level?: number;
}

export interface CreateOptions {
  readonly name?: string;
  /** False when nobody will read a file: contents are then prepared when the container is next opened. */
  readonly content?: boolean;
  readonly platform?: string;
  readonly changes?: ConfigChanges;
  readonly mounts?: readonly ContainerMount[];
  readonly settings?: RunSettings;
}

export interface LoadedImage {
  readonly id: Digest;
  readonly digest: Digest;
  /** Familiar references it was stored under. */
  readonly references: readonly string[];
  /** Layers that the store held already. */
  readonly sharedLayers: number;
  readonly newLayers: number;
}

export type SaveFormat = 'oci-archive' | 'docker-archive';

/** Sharing of one image's layers; all sizes in stored bytes. */
export interface ImageUsage {
  readonly id: Digest;
  readonly references: readonly string[];
  readonly size: number;
  /** Bytes of blobs that another image in the store uses too. */
  readonly sharedSize: number;
  /** Bytes that would go with the image. */
  readonly uniqueSize: number;
  readonly containers: number;
}

export interface LayerUsage {
  readonly digest: Digest;
  readonly size: number;
  /** Image IDs. */
  readonly images: readonly Digest[];
}

/** `system df`. Sizes in bytes. */
export interface DiskUsage {
  readonly images: readonly ImageUsage[];
  readonly layers: readonly LayerUsage[];
  /** Every blob once. */
  readonly blobBytes: number;
  /** What the images would take if each held its own copy of every layer. */
  readonly bytesWithoutSharing: number;
  /** Blobs that no image needs: what `prune` frees. */
  readonly reclaimableBytes: number;
  readonly containers: readonly { readonly id: string; readonly name: string; readonly upperBytes: number }[];
  /** Rebuildable copies beside the blobs. */
  readonly cacheBytes: number;
  /** Present when asked for: reads every file of every layer. */
  readonly files: FileUsage | undefined;
}

/** What storing each distinct file once would save on top of shared layers; uncompressed bytes. */
export interface FileUsage {
  readonly files: number;
  readonly bytes: number;
  readonly distinctFiles: number;
  readonly distinctBytes: number;
}

export interface PruneOptions {
  /** Also images that no container uses. */
  readonly all?: boolean;
  /** Also all containers. */
  readonly containers?: boolean;
  /** Also the caches of layers that images still use. */
  readonly caches?: boolean;
}

export interface PruneReport {
  readonly images: readonly Digest[];
  readonly containers: readonly string[];
  readonly blobs: readonly Digest[];
  /** Bytes freed. */
  readonly freedBytes: number;
}

export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Stable code of the error, or the name of the lint. */
  readonly code: string;
  readonly message: string;
}

/** One step of something that takes long, for a progress bar. */
export type ProgressStatus =
  | 'waiting'
  | 'reading'
  | 'verifying'
  | 'downloading'
  | 'uploading'
  | 'exists'
  /** Taken from another repository of the registry: nothing was sent. */
  | 'mounted'
  | 'done';

export interface Progress {
  /** What is moved: `blob`, `layer` or `file`. */
  readonly kind: 'blob' | 'layer';
  readonly id: string;
  readonly status: ProgressStatus;
  readonly currentBytes: number;
  readonly totalBytes: number | undefined;
  /** The repository that it was mounted from. */
  readonly from?: string;
}

export interface ProgressOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** The layer a path of a container comes from, or its upper. */
export type Origin = LayerOrigin;
