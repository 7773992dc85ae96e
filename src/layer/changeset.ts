/** From tar entries to changes, one at a time, with notes on what a careful writer would not have written. */

import { isStratumError, placed, StratumError } from '../base/error.js';
import type { TarEntry, TarEntryType } from '../tar/entry.js';
import { type Attributes, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, type SyncBytes } from '../tree/node.js';
import type { Change, LintNote, Put } from './change.js';
import { entryPath } from './entry-path.js';
import { SparseBytes } from './sparse-bytes.js';
import { mentionsWhiteout, parseWhiteout } from './whiteout.js';

const TYPE_BITS: Readonly<Record<TarEntryType, number>> = {
  file: S_IFREG,
  link: S_IFREG,
  symlink: S_IFLNK,
  character: S_IFCHR,
  block: S_IFBLK,
  directory: S_IFDIR,
  fifo: S_IFIFO,
};

/** Gathers the changes of a layer; errors name the entry and its offset. */
export class ChangesetReader {
  readonly changes: Change[] = [];
  readonly notes: LintNote[] = [];
  private readonly bytes: SyncBytes;
  private readonly put: Set<string> = new Set();
  private readonly hidden: string[] = [];

  /** Contents will be read from `bytes`, the layer's uncompressed tar. */
  constructor(bytes: SyncBytes) {
    this.bytes = bytes;
  }

  add(entry: TarEntry): void {
    const change = changeOf(entry, this.bytes);
    if (change === 'metadata') this.note('aufs-metadata', entry.path);
    else {
      this.changes.push(change);
      if (change.kind === 'whiteout') this.hidden.push(change.path);
      else if (change.kind !== 'opaque') this.notePut(change, entry);
    }
  }

  /** Says that the layer is complete. */
  finish(): void {
    for (const path of this.hidden) if (this.put.has(path)) this.note('own-whiteout', path);
    this.put.clear();
  }

  private notePut(change: Put, entry: TarEntry): void {
    if (this.put.has(change.path)) this.note('duplicate-entry', change.path);
    this.put.add(change.path);
    if (change.kind === 'link' && !this.put.has(change.target)) this.note('link-to-lower-layer', change.path);
    if (entry.sparse !== undefined) this.note('sparse-file', change.path);
  }

  private note(kind: LintNote['kind'], path: string): void {
    this.notes.push({ kind, path });
  }
}

/** What an entry changes; `metadata` when it is aufs's own and means nothing here. */
export function changeOf(entry: TarEntry, bytes: SyncBytes): Change | 'metadata' {
  try {
    const path = entryPath(entry.path);
    return (mentionsWhiteout(path) ? parseWhiteout(path) : undefined) ?? putOf(entry, path, bytes);
  } catch (error) {
    if (!isStratumError(error)) throw error;
    throw placed(error, { entry: entry.path, offset: entry.headerOffset });
  }
}

function putOf(entry: TarEntry, path: string, bytes: SyncBytes): Put {
  if (path === '/' && entry.type !== 'directory')
    throw new StratumError('LAYER_INVALID', 'the root must be a directory');
  switch (entry.type) {
    case 'directory':
      return { kind: 'directory', path, attributes: attributesOf(entry) };
    case 'file':
      return fileOf(entry, path, bytes);
    case 'symlink':
      if (entry.linkname === '') throw new StratumError('LAYER_INVALID', 'symlink without a target');
      return { kind: 'symlink', path, attributes: attributesOf(entry), target: entry.linkname };
    case 'link':
      return { kind: 'link', path, target: linkTarget(entry.linkname) };
    case 'character':
    case 'block':
    case 'fifo':
      return { kind: 'special', path, attributes: attributesOf(entry), major: entry.devMajor, minor: entry.devMinor };
  }
}

function fileOf(entry: TarEntry, path: string, bytes: SyncBytes): Put {
  const { sparse, bodyOffset, size } = entry;
  const attributes = attributesOf(entry);
  if (sparse === undefined) return { kind: 'file', path, attributes, bytes, offset: bodyOffset, size };
  return {
    kind: 'file',
    path,
    attributes,
    bytes: new SparseBytes(sparse, bytes, bodyOffset),
    offset: 0,
    size: sparse.size,
  };
}

function linkTarget(name: string): string {
  const target = entryPath(name);
  if (target === '/') throw new StratumError('LAYER_INVALID', 'hard link to the root');
  return target;
}

function attributesOf(entry: TarEntry): Attributes {
  const { uid, gid, mtimeSec, mtimeNsec, xattrs } = entry;
  return { mode: TYPE_BITS[entry.type] | entry.mode, uid, gid, mtimeSec, mtimeNsec, xattrs };
}
