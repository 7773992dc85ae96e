/** `build`: a Dockerfile and a context to an image in the store. */

import { utf8Text } from '../base/bytes.js';
import { isStratumError, StratumError } from '../base/error.js';
import { createPort, type Port } from '../base/port.js';
import type { Descriptor } from '../blob/descriptor.js';
import { type BuildOptions, type BuildResult, build } from '../build/build.js';
import type { BuildContext } from '../build/context.js';
import type { Plan } from '../build/plan.js';
import type { NamedContext } from '../build/plan-options.js';
import type { BuildProgress } from '../build/progress.js';
import type { Runtime } from '../build/runtime.js';
import type { SshAgent } from '../build/ssh-agent.js';
import type { StepOutcome } from '../build/step-outcome.js';
import type { BuildStore, HeldCache, StepCache } from '../build/store.js';
import type { Digest } from '../digest/digest.js';
import { ignorePatterns } from '../dockerfile/ignore.js';
import { parseDockerfile } from '../dockerfile/parse.js';
import { copyGraph } from '../image/copy.js';
import { type Image, readImage } from '../image/image.js';
import { formatPlatform, matchesPlatform, type Platform, parsePlatform } from '../image/platform.js';
import { holdCache } from './build-caches.js';
import type { CacheSource, CacheTarget } from './cache-places.js';
import { CacheWithSources, exportCache } from './cache-transfer.js';
import { storeLayer } from './commit.js';
import type { EngineContext } from './context.js';
import { ensureImage, type PullPolicy } from './ensure-image.js';
import { nameImage, taggableName } from './images.js';
import { layoutImage, layoutPlace } from './layouts.js';
import type { LayerCompression } from './records.js';

/** A context by what it is: files, an image of the store, or an OCI layout directory (`directory[:tag]`). */
export type ContextSource = BuildContext | { readonly image: string } | { readonly layout: string };

export interface EngineBuildOptions {
  readonly context: BuildContext;
  /** The text; without it, the file of the context. */
  readonly dockerfile?: string | Uint8Array;
  /** Path of the Dockerfile in the context, and what messages call it; `Dockerfile` without it. */
  readonly file?: string;
  readonly contexts?: Readonly<Record<string, ContextSource>>;
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, Uint8Array>>;
  /** Agents for `RUN --mount=type=ssh`, by their ids. */
  readonly ssh?: Readonly<Record<string, SshAgent>>;
  /** What the Dockerfile may ask for beyond the usual: `security.insecure`. */
  readonly allow?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** `os/architecture[/variant]`; the store's without it. */
  readonly platform?: string;
  readonly noCache?: boolean | readonly string[];
  /**
   * Which images are fetched from their registries: those that the store lacks, all of them, or none, which is the
   * default and fails with IMAGE_UNKNOWN.
   */
  readonly pull?: PullPolicy;
  readonly squash?: 'new' | 'all';
  /** Names for the image. */
  readonly tags?: readonly string[];
  /** Seconds since 1970: the same inputs then give the same digest. SOURCE_DATE_EPOCH among the arguments says it too. */
  readonly sourceDateEpoch?: number;
  readonly compression?: LayerCompression;
  readonly cacheFrom?: readonly CacheSource[];
  readonly cacheTo?: readonly CacheTarget[];
  /** Runs the commands; the one that was installed without it. */
  readonly runtime?: Runtime;
  readonly fetch?: typeof globalThis.fetch;
  readonly onProgress?: (event: BuildProgress) => void;
  readonly signal?: AbortSignal;
}

export interface BuiltImage {
  /** Digest of the config. */
  readonly id: Digest;
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly steps: readonly StepOutcome[];
  readonly plan: Plan;
}

/** What runs commands unless a build says otherwise. */
export const defaultRuntime: Port<Runtime | undefined> = createPort<Runtime | undefined>(undefined);

export async function buildImage(context: EngineContext, options: EngineBuildOptions): Promise<BuiltImage> {
  for (const name of options.tags ?? []) taggableName(name);
  const file = options.file ?? 'Dockerfile';
  const dockerfile = parseDockerfile(options.dockerfile ?? (await readDockerfile(options.context, file)), { file });
  const buildArgs = options.buildArgs ?? {};
  const epoch = options.sourceDateEpoch ?? epochOf(buildArgs['SOURCE_DATE_EPOCH']);
  const platform = options.platform === undefined ? context.platform : parsePlatform(options.platform);
  const progress = options.onProgress ?? (() => {});
  const steps = new CacheWithSources(context, (text) => progress({ kind: 'warning', text }));
  for (const source of options.cacheFrom ?? []) await steps.add(source);
  const result = await buildIn({
    dockerfile,
    context: options.context,
    contexts: await namedContexts(context, options, platform),
    ...(options.target === undefined ? {} : { target: options.target }),
    buildArgs,
    platform,
    buildPlatform: context.platform,
    noCache: options.noCache ?? false,
    resolveImage: (reference, wanted) => resolveImage(context, reference, wanted, options),
    store: new EngineBuildStore(context, steps, options.compression),
    blobs: context.blobs,
    runtime: options.runtime ?? defaultRuntime.get() ?? NO_RUNTIME,
    ignore: await readIgnore(options.context, file),
    secrets: options.secrets ?? {},
    ssh: options.ssh ?? {},
    allow: options.allow ?? [],
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    epoch,
    now: context.now,
    progress,
    signal: options.signal,
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(options.squash === undefined ? {} : { squash: options.squash }),
  });
  for (const target of options.cacheTo ?? []) {
    await exportCache(context, { steps: result.steps, target: result.plan.target }, target);
  }
  const image = await readImage(context.blobs, result.descriptor);
  for (const name of options.tags ?? []) await nameImage(context, result.descriptor, name);
  context.state.emit({ type: 'image', action: 'build', id: image.id, patches: [], inverse: [] });
  return { id: image.id, ...result };
}

/** What a context learned is kept whether the build comes to its end or not. */
async function buildIn(options: BuildOptions): Promise<BuildResult> {
  try {
    return await build(options);
  } finally {
    await options.context.close?.();
  }
}

/** Fails at the first step that needs it. */
const NO_RUNTIME: Runtime = {
  name: 'none',
  run: () => Promise.reject(new StratumError('UNSUPPORTED', 'there is no runtime to run commands with')),
};

async function readDockerfile(context: BuildContext, file: string): Promise<Uint8Array> {
  const bytes = await context.read(file);
  if (bytes !== undefined) return bytes;
  throw new StratumError('DOCKERFILE_INVALID', `failed to read dockerfile: open ${file}: no such file or directory`);
}

/** `NAME.dockerignore` beside the Dockerfile, else the one of the context. */
async function readIgnore(context: BuildContext, file: string): Promise<ReturnType<typeof ignorePatterns>> {
  const bytes = (await context.read(`${file}.dockerignore`)) ?? (await context.read('.dockerignore'));
  return bytes && ignorePatterns(utf8Text(bytes) ?? '');
}

function epochOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new StratumError('USAGE', `SOURCE_DATE_EPOCH must be whole seconds since 1970, not ${JSON.stringify(text)}`);
}

async function namedContexts(
  context: EngineContext,
  options: EngineBuildOptions,
  platform: Platform,
): Promise<Record<string, NamedContext>> {
  const named: Record<string, NamedContext> = {};
  for (const [name, source] of Object.entries(options.contexts ?? {})) {
    if ('files' in source) named[name] = { kind: 'files', context: source };
    else if ('image' in source)
      named[name] = { kind: 'image', image: await resolveImage(context, source.image, platform, options) };
    else named[name] = { kind: 'image', image: await imageOfLayout(context, source.layout, platform) };
  }
  return named;
}

async function resolveImage(
  context: EngineContext,
  reference: string,
  platform: Platform,
  options: EngineBuildOptions,
): Promise<Image> {
  const { pull: policy = 'never', signal, onProgress } = options;
  const { tagged, image } = await ensureImage(context, reference, {
    policy,
    platform: formatPlatform(platform),
    ...(signal === undefined ? {} : { signal }),
    onPull: (name) => onProgress?.({ kind: 'pulling', reference: name }),
  });
  if (matchesPlatform(image.config.platform, platform)) return image;
  try {
    return await readImage(context.blobs, tagged.descriptor, { platform });
  } catch (error) {
    // As BuildKit does for an image without an index: it is taken for what it is, and a check warns of it.
    if (isStratumError(error, 'PLATFORM_UNKNOWN')) return image;
    throw error;
  }
}

/** Brings an image of a layout directory into the store, under no name. */
async function imageOfLayout(context: EngineContext, layout: string, platform: Platform): Promise<Image> {
  const { blobs, image } = await layoutImage(await layoutPlace(context, layout));
  await copyGraph(blobs, context.blobs, image.descriptor);
  return context.imageAt(image.descriptor.digest, () => readImage(context.blobs, image.descriptor, { platform }));
}

class EngineBuildStore implements BuildStore {
  readonly steps: StepCache;
  readonly #context: EngineContext;
  readonly #compression: LayerCompression | undefined;

  constructor(context: EngineContext, steps: StepCache, compression: LayerCompression | undefined) {
    this.steps = steps;
    this.#context = context;
    this.#compression = compression;
  }

  async layers(...[stored, needs]: Parameters<BuildStore['layers']>): ReturnType<BuildStore['layers']> {
    return Promise.all(stored.map((layer) => this.#context.layers.layer(layer, needs)));
  }

  async tree(...[stored, needs]: Parameters<BuildStore['tree']>): ReturnType<BuildStore['tree']> {
    return this.#context.snapshots.merge(await this.layers(stored, needs));
  }

  keepLayer(...[layer]: Parameters<BuildStore['keepLayer']>): ReturnType<BuildStore['keepLayer']> {
    return storeLayer(this.#context, layer, this.#compression);
  }

  cache(...[mount, begin]: Parameters<BuildStore['cache']>): Promise<HeldCache> {
    return holdCache(this.#context, mount, begin);
  }
}
