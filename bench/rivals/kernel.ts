/** Linux through node:fs: a directory for one layer, an overlay mount for more. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { CorpusFile } from '../corpus.js';
import { sh } from '../process.js';
import { populate } from '../sync-fs.js';

export interface Overlay {
  /** Where the merged tree is seen. */
  readonly root: string;
  /** Where changes are kept. */
  readonly upper: string;
  close(): void;
}

/** Why overlay mounts cannot be made here, or `undefined` when they can. */
export function overlayMissing(scratch: string): string | undefined {
  if (process.platform !== 'linux') return 'overlay mounts need Linux';
  if (process.getuid?.() !== 0) return 'overlay mounts need root';
  try {
    const lower = path.join(scratch, 'probe-lower');
    fs.mkdirSync(lower, { recursive: true });
    mountOverlay(scratch, 'probe', [lower]).close();
    return undefined;
  } catch (error) {
    return `overlay mounts fail: ${(error as Error).message}`;
  }
}

/** Writes each layer to a directory of its own; short names, because a mount's options fit in one page. */
export function writeLayers(scratch: string, name: string, layers: readonly (readonly CorpusFile[])[]): string[] {
  return layers.map((files, at) => {
    const directory = path.join(scratch, name, String(at));
    fs.mkdirSync(directory, { recursive: true });
    populate(fs, directory, files);
    return directory;
  });
}

/** Mounts directories, bottom first, with an empty upper on top. */
export function mountOverlay(scratch: string, name: string, lower: readonly string[]): Overlay {
  const place = fs.mkdtempSync(path.join(scratch, `${name}-`));
  const [root, upper, work] = ['merged', 'upper', 'work'].map((part) => path.join(place, part)) as [
    string,
    string,
    string,
  ];
  for (const directory of [root, upper, work]) fs.mkdirSync(directory);
  // The kernel lists the topmost lower directory first.
  const lowerdir = [...lower].reverse().join(':');
  sh('mount', ['-t', 'overlay', 'overlay', '-o', `lowerdir=${lowerdir},upperdir=${upper},workdir=${work}`, root]);
  return {
    root,
    upper,
    close: () => {
      if (spawnSync('umount', [root]).status !== 0) sh('umount', ['-l', root]);
    },
  };
}
