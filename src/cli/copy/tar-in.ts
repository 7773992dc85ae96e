/** A tar stream unpacked into a directory of a container: `cp - CONTAINER:DIRECTORY`. */

import { posix } from 'node:path';
import { StratumError } from '../../base/error.js';
import type { ByteStream } from '../../base/stream.js';
import { openCompressed } from '../../layer/compression.js';
import { entryPath } from '../../layer/entry-path.js';
import type { SparseRegion, TarEntry, TarEntryType } from '../../tar/entry.js';
import { TarReader, type TarSink } from '../../tar/reader.js';
import { makeDevice } from '../../tree/device.js';
import { isDirectory, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from '../../tree/node.js';
import { writeAll } from '../../union/composed.js';
import type { Kernel } from '../../union/kernel.js';
import { applyAttributes } from './container-side.js';
import type { FoundNode } from './side.js';

const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;

const TYPE_BITS: Readonly<Record<Exclude<TarEntryType, 'link'>, number>> = {
  file: S_IFREG,
  directory: S_IFDIR,
  symlink: S_IFLNK,
  character: S_IFCHR,
  block: S_IFBLK,
  fifo: S_IFIFO,
};

export interface UnpackOptions {
  /** A directory of the container, without symlinks. */
  readonly directory: string;
  /** Owners as the archive has them; all root's otherwise. */
  readonly keepOwner: boolean;
  /** What the archive is called in errors. */
  readonly file: string;
}

/** Unpacks a tar, compressed or not. Every path stays below the directory; what is in the way of a file is replaced. */
export async function unpackTar(kernel: Kernel, source: ByteStream, options: UnpackOptions): Promise<void> {
  const sink = new UnpackSink(kernel, options);
  const reader = new TarReader(sink);
  const { content } = await openCompressed(source);
  for await (const chunk of content) reader.push(chunk);
  reader.end();
  sink.finish();
}

class UnpackSink implements TarSink {
  readonly #kernel: Kernel;
  readonly #options: UnpackOptions;
  #open: OpenFile | undefined;
  /** Directories get their times last: every name made in them would move these. */
  readonly #directories: [path: string, node: FoundNode][] = [];

  constructor(kernel: Kernel, options: UnpackOptions) {
    this.#kernel = kernel;
    this.#options = options;
  }

  entry(entry: TarEntry): void {
    this.#close();
    const path = this.#below(entry.path);
    if (path === this.#options.directory) return;
    this.#makeParents(posix.dirname(path));
    if (!this.#clear(path, entry)) return;
    const node = this.#nodeOf(entry);
    this.#make(entry, path, node);
    if (entry.type === 'directory') this.#directories.push([path, node]);
    else if (entry.type !== 'link' && entry.type !== 'file') applyAttributes(this.#kernel, path, node);
  }

  body(bytes: Uint8Array): void {
    const open = this.#open;
    if (open === undefined) return;
    for (const piece of open.place(bytes)) writeAll(this.#kernel, open.fd, piece.bytes, piece.offset);
  }

  finish(): void {
    this.#close();
    for (const [path, node] of this.#directories.reverse()) applyAttributes(this.#kernel, path, node);
  }

  #make(entry: TarEntry, path: string, node: FoundNode): void {
    const kernel = this.#kernel;
    if (entry.type === 'directory') kernel.mkdir(path, 0o755);
    else if (entry.type === 'symlink') kernel.symlink(entry.linkname, path);
    else if (entry.type === 'link') kernel.link(this.#below(entry.linkname), path);
    else if (entry.type === 'file') {
      const fd = kernel.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
      if (entry.sparse !== undefined) kernel.ftruncate(fd, entry.sparse.size);
      this.#open = new OpenFile(fd, path, node, entry.sparse?.regions);
    } else kernel.mknod(path, node.mode, node.device);
  }

  /** Makes room; false when the entry is a directory that is there already. */
  #clear(path: string, entry: TarEntry): boolean {
    const existing = this.#kernel.find(path, false);
    if (existing === undefined) return true;
    if (isDirectory(existing)) {
      if (entry.type === 'directory') return false;
      throw this.#refusal('cannot replace a directory by a file', entry);
    }
    if (entry.type === 'directory') throw this.#refusal('cannot replace a file by a directory', entry);
    this.#kernel.unlink(path);
    return true;
  }

  #makeParents(path: string): void {
    if (this.#kernel.find(path, true) !== undefined) return;
    this.#makeParents(posix.dirname(path));
    this.#kernel.mkdir(path, 0o755);
  }

  #below(name: string): string {
    return posix.join(this.#options.directory, entryPath(name));
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#kernel.close(open.fd);
    applyAttributes(this.#kernel, open.path, open.node);
  }

  #nodeOf(entry: TarEntry): FoundNode {
    const { mtimeSec, mtimeNsec, xattrs } = entry;
    const owner = this.#options.keepOwner ? entry : { uid: 0, gid: 0 };
    const mode = (entry.type === 'link' ? S_IFREG : TYPE_BITS[entry.type]) | entry.mode;
    const device = makeDevice(entry.devMajor, entry.devMinor);
    return {
      mode,
      uid: owner.uid,
      gid: owner.gid,
      mtimeSec,
      mtimeNsec,
      xattrs,
      device,
      size: entry.size,
      ino: 0,
      links: 1,
    };
  }

  #refusal(what: string, entry: TarEntry): StratumError {
    const { file } = this.#options;
    return new StratumError('CONFLICT', what, { file, entry: entry.path, offset: entry.headerOffset });
  }
}

/** A file being written, its body spread over the regions of a sparse one. */
class OpenFile {
  readonly fd: number;
  readonly path: string;
  readonly node: FoundNode;
  readonly #regions: readonly SparseRegion[] | undefined;
  #region = 0;
  #inRegion = 0;
  #written = 0;

  constructor(fd: number, path: string, node: FoundNode, regions: readonly SparseRegion[] | undefined) {
    this.fd = fd;
    this.path = path;
    this.node = node;
    this.#regions = regions;
  }

  /** Where the next bytes of the body belong. */
  *place(bytes: Uint8Array): Generator<{ readonly bytes: Uint8Array; readonly offset: number }, void, undefined> {
    if (this.#regions === undefined) {
      yield { bytes, offset: this.#written };
      this.#written += bytes.length;
      return;
    }
    let rest = bytes;
    while (rest.length > 0) {
      const region = this.#regions[this.#region];
      if (region === undefined) return;
      const part = rest.subarray(0, region.size - this.#inRegion);
      if (part.length > 0) yield { bytes: part, offset: region.offset + this.#inRegion };
      this.#inRegion += part.length;
      rest = rest.subarray(part.length);
      if (this.#inRegion === region.size) {
        this.#region += 1;
        this.#inRegion = 0;
      }
    }
  }
}
