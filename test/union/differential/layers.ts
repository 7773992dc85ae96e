/** Lists of entries as our layers, in the place where the kernel has its mount. */

import { utf8 } from '../../../src/base/bytes.js';
import { Layer } from '../../../src/index.js';
import type { Change } from '../../../src/layer/change.js';
import { type Attributes, S_IFDIR, S_IFLNK, S_IFREG } from '../../../src/tree/node.js';
import { type Entry, MOUNT, type Stack } from './stack.js';

const TYPE = { directory: S_IFDIR, file: S_IFREG, symlink: S_IFLNK } as const;

export function layersOf(stack: Stack, mount: string = MOUNT): Layer[] {
  return stack.map((entries) => Layer.fromChanges(entries.map((entry) => changeOf(entry, mount))));
}

function changeOf(entry: Entry, mount: string): Change {
  const path = mount + entry.path;
  switch (entry.kind) {
    case 'whiteout':
    case 'opaque':
      return { kind: entry.kind, path };
    case 'link':
      return { kind: 'link', path, target: mount + entry.text };
    case 'directory':
      return { kind: 'directory', path, attributes: attributesOf(entry, entry.kind) };
    case 'symlink':
      return { kind: 'symlink', path, attributes: attributesOf(entry, entry.kind), target: entry.text };
    case 'file': {
      const content = utf8(entry.text);
      const bytes = {
        size: content.length,
        read: (offset: number, length: number) => content.subarray(offset, offset + length),
      };
      const attributes = attributesOf(entry, entry.kind);
      return { kind: 'file', path, attributes, bytes, offset: 0, size: content.length };
    }
  }
}

function attributesOf(entry: Entry, kind: keyof typeof TYPE): Attributes {
  const { uid, gid, mode, mtime, xattrs } = entry;
  const names = Object.entries(xattrs);
  return {
    mode: TYPE[kind] | mode,
    uid,
    gid,
    mtimeSec: mtime,
    mtimeNsec: 0,
    xattrs: names.length === 0 ? undefined : new Map(names.map(([name, value]) => [name, utf8(value)])),
  };
}
