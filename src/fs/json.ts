/** A tree as JSON, in the form that memfs made known: paths with text, `null` for an empty directory. */

import { utf8 } from '../base/bytes.js';
import { S_IFDIR, S_IFMT, S_IFREG } from '../tree/node.js';
import { decodeText } from './buffers.js';
import type { ReadableFs, WritableFs } from './copy-tree.js';
import { directoryOf, joined } from './path-text.js';

/** Absolute paths with what is in the file; `null` is an empty directory. */
export type TreeJson = Readonly<Record<string, string | Uint8Array | null>>;

/** Makes the files, and the directories above them. */
export function writeJson(fs: Pick<WritableFs, 'mkdirSync' | 'writeFileSync'>, json: TreeJson): void {
  for (const [path, content] of Object.entries(json)) {
    const directory = content === null ? path : directoryOf(path);
    fs.mkdirSync(directory, { recursive: true });
    if (content !== null) fs.writeFileSync(path, typeof content === 'string' ? utf8(content) : content);
  }
}

/** The files below a directory as text; symlinks and special files are left out. */
export function readJson(fs: ReadableFs, directory: string): Record<string, string | null> {
  const json: Record<string, string | null> = {};
  collect(fs, directory, json);
  return json;
}

function collect(fs: ReadableFs, directory: string, json: Record<string, string | null>): void {
  const names = fs.readdirSync(directory);
  if (names.length === 0) json[directory] = null;
  for (const name of names) {
    const path = joined(directory, String(name));
    const type = Number(fs.lstatSync(path).mode) & S_IFMT;
    if (type === S_IFDIR) collect(fs, path, json);
    else if (type === S_IFREG) json[path] = decodeText(fs.readFileSync(path) as Uint8Array, 'utf8');
  }
}
