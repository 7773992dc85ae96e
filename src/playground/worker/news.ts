/** What an act changed, named in the field's words: the difference of two views. */

import { countText, shortText, sizeText } from '../text.js';
import type { ContainerView, News, UpperEntry } from '../view.js';
import type { StateView } from './views.js';

/** What happened in between, and the ids of all that is new or different. */
export interface Difference {
  readonly news: readonly News[];
  readonly fresh: readonly string[];
}

const NOTHING: StateView = {
  files: [],
  images: [],
  layers: [],
  containers: [],
  volumes: [],
  registry: { host: '', names: [], blobs: [], last: [], lastVerb: '', sentBytes: 0, skippedBytes: 0 },
  store: { blobBytes: 0, bytesWithoutSharing: 0 },
  build: undefined,
};
/** So many paths of an upper are told one by one. */
const TOLD_PATHS = 6;

export function difference(before: StateView | undefined, after: StateView): Difference {
  const old = before ?? NOTHING;
  const news: News[] = [];
  const fresh = new Set<string>();
  tellBuild(old, after, news);
  tellLayers(old, after, { news, fresh });
  for (const image of after.images) {
    const known = old.images.find(({ id }) => id === image.id);
    if (known === undefined) fresh.add(image.id);
    if (known !== undefined && known.names.join() !== image.names.join()) {
      fresh.add(image.id);
      const added = image.names.filter((name) => !known.names.includes(name));
      if (added.length > 0) news.push({ word: 'tag', text: `${added.join(', ')} names image ${shortText(image.id)}` });
    }
  }
  for (const { id, name } of old.images) {
    if (!after.images.some((image) => image.id === id)) news.push({ word: 'image', text: `${name} is gone` });
  }
  for (const container of after.containers) {
    tellContainer(
      old.containers.find(({ id }) => id === container.id),
      container,
      { news, fresh },
    );
  }
  for (const { id, name } of old.containers) {
    if (after.containers.some((container) => container.id === id)) continue;
    news.push({ word: 'container', text: `${name} is gone, and its upper with it` });
  }
  tellRegistry(after, { news, fresh });
  for (const { name } of after.volumes) {
    if (old.volumes.some((volume) => volume.name === name)) continue;
    fresh.add(`volume:${name}`);
    news.push({ word: 'volume', text: `volume ${name} is new` });
  }
  return { news, fresh: [...fresh] };
}

interface Told {
  readonly news: News[];
  readonly fresh: Set<string>;
}

function tellBuild(old: StateView, { build }: StateView, news: News[]): void {
  if (build === undefined || build === old.build) return;
  const cached = build.steps.filter(({ isCached }) => isCached).length;
  const ran = build.steps.filter(({ isCached, state }) => !isCached && state === 'done');
  if (cached > 0) news.push({ word: 'cached', text: `${countText(cached, 'step')} taken from the build cache` });
  for (const { title, miss } of ran)
    news.push({ word: 'built', text: miss === undefined ? title : `${title}: ${miss}` });
}

function tellLayers(old: StateView, after: StateView, { news, fresh }: Told): void {
  const nowShared = new Map<string, number>();
  for (const layer of after.layers) {
    const known = old.layers.find(({ diffId }) => diffId === layer.diffId);
    if (known === undefined) {
      fresh.add(layer.diffId);
      news.push({ word: 'layer', text: `${shortText(layer.diffId)} is new: ${sizeText(layer.storedBytes)}` });
    } else if (layer.images.length > known.images.length && layer.images.length > 1) {
      const images = layer.images.join(' and ');
      nowShared.set(images, (nowShared.get(images) ?? 0) + 1);
    }
  }
  for (const [images, count] of nowShared) {
    const verb = count === 1 ? 'is' : 'are';
    news.push({ word: 'shared', text: `${countText(count, 'layer')} ${verb} now in ${images}, and stored once` });
  }
}

function tellContainer(old: ContainerView | undefined, now: ContainerView, { news, fresh }: Told): void {
  if (old === undefined) {
    fresh.add(now.id);
    news.push({
      word: 'container',
      text: `${now.name} is an upper on the ${now.layers.length} layers of ${now.image}`,
    });
  }
  const known = new Map(old?.upper.map((entry) => [entry.path, entry]));
  const changed = now.upper.filter((entry) => !isSame(known.get(entry.path), entry));
  for (const { path } of changed) fresh.add(`${now.id}:${path}`);
  for (const entry of changed.slice(0, TOLD_PATHS)) news.push(entryNews(entry));
  if (changed.length > TOLD_PATHS) {
    news.push({
      word: 'upper',
      text: `and ${countText(changed.length - TOLD_PATHS, 'path')} more in the upper of ${now.name}`,
    });
  }
  if (old !== undefined && old.status !== now.status) {
    news.push({
      word: 'container',
      text: `${now.name} ${now.status === 'running' ? 'runs' : 'has ended; its upper stays'}`,
    });
  }
}

function isSame(before: UpperEntry | undefined, now: UpperEntry): boolean {
  return before !== undefined && before.kind === now.kind && before.sizeBytes === now.sizeBytes;
}

/** A path of an upper in one sentence. */
export function entryNews({ path, kind, type, sizeBytes, lower }: UpperEntry): News {
  const from = lower === undefined ? '' : ` layer ${lower + 1}`;
  switch (kind) {
    case 'new':
      return { word: 'upper', text: `${path} is new in the upper${type === 'file' ? `, ${sizeText(sizeBytes)}` : ''}` };
    case 'copy-up':
      return {
        word: 'copy-up',
        text: `${path} was copied up from${from}${type === 'file' ? `: ${sizeText(sizeBytes)} in the upper` : ''}`,
      };
    case 'replaced':
      return { word: 'upper', text: `${path} of${from} was replaced, ${sizeText(sizeBytes)}` };
    case 'whiteout':
      return { word: 'whiteout', text: `${path} is gone: a whiteout hides the ${sizeText(sizeBytes)} in${from}` };
    case 'opaque':
      return { word: 'opaque', text: `${path} is new and opaque: nothing of${from} shows through` };
  }
}

function tellRegistry({ registry }: StateView, { news, fresh }: Told): void {
  if (registry.last.length === 0) return;
  const sent = registry.last.filter(({ kind, found }) => kind === 'send' && found);
  const fetched = registry.last.filter(({ kind, found }) => kind === 'fetch' && found);
  const there = registry.last.filter(({ kind, found }) => (kind === 'ask' || kind === 'mount') && found);
  for (const { subject } of [...sent, ...fetched]) fresh.add(subject);
  if (registry.lastVerb === 'push') {
    news.push({ word: 'push', text: `sent ${countText(sent.length, 'blob')}, ${sizeText(registry.sentBytes)}` });
    if (there.length > 0) {
      news.push({
        word: 'push',
        text: `${countText(there.length, 'blob')} already there: ${sizeText(registry.skippedBytes)} not sent`,
      });
    }
  }
  if (registry.lastVerb === 'pull') news.push({ word: 'pull', text: `fetched ${countText(fetched.length, 'blob')}` });
}
