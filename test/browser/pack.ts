/** Packs one known change set: run in Node and in a browser, it must say the same. */

import { MemoryBlobs, UnionFs } from '../../src/index.browser.js';

export interface Packed {
  readonly diffId: string;
  readonly stored: string;
  readonly zstd: string;
}

/** The DiffID of a packed upper, and its blob digests under the codecs that are the same everywhere. */
export async function packSample(): Promise<Packed> {
  const union = UnionFs.over([]);
  const { fs } = union;
  fs.mkdirSync('/srv/data', { recursive: true });
  fs.writeFileSync('/srv/data/grüße.txt', 'layer upon layer\n'.repeat(5000));
  fs.writeFileSync(
    '/srv/run',
    new Uint8Array(300_000).map((_, i) => (i * 2654435761) >>> 24),
  );
  fs.chmodSync('/srv/run', 0o4755);
  fs.linkSync('/srv/run', '/srv/again');
  fs.symlinkSync('data/grüße.txt', '/srv/link');
  for (const path of ['/srv/data/grüße.txt', '/srv/run', '/srv/data', '/srv', '/']) fs.utimesSync(path, 1.5e9, 1.5e9);
  fs.lutimesSync('/srv/link', 1.5e9, 1.5e9);
  const layer = await union.toLayer();
  const blobs = new MemoryBlobs();
  const digestWith = async (codec: 'none' | 'zstd'): Promise<string> =>
    (await blobs.put(layer.blob({ codec }).stream)).digest;
  return { diffId: layer.diffId, stored: await digestWith('none'), zstd: await digestWith('zstd') };
}
