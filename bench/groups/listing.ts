/** readdir of a directory whose 1,000 entries are spread over the layers. */

import nodeFs from 'node:fs';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, dealt } from '../corpus.js';
import { expectEqual, oneShot, shot } from '../one-shot.js';
import { type RepeatedCase, repeated } from '../repeated.js';
import { mountOverlay, overlayMissing, writeLayers } from '../rivals/kernel.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOfMemfs } from '../rivals/unionfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';
import { layersLabel } from './lookup.js';

const LAYERS: readonly number[] = [1, 8, 32, 128];
const DEEPEST = 128;

export const listing: Group = {
  name: 'listing',
  about: 'Merged listing of a directory of 1,000 entries',
  run: async (context) => {
    const entries = sized(context, 1_000, 256);
    const title = `readdir of ${entries.toLocaleString('en-US')} entries`;
    await repeatedListing(`${title}, repeated`, entries, context);
    await firstListing(`${title}, first`, entries, context);
  },
};

/** `directories` directories of `entries` empty files each. */
function wideCorpus(directories: number, entries: number): CorpusFile[] {
  const content = new Uint8Array(0);
  return Array.from({ length: directories * entries }, (_, at) => ({
    path: `/d${Math.floor(at / entries)}/entry-${(at * 7919) % entries}-${at % entries}`,
    content,
  }));
}

async function repeatedListing(bench: string, entries: number, context: BenchContext): Promise<void> {
  const files = wideCorpus(1, entries);
  const cases: RepeatedCase[] = [listingCase('memfs', 'flat', memfsOf(files).fs, '/d0', entries)];
  const overlays = [];
  const missing = overlayMissing(context.scratch);
  if (missing !== undefined) context.skip({ bench, subject: 'overlayfs', reason: missing });
  for (const count of LAYERS) {
    const at = layersLabel(count);
    const layers = dealt(files, count);
    const union = await unionOf(layers);
    cases.push(listingCase('stratum', at, union.fs as unknown as SyncFs, '/d0', entries));
    cases.push(listingCase('unionfs', at, unionOfMemfs(layers), '/d0', entries));
    if (missing !== undefined) continue;
    const overlay = mountOverlay(context.scratch, 'm', writeLayers(context.scratch, `w${count}`, layers));
    overlays.push(overlay);
    cases.push(listingCase('overlayfs', at, nodeFs, `${overlay.root}/d0`, entries));
  }
  try {
    await repeated(bench, cases, context);
  } finally {
    for (const overlay of overlays) overlay.close();
  }
}

function listingCase(subject: string, at: string, fs: SyncFs, path: string, entries: number): RepeatedCase {
  const batch = subject === 'stratum' ? 20 : 1;
  const run = (): number => {
    let count = 0;
    for (let i = 0; i < batch; i++) count += fs.readdirSync(path).length;
    return count;
  };
  return { subject, at, batch, expected: entries * batch, run };
}

/** Each directory once, in a stack that nobody has listed yet. */
async function firstListing(bench: string, entries: number, context: BenchContext): Promise<void> {
  const directories = sized(context, 20, 2);
  const files = wideCorpus(directories, entries);
  const layers = dealt(files, DEEPEST);
  const at = layersLabel(DEEPEST);
  const paths = Array.from({ length: directories }, (_, i) => `/d${i}`);
  const listAll = (fs: SyncFs, root: string): number => {
    let count = 0;
    for (const path of paths) count += fs.readdirSync(`${root}${path}`).length;
    return count;
  };
  const check = (count: number): void => expectEqual(count, directories * entries, bench);
  const memfs = memfsOf(files).fs;
  const shots = [
    shot({
      subject: 'stratum',
      at,
      operations: directories,
      prepare: async () => (await unionOf(layers)).fs as unknown as SyncFs,
      run: (fs) => listAll(fs, ''),
      check,
    }),
    shot({
      subject: 'memfs',
      at: 'flat',
      operations: directories,
      prepare: () => memfs,
      run: (fs) => listAll(fs, ''),
      check,
    }),
  ];
  if (overlayMissing(context.scratch) === undefined) {
    const lower = writeLayers(context.scratch, 'f', layers);
    shots.push(
      shot({
        subject: 'overlayfs',
        at,
        operations: directories,
        prepare: () => mountOverlay(context.scratch, 'm', lower),
        run: ({ root }) => listAll(nodeFs, root),
        check,
        dispose: (overlay) => overlay.close(),
      }),
    );
  }
  await oneShot(bench, shots, context);
}
