/** `pull`: an image of a registry into the store. Only what the store lacks is fetched. */

import { StratumError } from '../base/error.js';
import type { Descriptor } from '../blob/descriptor.js';
import type { Digest } from '../digest/digest.js';
import { type GraphReader, storeWriter, transferGraph } from '../image/copy.js';
import { isConfigType } from '../image/media-type.js';
import { parsePlatform } from '../image/platform.js';
import { familiarReference, formatReference, nameInRepository, parseReference } from '../image/reference.js';
import { RepositoryReader } from '../registry/client/graph.js';
import { ChosenPlatform } from './chosen-platform.js';
import type { EngineContext } from './context.js';
import { nameImage, readChosen } from './images.js';
import type { ProgressOptions } from './records.js';
import { WatchedTransfer } from './watched-transfer.js';

export interface PullOptions extends ProgressOptions {
  /** `os/architecture[/variant]`; the store's without it. */
  readonly platform?: string;
  /** Every image of an index. */
  readonly allPlatforms?: boolean;
  /**
   * `later` leaves the layers where they are. The image can be listed and inspected; its layers are fetched when they are
   * first read, if the store has the registry for its lower tier.
   */
  readonly layers?: 'now' | 'later';
}

export interface PulledImage {
  /** As Docker shows it. */
  readonly reference: string;
  /** Of the manifest or index that the name points at. */
  readonly digest: Digest;
  /** False when the store had it all, under that name. */
  readonly isNew: boolean;
}

/** As many as Docker fetches. */
const DOWNLOADS = 3;

/**
 * Pulls an image. Every blob is held against digest and size before it is visible, and stays when the pull fails, so that
 * the next try fetches what was missing. A layer is held against its DiffID when it is first opened.
 */
export async function pull(context: EngineContext, text: string, options: PullOptions = {}): Promise<PulledImage> {
  const reference = parseReference(text);
  const repository = context.registries.repository(reference);
  const calls = options.signal === undefined ? {} : { signal: options.signal };
  const descriptor = await repository.resolve(nameInRepository(reference), calls);
  const name = formatReference(reference.digest === undefined ? reference : { ...reference, tag: undefined });
  const reader = new RepositoryReader(repository, calls);
  const { added, all } = await fetchMissing(context, reader, descriptor, options);
  const isNamed = (await context.tags.read()).some(
    (image) => image.reference === name && image.descriptor.digest === descriptor.digest,
  );
  await nameImage(context, descriptor, name);
  // What had no name yet, another process may have pruned; from here on nobody does.
  if (!isNamed && !(await areThere(context, all))) await fetchMissing(context, reader, descriptor, options);
  await checkImage(context, descriptor);
  const isNew = added.length > 0 || !isNamed;
  if (isNew) context.state.emit({ type: 'image', action: 'pull', id: descriptor.digest, patches: [], inverse: [] });
  return { reference: familiarReference(parseReference(name)), digest: descriptor.digest, isNew };
}

async function fetchMissing(
  context: EngineContext,
  reader: GraphReader,
  descriptor: Descriptor,
  options: PullOptions,
): Promise<{ added: readonly Digest[]; all: readonly Digest[] }> {
  const all = new Set<Digest>();
  const watched = new WatchedTransfer(options);
  const chosen = new ChosenPlatform(
    options.platform === undefined ? context.platform : parsePlatform(options.platform),
  );
  const added = await transferGraph(watched.downloads(reader), storeWriter(context.own), descriptor, {
    concurrency: DOWNLOADS,
    onPlan: watched.onPlan,
    onBlob: (blob, status) => {
      all.add(blob.digest);
      watched.onBlob(blob, status);
    },
    ...(options.allPlatforms === true ? {} : { select: chosen.select }),
    ...(options.layers === 'later' ? { wants: ({ mediaType }: Descriptor) => isConfigType(mediaType) } : {}),
  });
  chosen.check();
  return { added, all: [...all] };
}

async function areThere(context: EngineContext, digests: readonly Digest[]): Promise<boolean> {
  for (const digest of digests) if ((await context.own.stat(digest)) === undefined) return false;
  return true;
}

/** The manifest must be one that the config agrees with; an artifact is taken as it is. */
async function checkImage(context: EngineContext, descriptor: Descriptor): Promise<void> {
  try {
    await readChosen(context, descriptor);
  } catch (error) {
    if (!(error instanceof StratumError && error.code === 'UNSUPPORTED')) throw error;
  }
}
