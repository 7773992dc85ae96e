/** Docker's verbs over one store; each is told in the file that does it. */

import type { ImageAnalysis } from '../analysis/analyze.js';
import type { ImageComparison } from '../analysis/compare.js';
import type { ImageStack } from '../analysis/stack.js';
import { isStratumError } from '../base/error.js';
import type { JsonObject } from '../base/json.js';
import type { ByteSource, ByteStream } from '../base/stream.js';
import type { RunResult } from '../build/runtime.js';
import type { Digest } from '../digest/digest.js';
import type { WritableFs } from '../fs/copy-tree.js';
import type { Layer } from '../layer/layer.js';
import type { CallOptions } from '../registry/client/call.js';
import type { Tree } from '../tree/node.js';
import { analyzeImage, type ContentOptions, compareImages, imageStack } from './analyses.js';
import { BuildCaches } from './build-caches.js';
import { exportBuilt, saveBuilt, saveBuiltLayout, writeBuilt } from './build-outputs.js';
import { type BuiltImage, buildImage, type EngineBuildOptions } from './builds.js';
import { prune } from './collect.js';
import { type CommittedImage, type ImportOptions, importImage } from './commit.js';
import type { Container } from './container.js';
import {
  createContainer,
  diff,
  exportContainer,
  inspectContainer,
  listContainers,
  openContainer,
} from './containers.js';
import { EngineContext, type EngineOptions } from './context.js';
import { type CopyImageOptions, copyImage } from './copy.js';
import { diskUsage, type UsageOptions } from './disk-usage.js';
import { fsck } from './fsck.js';
import { findImage, history, images, inspectImage, removeImage, tag } from './images.js';
import { type PulledImage, type PullOptions, pull } from './pull.js';
import { type PushedImage, type PushOptions, push } from './push.js';
import type {
  Change,
  CommitOptions,
  ContainerSummary,
  CreateOptions,
  DiskUsage,
  Finding,
  HistoryLine,
  ImageSummary,
  LoadedImage,
  ProgressOptions,
  PruneOptions,
  PruneReport,
  SaveFormat,
} from './records.js';
import { isRemote } from './registry-text.js';
import { inspectRemote, type RawManifest, type RemoteOptions, rawManifest } from './remote.js';
import type { LogEntry } from './run/log.js';
import { refreshStates } from './run/reach.js';
import type { RunningContainer } from './run/running.js';
import { type StartOptions, startContainer } from './run/start.js';
import {
  containerLogs,
  type ExecOptions,
  execContainer,
  killContainer,
  removeContainer,
  stopContainer,
  waitContainer,
} from './run/verbs.js';
import type { EngineListener } from './state.js';
import { type LoadOptions, load, loadLayout, save, saveLayout } from './transfer.js';
import { Volumes } from './volumes.js';

export class Engine {
  /** Directories with a name, for containers to share. */
  readonly volumes: Volumes;
  /** What RUN --mount=type=cache keeps. */
  readonly buildCaches: BuildCaches;
  readonly #context: EngineContext;

  private constructor(context: EngineContext) {
    this.#context = context;
    this.volumes = new Volumes(context);
    this.buildCaches = new BuildCaches(context);
  }

  /** Opens a store: in memory, or in the directory `root`, which is or becomes an OCI image layout. */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    return new Engine(await EngineContext.open(options));
  }

  /** Loads an OCI archive or a docker-archive, compressed or not. */
  load(source: ByteSource, options: LoadOptions = {}): Promise<LoadedImage[]> {
    return load(this.#context, source, options);
  }

  /** Loads an OCI layout directory. */
  loadLayout(directory: string, options: LoadOptions = {}): Promise<LoadedImage[]> {
    return loadLayout(this.#context, directory, options);
  }

  /** An archive of images; an OCI archive keeps the bytes of every manifest. */
  save(refs: readonly string[], options: { readonly format?: SaveFormat } = {}): ByteStream {
    return save(this.#context, refs, options.format ?? 'oci-archive');
  }

  /** Pulls an image of a registry. Only blobs that the store lacks are fetched; they stay when the pull fails. */
  pull(ref: string, options: PullOptions = {}): Promise<PulledImage> {
    return pull(this.#context, ref, options);
  }

  /** Pushes an image under its name. Only blobs that the registry lacks are sent; the name is set last. */
  push(ref: string, options: PushOptions = {}): Promise<PushedImage> {
    return push(this.#context, ref, options);
  }

  /**
   * Copies an image between registries and OCI layouts (`oci:DIRECTORY[:TAG]`), past the store, with the bytes of its
   * manifests; gives the digest of what was named.
   */
  copy(from: string, to: string, options: CopyImageOptions = {}): Promise<Digest> {
    return copyImage(this.#context, from, to, options);
  }

  saveLayout(refs: readonly string[], directory: string): Promise<void> {
    return saveLayout(this.#context, refs, directory);
  }

  /** Builds an image from a Dockerfile. A step that fails leaves those before it in the cache, and names nothing. */
  build(options: EngineBuildOptions): Promise<BuiltImage> {
    return buildImage(this.#context, options);
  }

  /** What was built as an archive, under names or none. */
  saveBuilt(
    built: BuiltImage,
    options: { readonly type: 'oci' | 'docker'; readonly names: readonly string[] },
  ): ByteStream {
    return saveBuilt(this.#context, built, options);
  }

  /** What was built, in an OCI layout directory. */
  saveBuiltLayout(
    built: BuiltImage,
    options: { readonly directory: string; readonly names: readonly string[] },
  ): Promise<void> {
    return saveBuiltLayout(this.#context, built, options);
  }

  /** The files of what was built as a tar. */
  exportBuilt(built: BuiltImage): ByteStream {
    return exportBuilt(this.#context, built);
  }

  /** Writes the files of what was built below a directory of another fs, such as `node:fs`. */
  writeBuilt(built: BuiltImage, options: { readonly fs: WritableFs; readonly directory: string }): Promise<void> {
    return writeBuilt(this.#context, built, options);
  }

  /** Makes an image of a tar of a root file system. */
  import(source: ByteSource, options: ImportOptions = {}): Promise<CommittedImage> {
    return importImage(this.#context, source, options);
  }

  /** The merged file system of a container as a tar. */
  export(container: string): ByteStream {
    return exportContainer(this.#context, container);
  }

  images(options: { readonly reference?: string } = {}): Promise<ImageSummary[]> {
    return images(this.#context, options);
  }

  /** The steps that made an image, newest first. */
  history(ref: string): Promise<HistoryLine[]> {
    return history(this.#context, ref);
  }

  /** A container, or else an image, in Docker's words. */
  async inspect(ref: string): Promise<JsonObject> {
    if (isRemote(ref)) return this.inspectImage(ref);
    try {
      return await this.inspectContainer(ref);
    } catch (error) {
      if (!isStratumError(error, 'CONTAINER_UNKNOWN')) throw error;
      return this.inspectImage(ref);
    }
  }

  /** An image of the store, or behind `docker://` one of a registry, of which no layer is fetched. */
  inspectImage(ref: string, options: RemoteOptions = {}): Promise<JsonObject> {
    return isRemote(ref) ? inspectRemote(this.#context, ref, options) : inspectImage(this.#context, ref);
  }

  /** The manifest or index that a name stands for, as its digest is of it; `docker://` as above. */
  manifest(ref: string, options: CallOptions = {}): Promise<RawManifest> {
    return rawManifest(this.#context, ref, options);
  }

  inspectContainer(ref: string): Promise<JsonObject> {
    return inspectContainer(this.#context, ref);
  }

  tag(source: string, target: string): Promise<void> {
    return tag(this.#context, source, target);
  }

  /** Takes a name from an image; without names, the image goes, with the layers that no other needs. */
  rmi(ref: string, options: { readonly force?: boolean } = {}): Promise<{ untagged: string[]; deleted: Digest[] }> {
    return removeImage(this.#context, ref, options);
  }

  create(ref: string, options: CreateOptions = {}): Promise<Container> {
    return createContainer(this.#context, ref, options);
  }

  /** The containers, newest first, those that run and those that do not. */
  async ps(): Promise<ContainerSummary[]> {
    await refreshStates(this.#context);
    return listContainers(this.#context);
  }

  /** Runs a container's command; resolves when it runs. Its end is `ended` of what this gives. */
  start(nameOrId: string, options: StartOptions = {}): Promise<RunningContainer> {
    return startContainer(this.#context, nameOrId, options);
  }

  /** Runs another command in a container that runs, in this process or another. */
  exec(nameOrId: string, argv: readonly string[], options: ExecOptions = {}): Promise<RunResult> {
    return execContainer(this.#context, nameOrId, argv, options);
  }

  /** What a container printed, oldest first; with `follow`, until it ends. */
  logs(
    nameOrId: string,
    options: { readonly follow?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<LogEntry> {
    return containerLogs(this.#context, nameOrId, options);
  }

  /** Waits until a container has ended; resolves to its exit code. */
  wait(nameOrId: string): Promise<number> {
    return waitContainer(this.#context, nameOrId);
  }

  /** Sends a signal to a container's command: `KILL`, or as it is named. */
  kill(nameOrId: string, signal?: string): Promise<void> {
    return killContainer(this.#context, nameOrId, signal);
  }

  /** Asks a container's command to end, and kills it after some seconds. */
  stop(nameOrId: string, options: { readonly seconds?: number; readonly signal?: string } = {}): Promise<void> {
    return stopContainer(this.#context, nameOrId, options);
  }

  /** A container with its file system. Without `content` only names and attributes can be read. */
  container(nameOrId: string, options: { readonly content?: boolean } = {}): Promise<Container> {
    return openContainer(this.#context, nameOrId, options);
  }

  /** Removes a container; returns its id. One that runs is removed only by force. */
  rm(nameOrId: string, options: { readonly force?: boolean; readonly volumes?: boolean } = {}): Promise<string> {
    return removeContainer(this.#context, nameOrId, options);
  }

  /** What a container changed, or what makes the second image of the first. */
  diff(containerOrImage: string, otherImage?: string): Promise<Change[]> {
    return diff(this.#context, containerOrImage, otherImage);
  }

  async commit(container: string, options: CommitOptions = {}): Promise<CommittedImage> {
    return (await this.container(container)).commit(options);
  }

  df(options: UsageOptions = {}): Promise<DiskUsage> {
    return diskUsage(this.#context, options);
  }

  prune(options: PruneOptions = {}): Promise<PruneReport> {
    return prune(this.#context, options);
  }

  fsck(options: ProgressOptions = {}): Promise<Finding[]> {
    return fsck(this.#context, options);
  }

  /** The merged root of an image, and its layers, bottom first. */
  async tree(ref: string): Promise<{ tree: Tree; layers: readonly Layer[] }> {
    const { image } = await findImage(this.#context, ref);
    const layers = await this.#context.layersOf(image);
    return { tree: this.#context.snapshots.merge(layers), layers };
  }

  /** An image as what its layers come to one after another. */
  stack(ref: string): Promise<ImageStack> {
    return imageStack(this.#context, ref);
  }

  /** What each layer of an image adds, changes and hides, and what is wasted. */
  analyze(ref: string, options: ContentOptions = {}): Promise<ImageAnalysis> {
    return analyzeImage(this.#context, ref, options);
  }

  /** What images share, and where they part. */
  compare(refs: readonly string[], options: ContentOptions = {}): Promise<ImageComparison> {
    return compareImages(this.#context, refs, options);
  }

  /** Tells what happens; returns the function that ends it. */
  subscribe(listener: EngineListener): () => void {
    return this.#context.state.subscribe(listener);
  }

  /** Writes what containers changed to the store. */
  async close(): Promise<void> {
    for (const running of this.#context.running.values()) await running.kill(9).then(() => running.wait());
    for (const container of this.#context.open.values()) await container.save();
    this.#context.open.clear();
  }
}
