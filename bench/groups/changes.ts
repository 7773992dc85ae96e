/** What changed: in a container after 10 writes, and between two images that share all layers but the last. */

import nodeFs from 'node:fs';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, fileCorpus, inRuns, shuffled } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { mountOverlay, overlayMissing, writeLayers } from '../rivals/kernel.js';
import { memfsOf } from '../rivals/memfs.js';
import { diffOfStacks, layersOf, unionOf } from '../subject.js';
import { type SyncFs, walk } from '../sync-fs.js';

const LAYERS = 8;
const WRITES = 10;
/** One call is microseconds; the clock and the collector are not that exact. */
const REPEATS = 20;

export const changes: Group = {
  name: 'changes',
  about: 'Diff: what changed in a container, and between two images',
  run: async (context) => {
    const small = fileCorpus(sized(context, 50_000, 1_000));
    const large = fileCorpus(sized(context, 500_000, 10_000), { contentBytes: 0 });
    await oneShot(
      'changes after 10 writes',
      [await ours(small), await ours(large), memfsWalk(small), ...upperWalk(context, small)],
      context,
    );
    await oneShot('diff of two images', [await imageDiff(small), await imageDiff(large)], context);
  },
};

function labelOf(files: readonly CorpusFile[]): string {
  return `${files.length.toLocaleString('en-US')} files`;
}

/** Ten files all over the tree. */
function chosen(files: readonly CorpusFile[]): string[] {
  return shuffled(files.slice(0, 10_000), 5)
    .slice(0, WRITES)
    .map(({ path }) => path);
}

function write(fs: SyncFs, root: string, files: readonly CorpusFile[]): void {
  for (const path of chosen(files)) fs.appendFileSync(`${root}${path}`, 'x');
}

async function ours(files: readonly CorpusFile[]): Promise<AnyShot> {
  const base = await unionOf(inRuns(files, LAYERS));
  return shot({
    subject: 'stratum',
    at: labelOf(files),
    operations: REPEATS,
    // Each is asked once: an answer that was kept would not count.
    prepare: () =>
      Array.from({ length: REPEATS }, () => {
        const union = base.fork();
        write(union.fs as unknown as SyncFs, '', files);
        return union;
      }),
    run: (unions) => unions.map((union) => union.changes()),
    check: (all) => {
      const wanted = chosen(files).sort();
      for (const found of all) {
        const files = found.filter(({ path }) => wanted.includes(path));
        expectEqual(files.length, WRITES, 'changed files');
        expectEqual(
          files.every(({ kind }) => kind === 'modify'),
          true,
          'all modified',
        );
      }
    },
  });
}

/** memfs keeps no record: what changed is found by looking at everything. */
function memfsWalk(files: readonly CorpusFile[]): AnyShot {
  const { fs } = memfsOf(files);
  return shot({
    subject: 'memfs',
    at: labelOf(files),
    prepare: () => write(fs, '', files),
    run: () => walk(fs, '/'),
    check: (count) => expectEqual(count > files.length, true, 'entries seen'),
  });
}

function upperWalk(context: BenchContext, files: readonly CorpusFile[]): AnyShot[] {
  const missing = overlayMissing(context.scratch);
  if (missing !== undefined) {
    context.skip({ bench: 'changes after 10 writes', subject: 'overlayfs', reason: missing });
    return [];
  }
  const lower = writeLayers(context.scratch, 'u', inRuns(files, LAYERS));
  return [
    shot({
      subject: 'overlayfs',
      at: labelOf(files),
      prepare: () => {
        const overlay = mountOverlay(context.scratch, 'm', lower);
        write(nodeFs, overlay.root, files);
        return overlay;
      },
      run: ({ upper }) => walk(nodeFs, upper),
      check: (count) => expectEqual(count >= WRITES, true, 'entries in the upper directory'),
      dispose: (overlay) => overlay.close(),
    }),
  ];
}

/** Two images: the same big layers, and last layers of 100 files each. */
async function imageDiff(files: readonly CorpusFile[]): Promise<AnyShot> {
  const shared = await layersOf(inRuns(files, LAYERS));
  const [one] = await layersOf([lastLayer('one')]);
  const [other] = await layersOf([lastLayer('other')]);
  if (one === undefined || other === undefined) throw new Error('a layer was not made');
  const diff = diffOfStacks([...shared, one], [...shared, other]);
  return shot({
    subject: 'stratum',
    at: labelOf(files),
    operations: REPEATS,
    prepare: () => undefined,
    run: () => Array.from({ length: REPEATS }, diff),
    check: (all) => {
      // One directory deleted; the other added with its files.
      for (const found of all) expectEqual(found, LAST_FILES + 2, 'differences');
    },
  });
}

const LAST_FILES = 100;

function lastLayer(name: string): CorpusFile[] {
  const content = new Uint8Array(0);
  return Array.from({ length: LAST_FILES }, (_, at) => ({ path: `/${name}/file-${at}`, content }));
}
