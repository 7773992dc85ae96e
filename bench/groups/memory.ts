/** Heap that a merged tree holds for each file. */

import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { runChild } from '../process.js';

const SUBJECTS: readonly string[] = ['stratum', 'memfs'];
/** Heap is the same from run to run but for what the collector leaves. */
const ROUNDS = 3;

export const memory: Group = {
  name: 'memory',
  about: 'Heap held for a file of a merged tree',
  run: async (context: BenchContext) => {
    const files = sized(context, 1_000_000, 20_000);
    for (const subject of SUBJECTS) {
      const rounds: number[] = [];
      // memfs takes a quarter of a minute to fill and holds 1.7 GB; its figure does not vary.
      const times = context.quick || subject === 'memfs' ? 1 : ROUNDS;
      for (let round = 0; round < times; round++) rounds.push(await heapOfOneFile(subject, files));
      context.record({
        bench: 'heap for a file',
        subject,
        at: `${files.toLocaleString('en-US')} files`,
        unit: 'bytes',
        rounds,
      });
    }
  },
};

async function heapOfOneFile(subject: string, files: number): Promise<number> {
  const nodeArgs = ['--expose-gc', '--max-old-space-size=6144'];
  const { heapBytes } = await runChild<{ heapBytes: number }>('heap', [subject, String(files)], nodeArgs);
  return heapBytes / files;
}
