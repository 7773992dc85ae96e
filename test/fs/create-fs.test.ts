import { describe, expect, it, vi } from 'vitest';
import type { CoreFs } from '../../src/fs/create-fs.js';
import { UnionFs } from '../../src/fs/union-fs.js';

describe('the fs object', () => {
  it('has its own enumerable calls, which work when they are taken off it', () => {
    const { fs } = UnionFs.over([]);
    const spread = { ...fs };
    expect(Object.keys(spread)).toEqual(Object.keys(fs));
    const { writeFileSync, readFileSync } = spread;
    writeFileSync('/f', 'x');
    expect(readFileSync('/f', 'utf8')).toBe('x');
    expect(Object.values(fs).every((value) => value !== undefined)).toBe(true);
  });

  it('has detachable promises', async () => {
    const { writeFile, readFile } = UnionFs.over([]).fs.promises;
    await writeFile('/f', 'x');
    expect(await readFile('/f', 'utf8')).toBe('x');
  });

  it('never asks for the directory of the process, and takes relative paths from the root', () => {
    const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('asked');
    });
    try {
      const { fs } = UnionFs.over([]);
      fs.mkdirSync('a/b', { recursive: true });
      fs.writeFileSync('./a/../a/b/c', 'x');
      expect(fs.readFileSync('/a/b/c', 'utf8')).toBe('x');
      expect(fs.realpathSync('a/b/../b/c')).toBe('/a/b/c');
      expect(() => fs.statSync('missing')).toThrow("ENOENT: no such file or directory, stat 'missing'");
    } finally {
      cwd.mockRestore();
    }
  });

  it('keeps names that are not UTF-8', () => {
    const { fs } = UnionFs.over([]);
    const path = Buffer.of(0x2f, 0x61, 0xff, 0x62);
    fs.writeFileSync(path, 'x');
    const [name] = fs.readdirSync('/');
    expect(fs.readFileSync(`/${name}`, 'utf8')).toBe('x');
    expect(fs.readdirSync('/', 'buffer')).toEqual([path.subarray(1)]);
  });

  it('makes Dates only when they are asked for, and as Node has them', () => {
    const { fs } = UnionFs.over([]);
    fs.writeFileSync('/f', '');
    fs.utimesSync('/f', 1, 1700000000.5);
    const stats = fs.statSync('/f');
    expect(stats.mtime).toEqual(new Date(1700000000500));
    expect(stats).toBeInstanceOf(fs.Stats);
    expect(fs.statSync('/f', { bigint: true }).mtimeNs).toBe(1700000000500000000n);
  });

  it('takes every form of read through a callback', async () => {
    const { fs } = UnionFs.over([]) as unknown as { fs: CoreFs };
    fs.writeFileSync('/f', 'hello');
    const fd = fs.openSync('/f');
    const read = (...args: unknown[]): Promise<[number, string]> =>
      new Promise((resolve, reject) => {
        fs.read(fd, ...args, (error: Error | null, bytes: number, buffer: Uint8Array) =>
          error === null ? resolve([bytes, Buffer.from(buffer.subarray(0, bytes)).toString()]) : reject(error),
        );
      });
    expect(await read()).toEqual([5, 'hello']);
    expect(await read({ position: 1 })).toEqual([4, 'ello']);
    expect(await read({ buffer: Buffer.alloc(2), position: 0 })).toEqual([2, 'he']);
    expect(await read(Buffer.alloc(9), { position: 3 })).toEqual([2, 'lo']);
    expect(await read(Buffer.alloc(9), 0, 2, 2)).toEqual([2, 'll']);
    fs.closeSync(fd);
  });
});
