import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { memfs } from 'memfs';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { collectBytes } from '../../src/base/stream.js';
import { DirectoryBlobs } from '../../src/blob/directory.js';
import { type StoreFiles, withLock } from '../../src/blob/files.js';
import { MemoryBlobs } from '../../src/blob/memory.js';
import { encodedOf } from '../../src/digest/digest.js';
import { blobStoreContract, codeOf } from './blob-store.js';

type Volume = typeof nodeFs;

const TWO_HOURS_S = 2 * 60 * 60;
const made: string[] = [];

afterAll(() => {
  for (const root of made) nodeFs.rmSync(root, { recursive: true, force: true });
});

function nodeVolume(): [volume: Volume, root: string] {
  const root = nodeFs.mkdtempSync(path.join(os.tmpdir(), 'blob-store-'));
  made.push(root);
  return [nodeFs, root];
}

function memoryVolume(): [volume: Volume, root: string] {
  const volume = memfs().fs as unknown as Volume;
  volume.mkdirSync('/store');
  return [volume, '/store'];
}

function filesBelow(volume: Volume, folder: string): string[] {
  return volume.readdirSync(folder).flatMap((name) => {
    const below = `${folder}/${name}`;
    return volume.statSync(below).isDirectory() ? filesBelow(volume, below) : [below];
  });
}

describe('blobs in memory', () => {
  blobStoreContract(async () => ({ store: new MemoryBlobs(), leftovers: async () => [] }));
});

for (const [name, newVolume] of [
  ['node:fs', nodeVolume],
  ['memfs', memoryVolume],
] as const) {
  describe(`blobs in a directory of ${name}`, () => {
    blobStoreContract(async () => {
      const [volume, root] = newVolume();
      const store = await DirectoryBlobs.open(root, volume as unknown as StoreFiles);
      return { store, leftovers: async () => filesBelow(volume, root).sort() };
    });

    it('finds on reading that a file was changed on disk', async () => {
      const [volume, root] = newVolume();
      const store = await DirectoryBlobs.open(root, volume as unknown as StoreFiles);
      const { digest } = await store.put(utf8('content'));
      volume.writeFileSync(`${root}/blobs/sha256/${encodedOf(digest)}`, 'c0ntent');
      expect(await codeOf(collectBytes(store.get(digest)))).toBe('DIGEST_INVALID');
    });

    it('sweeps what a dead writer left, not what one is writing', async () => {
      const [volume, root] = newVolume();
      const store = await DirectoryBlobs.open(root, volume as unknown as StoreFiles);
      await store.put(utf8('content'));
      const then = Date.now() / 1000 - TWO_HOURS_S;
      for (const temporary of ['.tmp-old', '.tmp-new']) volume.writeFileSync(`${root}/blobs/${temporary}`, 'half');
      volume.utimesSync(`${root}/blobs/.tmp-old`, then, then);
      expect(await store.sweep()).toBe(1);
      expect(volume.readdirSync(`${root}/blobs`).sort()).toEqual(['.tmp-new', 'sha256']);
    });

    it('lets one holder at a time work under a lock, also after one failed', async () => {
      const [volume, root] = newVolume();
      let inside = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
        throw new Error('work failed');
      };
      const lock = (): Promise<void> => withLock(volume as unknown as StoreFiles, `${root}/lock`, work);
      const ends = await Promise.allSettled([lock(), lock(), lock()]);
      expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect([most, volume.readdirSync(root)]).toEqual([1, []]);
    });
  });
}
