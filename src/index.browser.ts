/** What `stratum` exports everywhere. Nothing here needs Node. */

export {
  type AnalyzeOptions,
  analyzeStack,
  type ImageAnalysis,
  type LayerAnalysis,
  type LayerChange,
  type PathCount,
} from './analysis/analyze.js';
export {
  type Branch,
  type ComparedImage,
  type ComparedLayer,
  type ComparedPair,
  type CompareOptions,
  type ContentSharing,
  compareStacks,
  type ImageComparison,
} from './analysis/compare.js';
export { type ContentNames, nameContents } from './analysis/content-names.js';
export type { DiveFigures } from './analysis/dive.js';
export type { DuplicateGroup, DuplicatePlace } from './analysis/duplicates.js';
export type { FileCount, Parting } from './analysis/pair-files.js';
export { checkLimits, type ImageLimits, type LimitResult } from './analysis/rules.js';
export { type SizeNode, type SizeOptions, sizesByDirectory } from './analysis/sizes.js';
export type { ImageStack, StackLayer } from './analysis/stack.js';
export { type Rectangle, squarify } from './analysis/treemap.js';
export type { WastedCopy, WastedPath } from './analysis/waste.js';
export { type ErrorCode, isStratumError, StratumError } from './base/error.js';
export type { ByteSource, ByteStream } from './base/stream.js';
export type { Descriptor } from './blob/descriptor.js';
export { DirectoryBlobs } from './blob/directory.js';
export type { StoreFiles } from './blob/files.js';
export { MemoryBlobs } from './blob/memory.js';
export { ReadThroughBlobs } from './blob/read-through.js';
export type { BlobInfo, BlobReader, BlobStore, BlobWriter, ByteRange, ExpectedBlob } from './blob/store.js';
export { BuildError } from './build/build-error.js';
export { type BuildContext, type SourceTree, treeContext } from './build/context.js';
export type { BuildProgress } from './build/progress.js';
export type { RunMountPoint, RunRequest, RunResult, Runtime } from './build/runtime.js';
export type { SshAgent } from './build/ssh-agent.js';
export { type Miss, missText } from './build/step-key.js';
export type { StepOutcome } from './build/step-outcome.js';
export { type ChainID, type DiffID, type Digest, isDigest, parseDigest, shortId } from './digest/digest.js';
export { digestOf } from './digest/hasher.js';
export { type CheckOptions, checkDockerfile } from './dockerfile/checks/check.js';
export type { Warning } from './dockerfile/checks/rules.js';
export { DockerfileError } from './dockerfile/error.js';
export { parseDockerfile } from './dockerfile/parse.js';
export type { ContentOptions } from './engine/analyses.js';
export type { BuildCacheSummary } from './engine/build-caches.js';
export type { BuiltImage, ContextSource, EngineBuildOptions } from './engine/builds.js';
export type { CacheSource, CacheTarget } from './engine/cache-places.js';
export type { Container } from './engine/container.js';
export type { EngineOptions } from './engine/context.js';
export { Engine } from './engine/engine.js';
export type {
  Change,
  CommitOptions,
  ConfigChanges,
  ContainerMount,
  ContainerSummary,
  CreateOptions,
  DiskUsage,
  Finding,
  HistoryLine,
  ImageSummary,
  LayerCompression,
  LoadedImage,
  Progress,
  PruneOptions,
  PruneReport,
  RunSettings,
  RunState,
  SaveFormat,
  VolumeSummary,
} from './engine/records.js';
export type { LogEntry } from './engine/run/log.js';
export type { RunningContainer } from './engine/run/running.js';
export type { StartOptions } from './engine/run/start.js';
export type { ExecOptions } from './engine/run/verbs.js';
export type { EngineEvent, EngineListener } from './engine/state.js';
export type { Volumes } from './engine/volumes.js';
export { copyTree, type ReadableFs, type WritableFs } from './fs/copy-tree.js';
export { createFs, type Fs } from './fs/create-fs.js';
export type { TreeJson } from './fs/json.js';
export { type FsChange, UnionFs, type UnionFsOptions } from './fs/union-fs.js';
export { type Image, type ImageLayer, readImage } from './image/image.js';
export { formatPlatform, type Platform, parsePlatform } from './image/platform.js';
export { familiarName, familiarReference, formatReference, parseReference, type Reference } from './image/reference.js';
export { chainIds } from './layer/chain.js';
export type { CompressOptions } from './layer/compression.js';
export { Layer, type LayerBlob } from './layer/layer.js';
export type { CallOptions } from './registry/client/call.js';
export { type PingResult, RegistryClient } from './registry/client/client.js';
export {
  type CredentialSource,
  type CredentialStore,
  MemoryCredentials,
  type RegistryCredential,
} from './registry/client/credentials.js';
export type { ReadBlobOptions, WantedBlob } from './registry/client/download.js';
export type { FetchedManifest } from './registry/client/manifests.js';
export type { TagsOptions } from './registry/client/names.js';
export type { ReferrersOptions } from './registry/client/referrers.js';
export { RegistryBlobs } from './registry/client/registry-blobs.js';
export type { Repository } from './registry/client/repository.js';
export type { RegistryClientOptions, RetryOptions } from './registry/client/settings.js';
export type { Fetch } from './registry/client/transport.js';
export type { BlobPutResult, OpenBlob, PutBlobOptions, UploadedBlob } from './registry/client/upload.js';
export type { RegistryWarning } from './registry/client/warnings.js';
export type { Action, Ask, Authorize, Verdict } from './registry/server/access/access.js';
export { type BasicOptions, basicAccess } from './registry/server/access/basic.js';
export { type CheckPassword, type CompareHash, htpasswd } from './registry/server/access/passwords.js';
export { everythingForUsers, type Rights, readingForAll } from './registry/server/access/rights.js';
export { type TokenAccess, type TokenOptions, tokenAccess } from './registry/server/access/tokens.js';
export type { Collected, CollectOptions } from './registry/server/collect.js';
export { openRegistry } from './registry/server/directory-registry.js';
export type { RegistryLimits } from './registry/server/limits.js';
export type { QuirkSettings } from './registry/server/quirks/quirk.js';
export { QUIRK_NAMES, type QuirkName, withQuirk } from './registry/server/quirks/quirks.js';
export { readOnly } from './registry/server/read-only.js';
export type { Records } from './registry/server/records/records.js';
export {
  createRegistry,
  type Registry,
  type RegistryOptions,
  type RequestHandler,
} from './registry/server/registry.js';
export type { StoredUpload, UploadNote, UploadStore } from './registry/server/uploads/store.js';
export { clientUpstream } from './registry/server/upstream/client-upstream.js';
export type { Upstream, UpstreamManifest } from './registry/server/upstream/upstream.js';
export type { LayerOrigin, SyncBytes, Tree } from './tree/node.js';
export type { Credentials } from './union/access.js';
export { type ErrnoCode, FsError } from './union/errno.js';
export type { Kernel } from './union/kernel.js';
export type { Limits } from './union/limits.js';
export {
  type TmpfsOptions,
  type TreeMountOptions,
  tmpfs,
  tree,
  type ViewOwner,
  type ViewSource,
  volume,
} from './union/mount-sources.js';
export type { MountInfo, MountKind, MountOptions, MountSource } from './union/mounts/source.js';
export type { Snapshot } from './union/snapshot.js';
export { View } from './union/view.js';
