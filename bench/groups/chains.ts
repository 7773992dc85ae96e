/** Many forks: a thousand in a chain, each of the one before, and ten thousand side by side. */

import type { UnionFs } from '../../src/fs/union-fs.js';
import type { Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, fileCorpus, inRuns } from '../corpus.js';
import { runChild } from '../process.js';
import { repeated } from '../repeated.js';
import { unionOf } from '../subject.js';

const LAYERS = 8;
const BATCH = 1000;
const ROUNDS = 3;

export const chains: Group = {
  name: 'chains',
  about: 'Many forks: in a chain, and side by side',
  run: async (context) => {
    const files = fileCorpus(sized(context, 50_000, 1_000));
    const forks = sized(context, 1_000, 50);
    const chain = chainOf(await unionOf(inRuns(files, LAYERS)), forks);
    const ends = [
      ['the first', chain[0] as UnionFs],
      [`the last of ${forks.toLocaleString('en-US')}`, chain.at(-1) as UnionFs],
    ] as const;
    await repeated(
      'stat in a chain of forks, random path',
      ends.map(([at, union]) => looks(at, union, files)),
      context,
    );
    const count = sized(context, 10_000, 100);
    const rounds: number[] = [];
    for (let round = 0; round < (context.quick ? 1 : ROUNDS); round++) {
      const { heldBytes } = await runChild<{ heldBytes: number }>('held', ['forks', String(count)], ['--expose-gc']);
      rounds.push(heldBytes / count);
    }
    const at = `${count.toLocaleString('en-US')} side by side`;
    context.record({ bench: 'memory of a fork that wrote a file', subject: 'stratum', at, unit: 'bytes', rounds });
  },
};

/** Each fork writes a file of its own before the next is made of it. */
function chainOf(base: UnionFs, length: number): UnionFs[] {
  const chain: UnionFs[] = [];
  let latest = base;
  for (let i = 0; i < length; i++) {
    latest = latest.fork();
    latest.fs.writeFileSync(`/fork-${i}`, 'x');
    chain.push(latest);
  }
  return chain;
}

function looks(at: string, union: UnionFs, files: readonly CorpusFile[]): Parameters<typeof repeated>[1][number] {
  const { fs } = union;
  // Steps that share no factor with the number of files visit all of them.
  const paths = Array.from({ length: BATCH }, (_, i) => (files[(i * 7919) % files.length] as CorpusFile).path);
  const expected = paths.reduce((sum, each) => sum + fs.statSync(each).size, 0);
  return {
    subject: 'stratum',
    at,
    batch: BATCH,
    expected,
    run: () => {
      let sum = 0;
      for (const each of paths) sum += fs.statSync(each).size;
      return sum;
    },
  };
}
