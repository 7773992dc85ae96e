/** Everyday work in a container: creating many files, removing a big tree. */

import nodeFs from 'node:fs';
import path from 'node:path';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { directoriesOf, fileCorpus, inRuns, layerLikeBytes } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { mountOverlay, overlayMissing, writeLayers } from '../rivals/kernel.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';

const LAYERS = 8;

export const writes: Group = {
  name: 'writes',
  about: 'Creating and removing files in a container',
  run: async (context) => {
    await createFiles(context);
    await removeTree(context);
  },
};

/** Where someone works, and how to put it away. */
interface Place {
  readonly fs: SyncFs;
  readonly root: string;
  close(): void;
}

type Opener = readonly [subject: string, open: () => Place];

function shots(
  openers: readonly Opener[],
  operations: number,
  run: (place: Place) => void,
  check: (place: Place) => void,
): AnyShot[] {
  return openers.map(([subject, open]) =>
    shot({
      subject,
      at: '',
      operations,
      prepare: open,
      run,
      check: (_, place) => check(place),
      dispose: (place) => place.close(),
    }),
  );
}

const NOTHING = (): void => undefined;

async function createFiles(context: BenchContext): Promise<void> {
  const count = sized(context, 10_000, 200);
  const union = await unionOf([fileCorpus(1000)]);
  const content = layerLikeBytes(100, 1);
  const openers: Opener[] = [
    ['stratum', () => ({ fs: union.fork().fs as unknown as SyncFs, root: '', close: NOTHING })],
    ['memfs', () => ({ fs: memfsOf([]).fs, root: '', close: NOTHING })],
    ['node:fs on a disk', () => diskPlace(context.scratch)],
  ];
  const names = Array.from({ length: count }, (_, at) => `/made/${at % 100}/file-${at}`);
  const run = ({ fs, root }: Place): void => {
    for (let i = 0; i < 100; i++) fs.mkdirSync(`${root}/made/${i}`, { recursive: true });
    for (const name of names) fs.writeFileSync(`${root}${name}`, content);
  };
  const check = ({ fs, root }: Place): void =>
    expectEqual(fs.readdirSync(`${root}/made/7`).length, count / 100, 'files');
  await oneShot(`create a file, ${count.toLocaleString('en-US')} of them`, shots(openers, count, run, check), context);
}

function diskPlace(scratch: string): Place {
  const root = nodeFs.mkdtempSync(path.join(scratch, 'w-'));
  return { fs: nodeFs, root, close: () => nodeFs.rmSync(root, { recursive: true }) };
}

async function removeTree(context: BenchContext): Promise<void> {
  const files = fileCorpus(sized(context, 50_000, 1_000));
  const layers = inRuns(files, LAYERS);
  const union = await unionOf(layers);
  const openers: Opener[] = [
    ['stratum', () => ({ fs: union.fork().fs as unknown as SyncFs, root: '', close: NOTHING })],
    ['memfs', () => ({ fs: memfsOf(files).fs, root: '', close: NOTHING })],
  ];
  const bench = `rm -r of ${files.length.toLocaleString('en-US')} files`;
  const missing = overlayMissing(context.scratch);
  if (missing !== undefined) context.skip({ bench, subject: 'overlayfs', reason: missing });
  else {
    const lower = writeLayers(context.scratch, 'rm', layers);
    openers.push(['overlayfs', () => ({ ...mountPlace(context.scratch, lower) })]);
  }
  const tops = [...new Set(directoriesOf(files).map((directory) => `/${directory.split('/')[1]}`))];
  const run = ({ fs, root }: Place): void => {
    for (const top of tops) fs.rmSync(`${root}${top}`, { recursive: true });
  };
  const check = ({ fs, root }: Place): void => {
    for (const top of tops) expectEqual(fs.existsSync(`${root}${top}`), false, top);
  };
  await oneShot(bench, shots(openers, 1, run, check), context);
}

function mountPlace(scratch: string, lower: readonly string[]): Place {
  const overlay = mountOverlay(scratch, 'm', lower);
  return { fs: nodeFs, root: overlay.root, close: () => overlay.close() };
}
