/** The demo: two sample images, or those of an archive, and the story of layers and copy-on-write told on them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Engine } from '../../engine/engine.js';
import { isDirectory, readFileStream } from '../host-files.js';
import type { Io } from '../io.js';
import { openStore } from '../open-store.js';
import { createProgress } from '../progress.js';
import { UsageError } from '../usage.js';
import { Narrator, timed } from './narrator.js';
import { buildSample } from './sample.js';
import { tellStory } from './story.js';

/** Tells the story, of the images in the file `archive` if there is one; leaves nothing behind. */
export async function runDemo(archive: string | undefined, io: Io): Promise<void> {
  const narrator = new Narrator(io);
  const { bold, dim } = narrator.colors;
  await narrator.say(bold('Stratum: layers and copy-on-write, on real files'));
  const { took } = await timed(() =>
    archive === undefined ? tellOfSample(narrator, io) : tellOfArchive(archive, narrator, io),
  );
  await narrator.say(dim(`\nAll of it took ${took}, and nothing was left behind.`));
}

/** The sample lives in memory. */
async function tellOfSample(narrator: Narrator, io: Io): Promise<void> {
  const engine = await openStore({ now: () => io.now().getTime() });
  try {
    const { result: images, took } = await timed(() => buildSample(engine));
    await narrator.say(`This repository and its installed packages became ${images.length} applications in ${took}.`);
    await tellStory(engine, images, narrator, io.now());
  } finally {
    await engine.close();
  }
}

/** An image may be larger than memory: it goes to a store on disk, for as long as the story lasts. */
async function tellOfArchive(archive: string, narrator: Narrator, io: Io): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'stratum-demo-'));
  try {
    const engine = await openStore({ root, now: () => io.now().getTime() });
    try {
      const { result: images, took } = await timed(() => loadArchive(engine, archive, io));
      await narrator.say(`${basename(archive)} was read, verified and stored in ${took}.`);
      await tellStory(engine, images, narrator, io.now());
    } finally {
      await engine.close();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function loadArchive(engine: Engine, archive: string, io: Io): Promise<readonly string[]> {
  const display = createProgress(io);
  const options = { onProgress: display.onProgress, signal: io.signal };
  try {
    const loaded = (await isDirectory(archive))
      ? await engine.loadLayout(archive, options)
      : await engine.load(readFileStream(archive), { ...options, file: archive });
    if (loaded.length === 0) throw new UsageError(`there is no image in ${archive}`);
    return loaded.map((image) => image.references[0] ?? image.id);
  } finally {
    display.finish();
  }
}
