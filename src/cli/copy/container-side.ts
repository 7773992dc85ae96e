/** The file system of a container as a side of a copy: nothing outside its root exists here. */

import { isSymlink, S_IFMT } from '../../tree/node.js';
import { writeAll } from '../../union/composed.js';
import type { InodeStat, Kernel } from '../../union/kernel.js';
import type { AttributeOptions, CopyTarget, FoundNode } from './side.js';

const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const READ_CHUNK_BYTES = 1 << 20;
const PERMISSIONS = 0o7777;

export class ContainerSide implements CopyTarget {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async find(path: string, follow: boolean): Promise<FoundNode | undefined> {
    const inode = this.#kernel.find(path, follow);
    return inode && foundNode(this.#kernel, inode);
  }

  async realpath(path: string): Promise<string> {
    return this.#kernel.realpath(path);
  }

  async list(path: string): Promise<readonly string[]> {
    return this.#kernel.readdir(path);
  }

  async readlink(path: string): Promise<string> {
    return this.#kernel.readlink(path);
  }

  async *read(path: string): AsyncIterable<Uint8Array> {
    yield* readChunks(this.#kernel, path);
  }

  async makeDirectory(path: string): Promise<void> {
    this.#kernel.mkdir(path, 0o755);
  }

  async makeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const fd = this.#kernel.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    try {
      for await (const chunk of bytes) writeAll(this.#kernel, fd, chunk);
    } finally {
      this.#kernel.close(fd);
    }
  }

  async makeSymlink(target: string, path: string): Promise<void> {
    this.#kernel.symlink(target, path);
  }

  async makeLink(existing: string, path: string): Promise<void> {
    this.#kernel.link(existing, path);
  }

  async makeSpecial(path: string, node: FoundNode): Promise<void> {
    this.#kernel.mknod(path, node.mode, node.device);
  }

  async remove(path: string): Promise<void> {
    this.#kernel.unlink(path);
  }

  /** Without owners kept, files in a container belong to its root, as with Docker. */
  async setAttributes(path: string, node: FoundNode, options: AttributeOptions): Promise<void> {
    applyAttributes(this.#kernel, path, options.keepOwner ? node : { ...node, uid: 0, gid: 0 });
  }
}

/** Owner, mode, xattrs and times of a new file, in the order in which they do not undo one another. */
export function applyAttributes(kernel: Kernel, path: string, node: FoundNode): void {
  kernel.lchown(path, node.uid, node.gid);
  if (!isSymlink(node)) kernel.chmod(path, node.mode & PERMISSIONS);
  for (const [name, value] of node.xattrs ?? []) kernel.setxattr(path, name, value);
  const time = { sec: node.mtimeSec, nsec: node.mtimeNsec };
  kernel.lutimes(path, time, time);
}

/** What the kernel tells of an inode, as plain data. */
export function foundNode(kernel: Kernel, inode: InodeStat): FoundNode {
  const { mode, uid, gid, mtimeSec, mtimeNsec, ino, xattrs } = inode;
  const size = kernel.sizeOf(inode);
  return {
    mode,
    uid,
    gid,
    mtimeSec,
    mtimeNsec,
    ino,
    xattrs,
    size,
    links: kernel.linksOf(inode),
    device: kernel.deviceOf(inode),
  };
}

/** A file in chunks, read where it lies. */
export function* readChunks(kernel: Kernel, path: string): Generator<Uint8Array, void, undefined> {
  const fd = kernel.open(path, 0, 0);
  try {
    for (;;) {
      const chunk = new Uint8Array(READ_CHUNK_BYTES);
      const length = kernel.read(fd, chunk, undefined);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    kernel.close(fd);
  }
}

/** The type bits of a mode. */
export function typeBits(mode: number): number {
  return mode & S_IFMT;
}
