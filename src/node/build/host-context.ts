/** A directory of the machine as a build context: listed once, and files are read when they are hashed or packed. */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StratumError } from '../../base/error.js';
import type { BuildContext, SourceTree } from '../../build/context.js';
import type { PathPatterns } from '../../build/selection.js';
import { digestOf } from '../../digest/hasher.js';
import { splitDevice } from '../../tree/device.js';
import { emptyTree, TreeEditor } from '../../tree/edit.js';
import type { Attributes, FileNode, SyncBytes } from '../../tree/node.js';

/** Remembers digests of files between builds, by what says that a file is the one it was. */
export interface DigestMemory {
  get(identity: string): string | undefined;
  set(identity: string, digest: string): void;
  save(): Promise<void>;
}

/** So many bytes of files that were hashed stay in memory, to be packed without being read again. */
const HELD_LIMIT_BYTES = 64 * 1024 * 1024;

/** Reads a file where it lies. That it is not the one that was listed any more is an error, not other bytes. */
class HostBytes implements SyncBytes {
  readonly size: number;
  readonly path: string;
  readonly identity: string;
  held: Uint8Array | undefined;

  constructor(path: string, stats: Stats) {
    this.path = path;
    this.size = stats.size;
    this.identity = identityOf(stats);
    this.held = undefined;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.held !== undefined) return this.held.subarray(offset, offset + length);
    // What took the file's place meanwhile is neither followed nor waited for.
    const fd = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (identityOf(fstatSync(fd)) !== this.identity) throw changed(this.path);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = readSync(fd, bytes, done, length - done, offset + done);
        if (count === 0) throw changed(this.path);
        done += count;
      }
      return bytes;
    } finally {
      closeSync(fd);
    }
  }
}

/** Opens a directory as a context. Fails with PATH_INVALID when it is none. */
export function hostContext(directory: string, memory?: DigestMemory): BuildContext {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StratumError('PATH_INVALID', `unable to prepare context: path ${JSON.stringify(directory)} not found`);
  }
  return {
    async read(path) {
      try {
        return await readFile(join(directory, path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    files: async (ignore) => new HostTree(directory, ignore, memory).read(),
    ...(memory === undefined ? {} : { close: () => memory.save() }),
  };
}

class HostTree {
  readonly #directory: string;
  readonly #ignore: PathPatterns | undefined;
  readonly #memory: DigestMemory | undefined;
  readonly #editor: TreeEditor = new TreeEditor(emptyTree(), { id: 'context' });
  /** Files with several names, by inode. */
  readonly #named: Map<string, string> = new Map();
  readonly #digests: WeakMap<FileNode, string> = new WeakMap();
  #heldBytes = 0;

  constructor(directory: string, ignore: PathPatterns | undefined, memory: DigestMemory | undefined) {
    this.#directory = directory;
    this.#ignore = ignore;
    this.#memory = memory;
  }

  read(): SourceTree {
    this.#visit('', []);
    return { tree: this.#editor.finish(), digest: (file) => this.#digest(file) };
  }

  /** `pending` are the ignored directories above that hold nothing yet: an exception below brings them along. */
  #visit(path: string, pending: (() => void)[]): void {
    for (const name of readdirSync(join(this.#directory, path))) {
      const below = path === '' ? name : `${path}/${name}`;
      const isIgnored = this.#ignore?.matches(below) === true;
      if (isIgnored && this.#ignore?.hasExceptionBelow(below) !== true) continue;
      const full = `${this.#directory}/${below}`;
      const stats = lstatSync(full);
      if (!isIgnored) for (const put of pending.splice(0)) put();
      if (stats.isDirectory()) {
        const put = (): void => this.#editor.putDirectory(`/${below}`, attributesOf(stats));
        if (isIgnored) pending.push(put);
        else put();
        this.#visit(below, pending);
        if (pending.at(-1) === put) pending.pop();
      } else if (!isIgnored) this.#put(`/${below}`, full, stats);
    }
  }

  #put(path: string, full: string, stats: Stats): void {
    if (stats.nlink > 1) {
      const inode = `${stats.dev}:${stats.ino}`;
      const first = this.#named.get(inode);
      if (first !== undefined) {
        this.#editor.link(path, first);
        return;
      }
      this.#named.set(inode, path);
    }
    const attributes = attributesOf(stats);
    if (stats.isSymbolicLink()) this.#editor.putSymlink(path, attributes, readlinkSync(full));
    else if (stats.isFile()) this.#editor.putFile(path, attributes, new HostBytes(full, stats), 0, stats.size);
    else if (!stats.isSocket()) {
      const { major, minor } = splitDevice(stats.rdev);
      this.#editor.putSpecial(path, attributes, major, minor);
    }
  }

  /** However many lines copy a file, it is hashed once. */
  #digest(file: FileNode): string {
    const known = this.#digests.get(file);
    if (known !== undefined) return known;
    const digest = this.#hash(file);
    this.#digests.set(file, digest);
    return digest;
  }

  #hash({ bytes, offset, size }: FileNode): string {
    if (!(bytes instanceof HostBytes)) return digestOf(bytes.read(offset, size));
    const known = this.#memory?.get(bytes.identity);
    if (known !== undefined) return known;
    const content = bytes.read(0, bytes.size);
    if (this.#heldBytes + content.length <= HELD_LIMIT_BYTES) {
      this.#heldBytes += content.length;
      bytes.held = content;
    }
    const digest = digestOf(content);
    this.#memory?.set(bytes.identity, digest);
    return digest;
  }
}

/** As git does: a file whose inode, size and times are what they were has the content that it had. */
function identityOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

function attributesOf({ mode, mtimeMs }: Stats): Attributes {
  const mtimeSec = Math.floor(mtimeMs / 1000);
  const mtimeNsec = Math.round((mtimeMs - mtimeSec * 1000) * 1e6);
  return { mode, uid: 0, gid: 0, mtimeSec, mtimeNsec, xattrs: undefined };
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function changed(path: string): StratumError {
  return new StratumError('BUILD_FAILED', 'a file of the context was changed during the build', { file: path });
}
