import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/json.js';
import { storeManifest } from '../../src/image/mutate.js';
import { saveOciArchive } from '../../src/image/save.js';
import { Engine, type Layer, MemoryBlobs, UnionFs } from '../../src/index.js';

async function layerWith(text: string): Promise<Layer> {
  const union = UnionFs.over([]);
  union.fs.writeFileSync('/file', text);
  return union.toLayer();
}

/** An archive whose config gives the layer of one content the DiffID of another. */
async function archiveThatLies(stored: Layer, claimed: Layer): Promise<AsyncIterable<Uint8Array>> {
  const blobs = new MemoryBlobs();
  const layer = { ...(await blobs.put(stored.tar())), mediaType: 'application/vnd.oci.image.layer.v1.tar' };
  const rootfs = { type: 'layers', diff_ids: [claimed.diffId] };
  const config = await blobs.put(canonicalJson({ architecture: 'amd64', os: 'linux', rootfs }));
  const descriptor = await storeManifest(blobs, config, [layer]);
  return saveOciArchive(blobs, [{ reference: 'docker.io/library/liar:1', descriptor }]);
}

describe.each(['memory', 'disk'])('a store in %s', (kind) => {
  test('refuses another blob under a DiffID that it knows, and stays as it was', async () => {
    const root = mkdtempSync(join(tmpdir(), 'stratum-trust-'));
    try {
      const engine = await Engine.open(kind === 'disk' ? { root } : {});
      const honest = await layerWith('honest');
      await engine.import(honest.tar(), { ref: 'known:1' });
      const before = (await engine.df()).blobBytes;
      const lie = await archiveThatLies(await layerWith('forged'), honest);
      await expect(engine.load(lie)).rejects.toMatchObject({ code: 'DIFFID_MISMATCH' });
      expect((await engine.df()).blobBytes).toBe(before);
      expect(await engine.images()).toHaveLength(1);
      expect(await engine.fsck()).toEqual([]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
