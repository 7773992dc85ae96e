/** The host's file system as a side of a copy. */

import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { decodeName, encodeName } from '../../base/bytes.js';
import { isSymlink } from '../../tree/node.js';
import { readFileStream } from '../host-files.js';
import type { AttributeOptions, CopyTarget, FoundNode } from './side.js';

/** Permission bits that are kept without `-a`: no file of a container turns setuid for its new owner. */
const PLAIN_PERMISSIONS = 0o1777;
const ALL_PERMISSIONS = 0o7777;
const SURROGATE = /[\ud800-\udfff]/;
const NANO = 1_000_000_000n;

export class HostSide implements CopyTarget {
  async find(path: string, follow: boolean): Promise<FoundNode | undefined> {
    try {
      return foundNode(await (follow ? fs.stat : fs.lstat)(hostName(path), { bigint: true }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async realpath(path: string): Promise<string> {
    return decodeName(await fs.realpath(hostName(path), { encoding: 'buffer' }));
  }

  async list(path: string): Promise<readonly string[]> {
    return (await fs.readdir(hostName(path), { encoding: 'buffer' })).map((name) => decodeName(name)).sort();
  }

  async readlink(path: string): Promise<string> {
    return decodeName(await fs.readlink(hostName(path), { encoding: 'buffer' }));
  }

  read(path: string): AsyncIterable<Uint8Array> {
    return readFileStream(hostName(path));
  }

  async makeDirectory(path: string): Promise<void> {
    await fs.mkdir(hostName(path));
  }

  async makeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await fs.open(hostName(path), 'wx', 0o600);
    try {
      for await (const chunk of bytes) await file.appendFile(chunk);
    } finally {
      await file.close();
    }
  }

  async makeSymlink(target: string, path: string): Promise<void> {
    await fs.symlink(hostName(target), hostName(path));
  }

  async makeLink(existing: string, path: string): Promise<void> {
    await fs.link(hostName(existing), hostName(path));
  }

  async makeSpecial(path: string, _node: FoundNode): Promise<void> {
    throw Object.assign(new Error(`cannot make a device, fifo or socket on the host: ${path}`), { code: 'ENOTSUP' });
  }

  async remove(path: string): Promise<void> {
    await fs.unlink(hostName(path));
  }

  /** Owners are only ever kept for root; everybody else owns what they copy out. */
  async setAttributes(path: string, node: FoundNode, options: AttributeOptions): Promise<void> {
    const name = hostName(path);
    const keepsOwner = options.keepOwner && process.getuid?.() === 0;
    if (keepsOwner) await fs.lchown(name, node.uid, node.gid);
    if (!isSymlink(node)) await fs.chmod(name, node.mode & (options.keepOwner ? ALL_PERMISSIONS : PLAIN_PERMISSIONS));
    const seconds = node.mtimeSec + node.mtimeNsec / 1e9;
    await fs.lutimes(name, seconds, seconds);
  }
}

function foundNode(stats: BigIntStats): FoundNode {
  const nsec = ((stats.mtimeNs % NANO) + NANO) % NANO;
  return {
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: Number(stats.size),
    mtimeSec: Number((stats.mtimeNs - nsec) / NANO),
    mtimeNsec: Number(nsec),
    ino: Number(stats.ino),
    links: Number(stats.nlink),
    device: Number(stats.rdev),
    xattrs: undefined,
  };
}

/** A name that is not UTF-8 reaches the host as the bytes it is. */
function hostName(path: string): string | Buffer {
  return SURROGATE.test(path) ? Buffer.from(encodeName(path)) : path;
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
