/** unionfs over a memfs volume for each layer: asks one volume after the other, from the top. */

import { Union } from 'unionfs';
import type { CorpusFile } from '../corpus.js';
import type { SyncFs } from '../sync-fs.js';
import { memfsOf } from './memfs.js';

export function unionOfMemfs(layers: readonly (readonly CorpusFile[])[]): SyncFs {
  const union = new Union();
  for (const files of layers) union.use(memfsOf(files).fs as never);
  return union as unknown as SyncFs;
}
