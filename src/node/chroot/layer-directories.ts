/** Layers on disk as overlayfs takes them, one directory for each prefix of a chain. */

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chainIds } from '../../layer/chain.js';
import { encodeChanges } from '../../layer/encode.js';
import type { Layer } from '../../layer/layer.js';
import { Snapshots } from '../../layer/snapshots.js';
import { nodeAt } from '../../tree/root-path.js';
import { type OverlayNamespace, toOverlay } from './overlay-tar.js';
import { feed } from './programs.js';

/** Mount options are one page: names are short. */
const NAME_LENGTH = 20;

export interface LayerDirectoryOptions {
  /** Where the directories are. */
  readonly directory: string;
  readonly namespace: OverlayNamespace;
  /** What programs are run by: nothing, or a user namespace. */
  readonly prefix: readonly string[];
}

/**
 * The names of the layers' directories, bottom first; what is missing is unpacked. A layer is kept for the chain that
 * it stands on: a directory that it only passes through has the attributes that lower layers gave it.
 */
export async function layerDirectories(
  layers: readonly Layer[],
  options: LayerDirectoryOptions,
): Promise<readonly string[]> {
  const names = chainIds(layers.map(({ diffId }) => diffId)).map((chain) =>
    chain.slice('sha256:'.length, 'sha256:'.length + NAME_LENGTH),
  );
  const snapshots = new Snapshots();
  for (const [index, name] of names.entries()) {
    const path = join(options.directory, name);
    if (existsSync(path)) continue;
    const tree = snapshots.merge(layers.slice(0, index + 1));
    const changes = toOverlay((layers[index] as Layer).changes, (at) => nodeAt(tree.root, at), options.namespace);
    await unpackNew(path, encodeChanges(changes), options.prefix);
  }
  return names;
}

/** Unpacks beside the place, and then puts it there: another process may do the same. */
async function unpackNew(path: string, tar: Iterable<Uint8Array>, prefix: readonly string[]): Promise<void> {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  mkdirSync(temporary, { recursive: true });
  try {
    await unpack(temporary, tar, prefix);
    renameSync(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(path)) throw error;
  }
}

export function unpack(directory: string, tar: Iterable<Uint8Array>, prefix: readonly string[]): Promise<void> {
  const options = [
    '--numeric-owner',
    '--same-owner',
    '-p',
    '--xattrs',
    '--xattrs-include=*',
    '--delay-directory-restore',
  ];
  return feed([...prefix, 'tar', '-x', ...options, '-C', directory, '-f', '-'], tar);
}
