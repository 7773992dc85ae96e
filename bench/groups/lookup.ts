/** stat and exists through the public fs: four kinds of path, 1 to 128 layers. */

import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, fileCorpus, inRuns, shuffled } from '../corpus.js';
import { type RepeatedCase, repeated } from '../repeated.js';
import { mountOverlay, overlayMissing, writeLayers } from '../rivals/kernel.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOfMemfs } from '../rivals/unionfs.js';
import { stackOfZenfs } from '../rivals/zenfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';

export const LAYER_COUNTS: readonly number[] = [1, 8, 32, 128];

/** zenfs makes about 3,500 files a second; it gets a corpus that it can hold. */
const ZENFS_FILES = 1000;
const ZENFS_LAYERS: readonly number[] = [1, 8, 32];

/** Someone to ask, and under which prefix its files lie. */
interface Subject {
  readonly subject: string;
  readonly at: string;
  readonly fs: SyncFs;
  readonly prefix: string;
  /** How many operations a call does: fewer for the slow, so that a sample stays short. */
  readonly batch: number;
}

export const lookup: Group = {
  name: 'lookup',
  about: 'stat and exists through the public fs',
  run: async (context) => {
    const files = fileCorpus(sized(context, 50_000, 1_000));
    const { subjects, close } = await openSubjects(files, context);
    try {
      for (const operation of ['stat', 'exists'] as const) {
        await repeated(
          `${operation}, constant path`,
          subjects.map((one) => constantPath(one, operation, files)),
          context,
        );
        await repeated(
          `${operation}, fresh string`,
          subjects.map((one) => freshString(one, operation, files)),
          context,
        );
        await repeated(
          `${operation}, random path`,
          subjects.map((one) => randomPath(one, operation, files)),
          context,
        );
      }
      for (const [bench, places] of [
        ['exists, missing name', files.slice(0, 1)],
        ['exists, missing name in any directory', files],
      ] as const) {
        const cases = subjects.map((one) => missingName(one, places));
        await repeated(bench, cases, context);
      }
    } finally {
      close();
    }
    await zenfsCases(context);
  },
};

async function openSubjects(
  files: readonly CorpusFile[],
  context: BenchContext,
): Promise<{ subjects: Subject[]; close: () => void }> {
  const subjects: Subject[] = [];
  const closers: (() => void)[] = [];
  subjects.push({ subject: 'memfs', at: 'flat', fs: memfsOf(files).fs, prefix: '', batch: 200 });
  for (const count of LAYER_COUNTS) {
    const at = layersLabel(count);
    const union = await unionOf(inRuns(files, count));
    subjects.push({ subject: 'stratum', at, fs: union.fs as unknown as SyncFs, prefix: '', batch: 1000 });
    subjects.push({ subject: 'unionfs', at, fs: unionOfMemfs(inRuns(files, count)), prefix: '', batch: 5 });
  }
  const missing = overlayMissing(context.scratch);
  if (missing !== undefined) context.skip({ bench: 'stat and exists', subject: 'overlayfs', reason: missing });
  else {
    for (const count of LAYER_COUNTS) {
      const overlay = mountOverlay(
        context.scratch,
        'm',
        writeLayers(context.scratch, `l${count}`, inRuns(files, count)),
      );
      closers.push(() => overlay.close());
      subjects.push({
        subject: 'overlayfs',
        at: layersLabel(count),
        fs: await nodeFs(),
        prefix: overlay.root,
        batch: 50,
      });
    }
  }
  return {
    subjects,
    close: () => {
      for (const close of closers) close();
    },
  };
}

export function layersLabel(count: number): string {
  return count === 1 ? '1 layer' : `${count} layers`;
}

async function nodeFs(): Promise<SyncFs> {
  return (await import('node:fs')).default;
}

/** One existing deep path of the bottom layer, asked for again and again as the same string. */
function constantPath(one: Subject, operation: 'stat' | 'exists', files: readonly CorpusFile[]): RepeatedCase {
  const path = `${one.prefix}${(files[3] as CorpusFile).path}`;
  const key = flattened(path);
  return lookupCase(one, operation, () => key);
}

/** The same kind of path, made of its directory and its name at each call, as programs do. */
function freshString(one: Subject, operation: 'stat' | 'exists', files: readonly CorpusFile[]): RepeatedCase {
  const path = `${one.prefix}${(files[3] as CorpusFile).path}`;
  const cut = path.lastIndexOf('/');
  const directory = flattened(path.slice(0, cut));
  const name = flattened(path.slice(cut + 1));
  return lookupCase(one, operation, () => `${directory}/${name}`);
}

/** All paths of the corpus in an order without pattern. */
function randomPath(one: Subject, operation: 'stat' | 'exists', files: readonly CorpusFile[]): RepeatedCase {
  const paths = shuffled(files, 7).map(({ path }) => flattened(`${one.prefix}${path}`));
  let at = 0;
  return lookupCase(one, operation, () => {
    at = at + 1 === paths.length ? 0 : at + 1;
    return paths[at] as string;
  });
}

/** Names that never existed and are never asked for twice, in the directories of some files. */
function missingName(one: Subject, files: readonly CorpusFile[]): RepeatedCase {
  const names = new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  const directories = shuffled([...names], 9).map((path) => flattened(`${one.prefix}${path}`));
  let at = 0;
  const next = (): string => {
    at++;
    return `${directories[at % directories.length]}/no${at}`;
  };
  const { fs, batch } = one;
  const run = (): number => {
    let found = 0;
    for (let i = 0; i < batch; i++) if (!fs.existsSync(next())) found++;
    return found;
  };
  return { subject: one.subject, at: one.at, batch, expected: batch, run };
}

function lookupCase(one: Subject, operation: 'stat' | 'exists', next: () => string): RepeatedCase {
  const { fs, batch, subject, at } = one;
  if (operation === 'exists') {
    const run = (): number => {
      let found = 0;
      for (let i = 0; i < batch; i++) if (fs.existsSync(next())) found++;
      return found;
    };
    return { subject, at, batch, expected: batch, run };
  }
  const run = (): number => {
    let size = 0;
    for (let i = 0; i < batch; i++) size += fs.statSync(next()).size;
    return size;
  };
  return { subject, at, batch, expected: batch * CONTENT_BYTES, run };
}

const CONTENT_BYTES = 24;

/** A copy that is one flat string, whatever it was sliced or joined from. */
function flattened(text: string): string {
  return Buffer.from(text).toString();
}

async function zenfsCases(context: BenchContext): Promise<void> {
  const files = fileCorpus(sized(context, ZENFS_FILES, 100));
  for (const count of ZENFS_LAYERS) {
    const fs = await stackOfZenfs(inRuns(files, count));
    const one: Subject = { subject: 'zenfs', at: layersLabel(count), fs, prefix: '', batch: 2 };
    await repeated('stat, constant path', [constantPath(one, 'stat', files)], context);
    await repeated('exists, missing name', [missingName(one, files.slice(0, 1))], context);
  }
}
