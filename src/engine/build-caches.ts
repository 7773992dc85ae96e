/** Cache mounts: directories that outlive a build, kept as changesets on the shelf. */

import { utf8 } from '../base/bytes.js';
import type { HeldCache } from '../build/store.js';
import { encodedOf } from '../digest/digest.js';
import { digestOf } from '../digest/hasher.js';
import { layerChanges } from '../fs/packing.js';
import { UnionFs } from '../fs/union-fs.js';
import { Layer } from '../layer/layer.js';
import { volume } from '../union/mount-sources.js';
import type { EngineContext } from './context.js';

const FOLDER = 'build-caches';

export async function holdCache(context: EngineContext, id: string, begin: () => UnionFs): Promise<HeldCache> {
  const name = `${FOLDER}/${encodedOf(digestOf(utf8(id)))}.tar`;
  const saved = await context.shelf.read(name);
  const union = saved === undefined ? begin() : UnionFs.over([await Layer.fromTar(saved)]);
  return {
    source: volume(union),
    async save() {
      const content = Layer.fromChanges(layerChanges(union.view.everything()));
      await context.shelf.write(name, content.tar());
    },
  };
}
