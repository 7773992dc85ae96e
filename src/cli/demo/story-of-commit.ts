/** The second half of the demo's story: the upper becomes a layer, and the layer an image. */

import type { Container } from '../../engine/container.js';
import type { Engine } from '../../engine/engine.js';
import type { TarEntry } from '../../tar/entry.js';
import { TarReader } from '../../tar/reader.js';
import { formatHistory } from '../commands/history.js';
import { humanSize } from '../human.js';
import { alignColumns } from '../table.js';
import { type Narrator, shortened, timed } from './narrator.js';

export const COMMITTED = 'demo/changed:1';

export async function tellCommit(engine: Engine, container: Container, narrator: Narrator, now: Date): Promise<void> {
  const storedBefore = (await engine.df()).blobBytes;
  const { took } = await timed(() => container.commit({ ref: COMMITTED, message: `what ${container.name} changed` }));
  await narrator.step(
    'A commit makes a layer of the upper',
    'The layer is a tar of what changed: changed files whole, deleted ones as a mark whose name begins with .wh.',
  );
  await showLayer(engine, took, narrator);
  await showHistory(engine, narrator, now);
  await showCost(engine, storedBefore, narrator);
}

async function showLayer(engine: Engine, took: string, narrator: Narrator): Promise<void> {
  const top = (await engine.history(COMMITTED)).find((line) => line.layer !== undefined);
  const layer = (await engine.tree(COMMITTED)).layers.at(-1);
  if (top?.layer === undefined || layer === undefined) return;
  await narrator.table([
    ['DiffID', layer.diffId, `names the tar, ${humanSize(layer.size)}`],
    ['Blob', top.layer.digest, `names what is stored, ${humanSize(top.size)}`],
  ]);
  await narrator.say('');
  const entries: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => entries.push(entry) });
  for await (const chunk of layer.tar()) reader.push(chunk);
  reader.end();
  const rows = entries.map(({ type, mode, size, path }) => [
    type,
    mode.toString(8).padStart(4, '0'),
    String(size),
    path,
  ]);
  const lines = alignColumns([['TYPE', 'MODE', 'BYTES', 'ENTRY'], ...rows])
    .trimEnd()
    .split('\n');
  const { magenta } = narrator.colors;
  await narrator.figure(shortened(lines), (line) => (line.includes('.wh.') ? magenta(line) : line));
  await narrator.say('');
  await narrator.figure([`Packed, compressed, hashed and stored in ${took}.`]);
}

async function showHistory(engine: Engine, narrator: Narrator, now: Date): Promise<void> {
  await narrator.step('The history of the new image', 'Each line is a step; a step that wrote something made a layer.');
  const lines = await engine.history(COMMITTED);
  const text = await formatHistory(lines, { trunc: true, human: true }, now);
  await narrator.figure(shortened(text.trimEnd().split('\n')));
}

async function showCost(engine: Engine, storedBefore: number, narrator: Narrator): Promise<void> {
  const usage = await engine.df();
  const size = usage.images.find((image) => image.references.includes(COMMITTED))?.size ?? 0;
  const grown = usage.blobBytes - storedBefore;
  await narrator.say('');
  await narrator.figure([
    `The image comes to ${humanSize(size, 4)}, but the store grew only by ${humanSize(grown, 4)}: one layer, a config, a manifest.`,
  ]);
}
