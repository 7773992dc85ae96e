/** A tree as JSON, in the form that memfs made known: paths with text, `null` for an empty directory. */

import { utf8 } from '../base/bytes.js';
import { S_IFDIR, S_IFMT, S_IFREG } from '../tree/node.js';
import { decodeText } from './buffers.js';
import type { ReadableFs } from './copy-tree.js';
import { directoryOf, joined } from './path-text.js';

/** Absolute paths with what is in the file; `null` is an empty directory. */
export type TreeJson = Readonly<Record<string, string | Uint8Array | null>>;

interface JsonSource extends Pick<ReadableFs, 'lstatSync' | 'readFileSync'> {
  readdirSync(path: string): readonly string[];
}

interface JsonTarget {
  existsSync(path: string): boolean;
  mkdirSync(path: string, options: { recursive: boolean }): unknown;
  writeFileSync(path: string, data: Uint8Array): void;
}

/** Makes the files, and the directories above them. */
export function writeJson(fs: JsonTarget, json: TreeJson): void {
  for (const [path, content] of Object.entries(json)) {
    const directory = content === null ? path : directoryOf(path);
    // To look is a hundred times cheaper than to be told that it is there.
    if (!fs.existsSync(directory)) fs.mkdirSync(directory, { recursive: true });
    if (content !== null) fs.writeFileSync(path, typeof content === 'string' ? utf8(content) : content);
  }
}

/** The files below a directory as text; symlinks and special files are left out. Of an empty root it tells nothing. */
export function readJson(fs: JsonSource, directory: string): Record<string, string | null> {
  const json: Record<string, string | null> = {};
  collect(fs, directory, json);
  if (json['/'] === null) delete json['/'];
  return json;
}

function collect(fs: JsonSource, directory: string, json: Record<string, string | null>): void {
  const names = fs.readdirSync(directory);
  if (names.length === 0) json[directory] = null;
  for (const name of names) {
    const path = joined(directory, name);
    const type = Number(fs.lstatSync(path).mode) & S_IFMT;
    if (type === S_IFDIR) collect(fs, path, json);
    else if (type === S_IFREG) json[path] = decodeText(fs.readFileSync(path) as Uint8Array, 'utf8');
  }
}
