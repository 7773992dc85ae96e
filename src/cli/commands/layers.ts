/** `layers`: what an image is stacked from, drawn to scale, and which other images stand on the same layers. */

import type { Command } from 'commander';
import { type Digest, shortId } from '../../digest/digest.js';
import type { DiskUsage, HistoryLine } from '../../engine/records.js';
import type { Colors } from '../colors.js';
import { withExamples } from '../help.js';
import { ellipsis, humanSize } from '../human.js';
import { formatListing, type Row } from '../listing.js';
import { scaledBar } from '../picture.js';
import type { Session } from '../session.js';
import { alignColumns, NARROW } from '../table.js';
import type { VerbModule } from '../verbs.js';

const BAR_WIDTH = 24;
const CREATED_BY_WIDTH = 40;

export const verbs: VerbModule['verbs'] = { layers };

/** One layer of an image as it is shown. */
export interface ShownLayer {
  /** 1 is the lowest. */
  readonly position: number;
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Stored bytes. */
  readonly size: number;
  readonly createdBy: string;
  /** Names of the other images that have it. */
  readonly sharedWith: readonly string[];
}

function layers(command: Command, session: Session): void {
  command
    .argument('<image>', 'name or ID')
    .option('--no-trunc', 'do not shorten commands')
    .option('--format <format>', "'json', or a template such as '{{.Digest}} {{.SharedWith}}'")
    .action(async (image: string, options: { readonly trunc: boolean; readonly format?: string }) => {
      const engine = await session.engine();
      const shown = shownLayers(await engine.history(image), await engine.df());
      const text =
        options.format === undefined
          ? drawLayers(shown, { colors: session.colors, trunc: options.trunc })
          : await formatListing({ headings: {}, columns: [], rows: shown.map(layerRow) }, { format: options.format });
      await session.print(text);
    });
  withExamples(command, [
    ['stratum layers app:1.0', 'the stack, top first'],
    ['stratum layers --format json app:1.0', 'sizes in bytes'],
  ]);
}

/** The layers of an image, top first, from its history and the usage of the whole store. */
export function shownLayers(history: readonly HistoryLine[], usage: DiskUsage): ShownLayer[] {
  const own = history.find((line) => line.id !== undefined)?.id;
  const names = new Map(usage.images.map((image) => [image.id, image.references[0] ?? shortId(image.id)]));
  const users = new Map(usage.layers.map((layer) => [layer.digest, layer.images]));
  const made = history.filter((line) => line.layer !== undefined);
  return made.flatMap(({ layer, size, createdBy }, index) => {
    if (layer === undefined) return [];
    const others = (users.get(layer.digest) ?? []).filter((id) => id !== own);
    const sharedWith = others.map((id) => names.get(id) ?? shortId(id));
    return [{ position: made.length - index, digest: layer.digest, diffId: layer.diffId, size, createdBy, sharedWith }];
  });
}

/** The stack as a picture, top first, with what is shared and what is not below it. */
export function drawLayers(
  shown: readonly ShownLayer[],
  options: { readonly colors: Colors; readonly trunc: boolean },
): string {
  const { colors, trunc } = options;
  const most = Math.max(0, ...shown.map((layer) => layer.size));
  const rows = shown.map((layer) => [
    String(layer.position),
    shortId(layer.diffId),
    humanSize(layer.size),
    scaledBar(layer.size, most, BAR_WIDTH, isShared(layer) ? 'shared' : 'own'),
    sharingText(layer, trunc),
    trunc ? ellipsis(layer.createdBy, CREATED_BY_WIDTH) : layer.createdBy,
  ]);
  const header = ['#', 'DIFF ID', 'SIZE', '', 'SHARED WITH', 'CREATED BY'];
  const [heading = '', ...lines] = alignColumns([header, ...rows], NARROW).split('\n');
  const paint = (line: string, at: number): string => {
    const layer = shown[at];
    return layer === undefined ? line : line.replace(/[█▉▊▋▌▍▎▏▒]+/, isShared(layer) ? colors.cyan : colors.green);
  };
  return [heading, ...lines.map(paint)].join('\n') + totalText(shown);
}

function totalText(shown: readonly ShownLayer[]): string {
  const sum = (some: readonly ShownLayer[]): string => humanSize(some.reduce((bytes, layer) => bytes + layer.size, 0));
  const shared = shown.filter(isShared);
  return `${shown.length} layers, ${sum(shown)}: ${sum(shared)} shared, ${sum(shown.filter((layer) => !isShared(layer)))} its own\n`;
}

function sharingText({ sharedWith }: ShownLayer, trunc: boolean): string {
  const [first = '-', ...more] = sharedWith;
  if (!trunc) return sharedWith.join(' ') || '-';
  return more.length === 0 ? first : `${first} +${more.length}`;
}

function isShared(layer: ShownLayer): boolean {
  return layer.sharedWith.length > 0;
}

function layerRow(layer: ShownLayer): Row {
  return {
    Position: layer.position,
    Digest: layer.digest,
    DiffID: layer.diffId,
    Size: humanSize(layer.size),
    Bytes: layer.size,
    CreatedBy: layer.createdBy,
    SharedWith: layer.sharedWith,
  };
}
