/** The state of a place as the page is told it, and the trees behind it, kept as they are at this moment. */

import { analyzeStack, type ImageAnalysis } from '../../analysis/analyze.js';
import type { ImageStack } from '../../analysis/stack.js';
import type { WastedPath } from '../../analysis/waste.js';
import { utf8Text } from '../../base/bytes.js';
import { shortId } from '../../digest/digest.js';
import { chainIds } from '../../layer/chain.js';
import { TEXT_LIMIT, UPPER_LIMIT } from '../limits.js';
import type { ContainerView, FileView, ImageView, LayerView, MomentView } from '../view.js';
import type { Place } from './place.js';
import { registryView } from './registry-view.js';
import { imageSlabs, type SeenUpper, type Slab, seeUpper } from './slabs.js';

/** What a moment holds besides its view: values that nothing changes any more. */
export interface HeldMoment {
  /** By image ID, and by container id. */
  readonly stacks: ReadonlyMap<string, readonly Slab[]>;
}

export type StateView = Pick<
  MomentView,
  'files' | 'images' | 'layers' | 'containers' | 'volumes' | 'registry' | 'store' | 'build'
>;

interface KnownImage {
  readonly stack: ImageStack;
  readonly slabs: readonly Slab[];
  readonly analysis: ImageAnalysis;
}

const WASTED_SHOWN = 20;

/** Looks at a place again and again; what an image ID names never changes, so it is looked at once. */
export class Viewer {
  readonly #known: Map<string, KnownImage> = new Map();

  async look(place: Place): Promise<{ view: StateView; held: HeldMoment }> {
    const stacks = new Map<string, readonly Slab[]>();
    const images = await this.#images(place);
    for (const { id } of images) stacks.set(id, this.#known.get(id)?.slabs ?? []);
    const containers: ContainerView[] = [];
    for (const summary of (await place.engine.ps()).reverse()) {
      const container = await place.engine.container(summary.id);
      const below = this.#known.get(summary.imageId)?.slabs ?? [];
      const seen = seeUpper(container.union, below);
      stacks.set(summary.id, [...below, seen.slab]);
      containers.push(containerView(summary, { place, below, seen, mounts: container.record.mounts ?? [] }));
    }
    const usage = await place.engine.df();
    const view: StateView = {
      files: [...place.files].sort(([a], [b]) => (a < b ? -1 : 1)).map(fileView),
      images,
      layers: this.#layers(images),
      containers,
      volumes: await volumes(place, containers),
      registry: registryView(place.registry.traffic, place.exchange),
      store: { blobBytes: usage.blobBytes, bytesWithoutSharing: usage.bytesWithoutSharing },
      build: place.build,
    };
    return { view, held: { stacks } };
  }

  async #images({ engine }: Place): Promise<ImageView[]> {
    const views = new Map<string, ImageView>();
    for (const summary of (await engine.images()).reverse()) {
      const { id, digest, repository, tag, size } = summary;
      const names = repository === undefined ? [] : [`${repository}:${tag ?? 'latest'}`];
      const known = views.get(id);
      if (known !== undefined) {
        const all = [...known.names, ...names];
        views.set(id, { ...known, names: all, name: all[0] ?? known.name });
        continue;
      }
      const { stack, analysis } = await this.#know(engine, id);
      const diffIds = stack.layers.map(({ diffId }) => diffId);
      views.set(id, {
        id,
        digest,
        name: names[0] ?? shortId(id),
        names,
        storedBytes: size,
        layers: diffIds,
        chain: chainIds(diffIds),
        efficiency: analysis.efficiency,
        wastedBytes: analysis.wastedBytes,
        wasted: analysis.wasted.slice(0, WASTED_SHOWN).map(wastedView),
        command: commandText(await engine.inspectImage(id)),
      });
    }
    // The clock stands almost still here: what was seen first is the older.
    const ids = [...this.#known.keys()];
    return [...views.values()].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  async #know(engine: Place['engine'], id: string): Promise<KnownImage> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const stack = await engine.stack(id);
    const found = { stack, slabs: imageSlabs(stack), analysis: analyzeStack(stack) };
    this.#known.set(id, found);
    return found;
  }

  #layers(images: readonly ImageView[]): LayerView[] {
    const layers = new Map<string, LayerView>();
    for (const { id, name } of images) {
      for (const layer of this.#known.get(id)?.analysis.layers ?? []) {
        const known = layers.get(layer.diffId);
        layers.set(layer.diffId, {
          diffId: layer.diffId,
          digest: layer.digest,
          createdBy: layer.createdBy,
          storedBytes: layer.storedBytes,
          contentBytes: layer.contentBytes,
          added: layer.added.paths,
          modified: layer.modified.paths,
          deleted: layer.deleted.paths,
          images: [...new Set([...(known?.images ?? []), name])],
        });
      }
    }
    return [...layers.values()];
  }
}

interface SeenContainer {
  readonly place: Place;
  readonly below: readonly Slab[];
  readonly seen: SeenUpper;
  readonly mounts: readonly { readonly type: string; readonly source?: string; readonly target: string }[];
}

function containerView(
  summary: Awaited<ReturnType<Place['engine']['ps']>>[number],
  { place, below, seen, mounts }: SeenContainer,
): ContainerView {
  const session = place.sessions.get(summary.id);
  return {
    id: summary.id,
    name: summary.name,
    image: summary.image,
    imageId: summary.imageId,
    command: summary.command,
    status: summary.state.status,
    prompt: session?.isOpen === true ? session.prompt : undefined,
    layers: below.map(({ name }) => name.diffId),
    upper: seen.entries.slice(0, UPPER_LIMIT),
    upperCount: seen.entries.length,
    upperBytes: seen.bytes,
    mounts: mounts.map(({ type, source, target }) => ({ type, source: source ?? '', target })),
  };
}

async function volumes({ engine }: Place, containers: readonly ContainerView[]): Promise<MomentView['volumes']> {
  const names = new Map(containers.map(({ id, name }) => [id, name]));
  return (await engine.volumes.list()).map(({ name, size, containers: users }) => ({
    name,
    sizeBytes: size,
    users: users.map((id) => names.get(id) ?? id.slice(0, 12)),
  }));
}

function fileView([path, bytes]: readonly [string, Uint8Array]): FileView {
  const text = bytes.length > TEXT_LIMIT ? undefined : utf8Text(bytes);
  return { path, sizeBytes: bytes.length, text: text?.includes('\0') === true ? undefined : text };
}

function wastedView({ path, bytes, copies }: WastedPath): ImageView['wasted'][number] {
  const why = copies.map(({ layer, by, reason }) => `stored in layer ${layer + 1}, ${reason} in layer ${by + 1}`);
  return { path, bytes, why: why.join('; ') };
}

function commandText(inspected: Record<string, unknown>): string {
  const config = inspected['Config'] as Record<string, unknown> | undefined;
  const words = [config?.['Entrypoint'], config?.['Cmd']].flatMap((list) => (Array.isArray(list) ? list : []));
  return words.join(' ');
}
