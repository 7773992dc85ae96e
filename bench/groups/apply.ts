/** Merging layers into one tree. */

import type { Group } from '../context.js';
import { sized } from '../context.js';
import { type CorpusFile, dealt, fileCorpus, inRuns } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { applyAll, layersOf } from '../subject.js';
import { layersLabel } from './lookup.js';

export const apply: Group = {
  name: 'apply',
  about: 'Applying layers: 50,000 files as 1 and as 128 layers',
  run: async (context) => {
    const files = fileCorpus(sized(context, 50_000, 2_000));
    const shots: AnyShot[] = [];
    for (const count of [1, 8, 32, 128]) shots.push(await applyShot(files, inRuns(files, count), layersLabel(count)));
    shots.push(await applyShot(files, dealt(files, 128), '128 layers, each in every directory'));
    await oneShot(`apply ${files.length.toLocaleString('en-US')} files`, shots, context);
  },
};

async function applyShot(
  files: readonly CorpusFile[],
  stack: readonly (readonly CorpusFile[])[],
  at: string,
): Promise<AnyShot> {
  const layers = await layersOf(stack);
  return shot({
    subject: 'stratum',
    at,
    prepare: () => layers,
    run: applyAll,
    check: (tree) => expectEqual(countFiles(tree.root), files.length, 'files in the tree'),
  });
}

function countFiles(node: { readonly children?: ReadonlyMap<string, unknown> }): number {
  if (node.children === undefined) return 1;
  let count = 0;
  for (const child of node.children.values()) count += countFiles(child as typeof node);
  return count;
}
