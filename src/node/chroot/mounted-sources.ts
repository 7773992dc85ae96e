/** Mounts of a run as directories and files of the machine, and what was written to them back in their views. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMountPoint } from '../../build/runtime.js';
import { layerChanges } from '../../fs/packing.js';
import { writeChanges } from '../../fs/write-changes.js';
import { encodeChanges } from '../../layer/encode.js';
import { Layer } from '../../layer/layer.js';
import { isDirectory } from '../../tree/node.js';
import type { ViewSource } from '../../union/mount-sources.js';
import type { MountSource } from '../../union/mounts/source.js';
import type { View } from '../../union/view.js';
import { unpack } from './layer-directories.js';
import { outputOf } from './programs.js';

/** A mount as the script takes it. */
export interface HostMount {
  readonly kind: 'bind' | 'robind' | 'tmpfs';
  /** A path of the machine, or further options of a tmpfs. */
  readonly source: string;
  readonly target: string;
  readonly isDirectory: boolean;
  /** Takes over what was written. */
  readonly keep: (() => Promise<void>) | undefined;
}

export interface MountPlace {
  /** Directory of the run. */
  readonly directory: string;
  readonly prefix: readonly string[];
}

/** Lays a mount out on disk. */
export async function hostMount(
  { source, readOnly }: RunMountPoint,
  target: string,
  index: number,
  place: MountPlace,
): Promise<HostMount> {
  const kind = readOnly ? 'robind' : 'bind';
  if (source.kind === 'host') {
    const path = `${String(source.identity)}${source.base}`;
    return { kind, source: path, target, isDirectory: isDirectoryIn(source), keep: undefined };
  }
  const { view } = source as ViewSource;
  if (source.kind === 'tmpfs') {
    return { kind: 'tmpfs', source: tmpfsOptions(view), target, isDirectory: true, keep: undefined };
  }
  const directory = join(place.directory, `mount-${index}`);
  mkdirSync(directory);
  await unpack(directory, encodeChanges(layerChanges(view.everything())), place.prefix);
  const keep = source.kind === 'volume' && !readOnly ? () => takeOver(view, directory, place.prefix) : undefined;
  return { kind, source: `${directory}${source.base}`, target, isDirectory: isDirectoryIn(source), keep };
}

function isDirectoryIn(source: MountSource): boolean {
  const path = source.base || '/';
  const who = { uid: 0, gid: 0, groups: [], umask: 0 };
  return isDirectory(source.kernelAs(who).stat(path));
}

function tmpfsOptions(view: View): string {
  const { mode } = view.kernel.stat('/');
  const { blocks, bsize } = view.kernel.statfs('/');
  const size = blocks * bsize;
  const isLimited = Number.isSafeInteger(size) && size > 0 && size < 2 ** 40;
  const permissions = mode & 0o7777;
  return `${permissions === 0o1777 ? '' : `,mode=${permissions.toString(8)}`}${isLimited ? `,size=${size}` : ''}`;
}

/** Makes the view what the directory is: only what differs is written. */
async function takeOver(view: View, directory: string, prefix: readonly string[]): Promise<void> {
  const layer = await readDirectory(directory, prefix);
  const now = new Set(layer.changes.map(({ path }) => path));
  const gone = pathsOf(view).filter((path) => !now.has(path));
  writeChanges(view.kernel, [...gone.map((path) => ({ kind: 'whiteout' as const, path })), ...layer.changes]);
}

function pathsOf(view: View): string[] {
  return view.everything().map(({ path }) => path);
}

/** A directory of the machine as a changeset: names, attributes and contents. */
export function readDirectory(directory: string, prefix: readonly string[]): Promise<Layer> {
  const options = ['--format=posix', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--warning=no-file-ignored'];
  return Layer.fromTar(outputOf([...prefix, 'tar', '-c', ...options, '-C', directory, '-f', '-', '.']));
}
