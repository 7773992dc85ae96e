/** Appending one byte to a file of a lower layer, with and without reading it back. */

import nodeFs from 'node:fs';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, layerLikeBytes } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { mountOverlay, overlayMissing, writeLayers } from '../rivals/kernel.js';
import { stackOfZenfs } from '../rivals/zenfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';

const BIG = 10_000_000;
const SMALL = 4096;
/** Each append needs a file that nobody has written to: one of these, in a fresh fork or mount. */
const COPIES = 8;

export const copyUp: Group = {
  name: 'copy-up',
  about: 'Copy-up: appending one byte to a file of a lower layer',
  run: async (context) => {
    const big = filesOf(sized(context, BIG, 100_000));
    const small = filesOf(SMALL);
    const shots = async (readBack: boolean): Promise<AnyShot[]> => [
      await stratumShot(big, sized(context, readBack ? 20 : 500, 5), readBack),
      await stratumShot(small, sized(context, readBack ? 20 : 500, 5), readBack),
      ...kernelShots(big, context, readBack),
      ...kernelShots(small, context, readBack),
    ];
    await oneShot('append 1 byte', await shots(false), context);
    await oneShot('append 1 byte and read all back', await shots(true), context);
    await zenfsAppend(big, context);
  },
};

function filesOf(size: number): CorpusFile[] {
  const content = layerLikeBytes(size, size);
  return Array.from({ length: COPIES }, (_, at) => ({ path: `/data/${size}-${at}`, content }));
}

function labelOf(files: readonly CorpusFile[]): string {
  const size = sizeOf(files);
  return size >= 1e6 ? `${size / 1e6} MB` : `${Math.floor(size / 1000)} kB`;
}

function sizeOf(files: readonly CorpusFile[]): number {
  return files[0]?.content.length ?? 0;
}

const BYTE = Uint8Array.of(0x21);

async function stratumShot(files: readonly CorpusFile[], forks: number, readBack: boolean): Promise<AnyShot> {
  const union = await unionOf([files]);
  const path = files[0]?.path as string;
  return shot({
    subject: 'stratum',
    at: labelOf(files),
    operations: forks,
    prepare: () => Array.from({ length: forks }, () => union.fork().fs as unknown as SyncFs),
    run: (all) => {
      let bytes = 0;
      for (const fs of all) bytes += append(fs, path, readBack);
      return bytes;
    },
    check: (bytes, all) => {
      if (readBack) expectEqual(bytes, forks * (sizeOf(files) + 1), 'bytes read back');
      for (const fs of all) expectEqual(fs.statSync(path).size, sizeOf(files) + 1, 'size after the append');
    },
  });
}

function append(fs: SyncFs, path: string, readBack: boolean): number {
  fs.appendFileSync(path, BYTE);
  return readBack ? fs.readFileSync(path).length : 0;
}

function kernelShots(files: readonly CorpusFile[], context: BenchContext, readBack: boolean): AnyShot[] {
  const missing = overlayMissing(context.scratch);
  if (missing !== undefined) {
    context.skip({ bench: 'append 1 byte', subject: 'overlayfs', reason: missing });
    return [];
  }
  const lower = writeLayers(context.scratch, `c${sizeOf(files)}-${readBack}`, [files]);
  return [
    shot({
      subject: 'overlayfs',
      at: labelOf(files),
      operations: files.length,
      prepare: () => mountOverlay(context.scratch, 'm', lower),
      run: ({ root }) => {
        for (const { path } of files) append(nodeFs, `${root}${path}`, readBack);
      },
      check: (_, { root }) => expectEqual(nodeFs.statSync(`${root}${files[0]?.path}`).size, sizeOf(files) + 1, 'size'),
      dispose: (overlay) => overlay.close(),
    }),
  ];
}

/** zenfs has one name space for the process, so each round builds its stack anew. */
async function zenfsAppend(files: readonly CorpusFile[], context: BenchContext): Promise<void> {
  const one = shot({
    subject: 'zenfs',
    at: labelOf(files),
    prepare: () => stackOfZenfs([files.slice(0, 1), []]),
    run: (fs: SyncFs) => append(fs, files[0]?.path as string, false),
    check: (_, fs) => expectEqual(fs.statSync(files[0]?.path as string).size, sizeOf(files) + 1, 'size'),
  });
  await oneShot('append 1 byte', [one], context);
}
