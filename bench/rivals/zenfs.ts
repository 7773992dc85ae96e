/** @zenfs/core: its copy-on-write backend nested once for each layer. */

import { CopyOnWrite, configure, InMemory, resolveMountConfig, fs as zenfs } from '@zenfs/core';
import type { CorpusFile } from '../corpus.js';
import { populate, type SyncFs } from '../sync-fs.js';

/** One stack at a time: zenfs has one name space for the process. */
export async function stackOfZenfs(layers: readonly (readonly CorpusFile[])[]): Promise<SyncFs> {
  const stores = [];
  for (const files of layers) {
    const store = await resolveMountConfig({ backend: InMemory });
    await configure({ mounts: { '/': store }, disableAccessChecks: true });
    populate(zenfs as unknown as SyncFs, '', files);
    stores.push(store);
  }
  let stack: unknown = stores[0];
  for (const store of stores.slice(1)) {
    stack = await resolveMountConfig({ backend: CopyOnWrite, readable: stack, writable: store } as never);
  }
  await configure({ mounts: { '/': stack as never }, disableAccessChecks: true });
  return zenfs as unknown as SyncFs;
}
