/** Images that were built, in the hands of other tools. */

import '../../src/node/platform.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { collectBytes } from '../../src/base/stream.js';
import { Engine } from '../../src/engine/engine.js';
import { chrootRuntime } from '../../src/node/chroot/runtime.js';
import { contextOf } from '../build/kit.js';
import { machineLayers } from '../kit/machine-layers.js';
import { PODMAN_NEEDS, Podman } from '../kit/podman.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';

const DOCKERFILE = `FROM machine
WORKDIR /app
COPY --chmod=640 src/ ./
RUN cat a > b && chown 7:8 b && ln b c && rm -r /old
ENV WORD=hello
CMD ["/bin/sh", "-c", "echo $WORD; cat /app/b; ls /old || echo gone"]
`;

const scratch = mkdtempSync(join(tmpdir(), 'stratum-built-'));
const layout = join(scratch, 'layout');
const NEEDS = [...PODMAN_NEEDS, 'unshare', 'setpriv'];

async function build(): Promise<void> {
  const engine = await Engine.open();
  // The tar of a machine is its first layer; the second only takes away.
  const [layer] = await machineLayers();
  await engine.import(layer?.tar() as AsyncIterable<Uint8Array>, { ref: 'machine' });
  const runtime = chrootRuntime({ directory: join(scratch, 'runtime') });
  const context = contextOf({ 'src/a': 'from the context\n' });
  const built = await engine.build({ context, dockerfile: DOCKERFILE, runtime });
  await engine.saveBuiltLayout(built, { directory: layout, names: ['app:1'] });
  writeFileSync(
    join(scratch, 'app.tar'),
    await collectBytes(engine.saveBuilt(built, { type: 'docker', names: ['app:1'] })),
  );
}

describe('an image that was built', () => {
  let built: Promise<void>;
  beforeAll(() => {
    built = process.getuid?.() === 0 ? build() : Promise.resolve();
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  requires(...NEEDS, 'skopeo')('is read by skopeo', async () => {
    await built;
    const config = JSON.parse(await run('skopeo', ['inspect', '--config', `oci:${layout}:app:1`]));
    expect(config.config).toMatchObject({ WorkingDir: '/app', Env: expect.arrayContaining(['WORD=hello']) });
    expect(config.rootfs.diff_ids).toHaveLength(4);
  });

  requires(...NEEDS, 'umoci')('is unpacked by umoci', async () => {
    await built;
    const bundle = join(scratch, 'bundle');
    await run('umoci', ['unpack', '--image', `${layout}:app:1`, bundle]);
    const files = join(bundle, 'rootfs');
    expect(readFileSync(join(files, 'app/c'), 'utf8')).toBe('from the context\n');
    const { statSync, existsSync } = await import('node:fs');
    expect(statSync(join(files, 'app/b'))).toMatchObject({ uid: 7, gid: 8, nlink: 2 });
    expect(statSync(join(files, 'app/a')).mode & 0o777).toBe(0o640);
    expect(existsSync(join(files, 'old'))).toBe(false);
  });

  requires(...NEEDS)(
    'runs in podman',
    async () => {
      await built;
      const podman = new Podman(join(scratch, 'podman'));
      await podman.load(join(scratch, 'app.tar'));
      expect(await podman.runImage('localhost/app:1')).toBe('hello\nfrom the context\ngone\n');
    },
    60_000,
  );
});
