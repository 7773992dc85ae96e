/** Small trees for clients: the same files in a layer, or in a directory of the machine. */

import { dirname, join } from 'node:path';
import { type Fs, type Layer, UnionFs } from '../../src/index.js';

/** Text by path. */
export type Files = Readonly<Record<string, string>>;

/** Writes files below a directory, and the directories that they need. */
export function plant(fs: Fs, root: string, files: Files): void {
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
