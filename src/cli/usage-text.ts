/** The text of `system df`: totals, what each image shares and owns, and on request every layer and container. */

import { shortId } from '../digest/digest.js';
import type { DiskUsage, FileUsage, ImageUsage } from '../engine/records.js';
import { humanSize, percent } from './human.js';
import { formatListing, type Listing, type Row } from './listing.js';
import { alignColumns } from './table.js';

export interface UsageOptions {
  readonly verbose?: boolean;
  /** False for bytes. */
  readonly human: boolean;
  readonly format?: string;
}

type Size = (bytes: number) => string;

/** Docker's `system df` prints four digits. */
const DIGITS = 4;

export async function formatUsage(usage: DiskUsage, options: UsageOptions): Promise<string> {
  const size: Size = options.human ? (bytes) => humanSize(bytes, DIGITS) : String;
  if (options.format === 'json' && options.verbose) return `${JSON.stringify(usage)}\n`;
  const totals = totalsListing(usage, size);
  if (options.format !== undefined && options.format !== 'table') {
    return formatListing(totals, { format: options.format });
  }
  const sections = [
    await formatListing(totals, {}),
    sharingText(usage, size),
    ...(usage.images.length === 0 ? [] : [`Images:\n${imageTable(usage.images, size)}`]),
    ...(options.verbose ? [`Layers:\n${layerTable(usage, size)}`, `Containers:\n${containerTable(usage, size)}`] : []),
    ...(usage.files === undefined ? [] : [filesText(usage.files, size)]),
  ];
  return sections.join('\n');
}

function totalsListing(usage: DiskUsage, size: Size): Listing {
  const { images, containers, layers, blobBytes, reclaimableBytes, cacheBytes } = usage;
  const upperBytes = containers.reduce((sum, container) => sum + container.upperBytes, 0);
  const active = images.filter((image) => image.containers > 0).length;
  const row = (type: string, total: number, used: number, bytes: number, free: number): Row => ({
    Type: type,
    TotalCount: total,
    Active: used,
    Size: size(bytes),
    Reclaimable: `${size(free)} (${percent(free, bytes)})`,
    Bytes: bytes,
    ReclaimableBytes: free,
  });
  return {
    headings: { TotalCount: 'TOTAL' },
    columns: ['Type', 'TotalCount', 'Active', 'Size', 'Reclaimable'],
    rows: [
      row('Images', images.length, active, blobBytes, reclaimableBytes),
      row('Containers', containers.length, 0, upperBytes, upperBytes),
      row('Caches', layers.length, 0, cacheBytes, cacheBytes),
    ],
  };
}

function sharingText({ images, blobBytes, bytesWithoutSharing, reclaimableBytes }: DiskUsage, size: Size): string {
  const together = blobBytes - reclaimableBytes;
  const saved = bytesWithoutSharing - together;
  const rate = percent(saved, bytesWithoutSharing);
  const count = `${images.length} ${images.length === 1 ? 'image takes' : 'images take'}`;
  return `Sharing: ${count} ${size(together)} together and ${size(bytesWithoutSharing)} apart; shared layers save ${size(saved)} (${rate}).\n`;
}

function imageTable(images: readonly ImageUsage[], size: Size): string {
  const rows = images.map((image) => [
    image.references[0] ?? '<none>',
    shortId(image.id),
    size(image.size),
    size(image.sharedSize),
    size(image.uniqueSize),
    String(image.containers),
  ]);
  return alignColumns([['IMAGE', 'IMAGE ID', 'SIZE', 'SHARED SIZE', 'UNIQUE SIZE', 'CONTAINERS'], ...rows]);
}

function layerTable({ images, layers }: DiskUsage, size: Size): string {
  const names = new Map(images.map((image) => [image.id, image.references[0] ?? shortId(image.id)]));
  const rows = layers.map((layer) => [
    shortId(layer.digest),
    size(layer.size),
    String(layer.images.length),
    layer.images.map((id) => names.get(id) ?? shortId(id)).join(' '),
  ]);
  return alignColumns([['BLOB', 'SIZE', 'IMAGES', 'USED BY'], ...rows]);
}

function containerTable({ containers }: DiskUsage, size: Size): string {
  const rows = containers.map(({ id, name, upperBytes }) => [id.slice(0, 12), name, size(upperBytes)]);
  return alignColumns([['CONTAINER ID', 'NAMES', 'WRITTEN'], ...rows]);
}

function filesText({ files, bytes, distinctFiles, distinctBytes }: FileUsage, size: Size): string {
  const saved = bytes - distinctBytes;
  return `Files: ${files} in all layers, ${size(bytes)} uncompressed; ${distinctFiles} differ, ${size(distinctBytes)}. Storing equal files once would save ${size(saved)} (${percent(saved, bytes)}) on top.\n`;
}
