/** Creating and forking containers over 50,000 files, alone and with their first write. */

import nodeFs from 'node:fs';
import { UnionFs } from '../../src/fs/union-fs.js';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, fileCorpus, inRuns } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { mountOverlay, overlayMissing, writeLayers } from '../rivals/kernel.js';
import { copyOfMemfs, memfsOf } from '../rivals/memfs.js';
import { layersOf } from '../subject.js';

const LAYERS = 8;
const WIDE = '/wide';

export const fork: Group = {
  name: 'fork',
  about: 'Creating and forking a container on 50,000 files',
  run: async (context) => {
    const files = fileCorpus(sized(context, 50_000, 1_000));
    const wide = wideDirectory(sized(context, 10_000, 500));
    const layers = await layersOf([...inRuns(files, LAYERS), wide]);
    const base = UnionFs.over(layers);
    const label = `${files.length.toLocaleString('en-US')} files`;
    const times = sized(context, 500, 20);
    const written = writtenTo(base, files);

    await oneShot('create', [containers('stratum', label, times, () => UnionFs.over(layers))], context);
    await oneShot(
      'fork',
      [
        containers('stratum', label, times, () => base.fork()),
        containers('stratum', 'of a container with 1,000 writes', times, () => written.fork()),
        ...copies(files, label),
        ...mounts(context, files, label),
      ],
      context,
    );
    await oneShot(
      'fork and first write',
      [
        firstWrites(base, label, times, `${directoryOf(files[3] as CorpusFile)}/new`),
        firstWrites(base, `in a directory of ${wide.length.toLocaleString('en-US')}`, times, `${WIDE}/new`),
        firstWrites(written, 'of a container with 1,000 writes', times, `${directoryOf(files[3] as CorpusFile)}/new`),
      ],
      context,
    );
  },
};

function wideDirectory(entries: number): CorpusFile[] {
  const content = new Uint8Array(0);
  return Array.from({ length: entries }, (_, at) => ({ path: `${WIDE}/entry-${at}`, content }));
}

function directoryOf(file: CorpusFile): string {
  return file.path.slice(0, file.path.lastIndexOf('/'));
}

/** A container that was worked in: forking it must not cost what it holds. */
function writtenTo(base: UnionFs, files: readonly CorpusFile[]): UnionFs {
  const union = base.fork();
  for (const { path } of files.slice(0, 1000)) union.fs.appendFileSync(path, 'x');
  return union;
}

/** Makes many; they are all kept, as a build keeps them, so that none is free before it is counted. */
function containers(subject: string, at: string, times: number, make: () => UnionFs): AnyShot {
  return shot({
    subject,
    at,
    operations: times,
    prepare: () => undefined,
    run: () => Array.from({ length: times }, make),
    check: (made) => checkIsolation(made[0] as UnionFs, made[1] as UnionFs),
  });
}

/** What one writes, the other must not see. */
function checkIsolation(one: UnionFs, other: UnionFs): void {
  one.fs.writeFileSync('/isolation-probe', 'x');
  expectEqual(one.fs.existsSync('/isolation-probe'), true, 'own write');
  expectEqual(other.fs.existsSync('/isolation-probe'), false, "another's write");
}

function firstWrites(base: UnionFs, at: string, times: number, path: string): AnyShot {
  return shot({
    subject: 'stratum',
    at,
    operations: times,
    prepare: () => undefined,
    run: () =>
      Array.from({ length: times }, () => {
        const union = base.fork();
        union.fs.writeFileSync(path, 'first');
        return union;
      }),
    check: (made) => {
      expectEqual(base.fs.existsSync(path), false, 'write seen in the base');
      for (const union of made) expectEqual(String(union.fs.readFileSync(path)), 'first', path);
    },
  });
}

function copies(files: readonly CorpusFile[], at: string): AnyShot[] {
  const original = memfsOf(files);
  return [
    shot({
      subject: 'memfs',
      at,
      prepare: () => original,
      run: copyOfMemfs,
      check: (copy) => expectEqual(copy.fs.existsSync((files[3] as CorpusFile).path), true, 'copied file'),
    }),
  ];
}

function mounts(context: BenchContext, files: readonly CorpusFile[], at: string): AnyShot[] {
  const missing = overlayMissing(context.scratch);
  if (missing !== undefined) {
    context.skip({ bench: 'fork', subject: 'overlayfs, mount and unmount', reason: missing });
    return [];
  }
  const lower = writeLayers(context.scratch, 'k', inRuns(files, LAYERS));
  return [
    shot({
      subject: 'overlayfs, mount and unmount',
      at,
      prepare: () => undefined,
      run: () => {
        const overlay = mountOverlay(context.scratch, 'm', lower);
        const seen = nodeFs.existsSync(`${overlay.root}${(files[3] as CorpusFile).path}`);
        overlay.close();
        return seen;
      },
      check: (seen) => expectEqual(seen, true, 'mounted file'),
    }),
  ];
}
