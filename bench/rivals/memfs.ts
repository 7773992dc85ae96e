/** memfs: one mutable tree in memory; it knows no layers, so it holds them flattened. */

import { createFsFromVolume, Volume } from 'memfs';
import type { CorpusFile } from '../corpus.js';
import { populate, type SyncFs } from '../sync-fs.js';

export interface Memfs {
  readonly volume: Volume;
  readonly fs: SyncFs;
}

export function memfsOf(files: readonly CorpusFile[]): Memfs {
  const volume = new Volume();
  const fs = createFsFromVolume(volume) as unknown as SyncFs;
  populate(fs, '', files);
  return { volume, fs };
}

/** memfs's own way to copy a file system: everything out as JSON and in again. */
export function copyOfMemfs(memfs: Memfs): Memfs {
  const volume = Volume.fromJSON(memfs.volume.toJSON());
  return { volume, fs: createFsFromVolume(volume) as unknown as SyncFs };
}
