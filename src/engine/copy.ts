/** `copy`: an image from one place to another, past the store: registries and OCI layouts. */

import type { Descriptor } from '../blob/descriptor.js';
import { DirectoryBlobs } from '../blob/directory.js';
import type { Digest } from '../digest/digest.js';
import { type GraphReader, type GraphWriter, storeReader, storeWriter, transferGraph } from '../image/copy.js';
import { parsePlatform } from '../image/platform.js';
import { formatReference, nameInRepository, parseReference, type Reference } from '../image/reference.js';
import { LayoutTags } from '../image/tags.js';
import type { CallOptions } from '../registry/client/call.js';
import { RepositoryReader, RepositoryWriter } from '../registry/client/graph.js';
import { ChosenPlatform } from './chosen-platform.js';
import type { EngineContext } from './context.js';
import { layoutImage, layoutPlace } from './layouts.js';
import type { ProgressOptions } from './records.js';
import { registryText } from './registry-text.js';
import { WatchedTransfer } from './watched-transfer.js';

export interface CopyImageOptions extends ProgressOptions {
  /** One image of an index, `os/architecture[/variant]`; all of them without it. */
  readonly platform?: string;
}

interface Source {
  readonly reader: GraphReader;
  readonly descriptor: Descriptor;
  /** Where it is in a registry. */
  readonly reference?: Reference;
}

/** As many as are read and written at once. */
const BLOBS = 4;

/**
 * Copies an image with the bytes of its manifests, so that digests stay; returns that of the name. A place is a name in a
 * registry (`docker://` may stand before it) or `oci:DIRECTORY[:TAG]`.
 */
export async function copyImage(
  context: EngineContext,
  from: string,
  to: string,
  options: CopyImageOptions = {},
): Promise<Digest> {
  const calls = options.signal === undefined ? {} : { signal: options.signal };
  const source = await openSource(context, from, calls);
  const watched = new WatchedTransfer(options);
  const chosen = options.platform === undefined ? undefined : new ChosenPlatform(parsePlatform(options.platform));
  const top = chosen === undefined ? source.descriptor : await chosen.manifest(source.reader, source.descriptor);
  const target = await openTarget(context, to, { source, top, watched, calls });
  await transferGraph(source.reader, target.writer, top, {
    concurrency: BLOBS,
    onPlan: watched.onPlan,
    onBlob: watched.onBlob,
  });
  await target.name();
  return top.digest;
}

async function openSource(context: EngineContext, text: string, calls: CallOptions): Promise<Source> {
  const layout = layoutText(text);
  if (layout !== undefined) {
    const { blobs, image } = await layoutImage(await layoutPlace(context, layout));
    return { reader: storeReader(blobs), descriptor: image.descriptor };
  }
  const reference = parseReference(registryText(text));
  const repository = context.registries.repository(reference);
  const descriptor = await repository.resolve(nameInRepository(reference), calls);
  return { reader: new RepositoryReader(repository, calls), descriptor, reference };
}

interface Target {
  readonly writer: GraphWriter;
  /** Gives the image its name, where writing did not. */
  readonly name: () => Promise<void>;
}

async function openTarget(
  context: EngineContext,
  text: string,
  copying: { source: Source; top: Descriptor; watched: WatchedTransfer; calls: CallOptions },
): Promise<Target> {
  const { source, top, watched, calls } = copying;
  const layout = layoutText(text);
  if (layout !== undefined) {
    const { directory, tag, files } = await layoutPlace(context, layout);
    const reference = tag === undefined ? undefined : formatReference(parseReference(`image:${tag}`));
    return {
      writer: storeWriter(await DirectoryBlobs.open(directory, files)),
      name: () =>
        new LayoutTags(directory, files).update((before) => [
          ...before.filter((image) => image.reference !== reference || image.descriptor.digest !== top.digest),
          { reference, descriptor: top },
        ]),
    };
  }
  const reference = parseReference(registryText(text));
  const isNeighbour = source.reference?.registry === reference.registry;
  const writer = new RepositoryWriter(context.registries.repository(reference), {
    ...calls,
    top: { descriptor: top, name: nameInRepository(reference) },
    mountFrom: () => (isNeighbour ? source.reference?.repository : undefined),
    onSent: watched.onSent,
    onMounted: watched.onMounted,
  });
  return { writer, name: async () => {} };
}

function layoutText(text: string): string | undefined {
  return text.startsWith('oci:') ? text.slice('oci:'.length) : undefined;
}
