/** Images that are built in a browser. */

import '../../src/node/platform.js';
import { expect } from 'vitest';
import { collectBytes } from '../../src/base/stream.js';
import { Engine } from '../../src/engine/engine.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { compression, portableCompression } from '../../src/layer/compression.js';
import { requires } from '../kit/requires.js';
import { type BuiltSample, buildSample } from './build.js';
import { inChromium } from './chromium.js';

/** An image with a shell and a user, as an archive of gzip layers. */
async function baseImage(): Promise<Uint8Array> {
  const union = UnionFs.over([]);
  const { fs } = union;
  for (const directory of ['/bin', '/etc', '/old/deep', '/tmp']) fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync('/bin/sh', '', { mode: 0o755 });
  fs.writeFileSync('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nmaria:x:1000:50::/home/maria:/bin/sh\n');
  fs.writeFileSync('/etc/group', 'root:x:0:\nstaff:x:50:maria\n');
  fs.writeFileSync('/old/deep/file', 'lower');
  fs.chmodSync('/tmp', 0o1777);
  const layer = await union.toLayer();
  const engine = await Engine.open();
  await engine.import(layer.blob({ codec: 'gzip' }).stream, { ref: 'base:1' });
  return collectBytes(engine.save(['base:1']));
}

requires('chromium')(
  'an image built in a browser has the ID and the portable manifest digests that it has in Node',
  async () => {
    const base = await baseImage();
    const site = { module: new URL('./build.ts', import.meta.url), files: { '/base.tar': base } };
    const inPage = await inChromium<BuiltSample>(
      site,
      `import('/module.js').then(async (sample) => {
        const base = await (await fetch('/base.tar')).arrayBuffer();
        return sample.buildSample(new Uint8Array(base));
      })`,
    );
    // Node has a zstd of its own from 22.15 on, whose bytes are not those of the WebAssembly one.
    compression.install(portableCompression);
    const inNode = await buildSample(base);
    expect(inPage).toEqual(inNode);
    expect(new Set(inNode.ids)).toHaveLength(1);
  },
  60_000,
);
