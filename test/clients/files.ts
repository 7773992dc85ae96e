/** Small trees for clients: the same files in a layer, or in a directory of the machine. */

import { dirname, join } from 'node:path';
import { type Layer, UnionFs } from '../../src/index.js';

/** What clients take: the machine's fs and a union's alike. */
export type NodeFs = typeof import('node:fs');

/** Text by path. */
export type Files = Readonly<Record<string, string>>;

/** Writes files below a directory, and the directories that they need. */
export function plant(fs: NodeFs, root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(root, path)), { recursive: true });
    fs.writeFileSync(join(root, path), text);
  }
}

/** A layer with these files and nothing below. */
export async function layerOf(files: Files): Promise<Layer> {
  const union = UnionFs.over([]);
  plant(union.fs, '/', files);
  return union.toLayer();
}

/** A directory of a file system. */
export interface Place {
  readonly fs: NodeFs;
  readonly path: string;
}

/** Copies a directory from one file system to another: files with their modes, symlinks. */
export function copyTree(from: Place, to: Place): void {
  to.fs.mkdirSync(to.path, { recursive: true });
  for (const entry of from.fs.readdirSync(from.path, { withFileTypes: true })) {
    const [source, target] = [join(from.path, entry.name), join(to.path, entry.name)];
    const { mode } = from.fs.lstatSync(source);
    if (entry.isDirectory()) copyTree({ fs: from.fs, path: source }, { fs: to.fs, path: target });
    else if (entry.isSymbolicLink()) to.fs.symlinkSync(from.fs.readlinkSync(source), target);
    else to.fs.writeFileSync(target, from.fs.readFileSync(source), { mode: mode & 0o777 });
  }
}
