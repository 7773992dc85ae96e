/** The same inputs give the same digest: in two directories, on both runtimes, at two times. */

import '../../src/node/platform.js';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Runtime } from '../../src/build/runtime.js';
import { Engine } from '../../src/engine/engine.js';
import { layerChanges } from '../../src/fs/packing.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { Layer } from '../../src/layer/layer.js';
import { hostContext } from '../../src/node/build/host-context.js';
import { chrootRuntime } from '../../src/node/chroot/runtime.js';
import { shellRuntime } from '../../src/shell/runtime.js';
import { machineLayers } from '../kit/machine-layers.js';
import { requires } from '../kit/requires.js';
import { EPOCH } from './kit.js';

const DOCKERFILE = `FROM box AS made
ARG WORD=one
WORKDIR /made/here
COPY --chmod=750 src/ ./
RUN mkdir -p deep/er && ln -s ../a deep/link && ln a deep/er/again && echo "$WORD" > word && rm -r /old
RUN --mount=type=bind,target=/ctx --mount=type=tmpfs,target=/t cat /ctx/src/a > /t/a && cat /t/a > copied && chown 5:6 copied
FROM box
COPY --from=made --chown=maria:staff /made/here /made/
COPY --link <<CONF /etc/made.conf
word
CONF
USER maria
WORKDIR /home/maria/work
RUN echo mine > mine; mkdir sub; echo > sub/empty
ENV A=b
CMD ["sh"]
`;

const directory = mkdtempSync(join(tmpdir(), 'stratum-same-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let base: Promise<Layer> | undefined;

/** The image below, with one time for all that is in it. */
function box(): Promise<Layer> {
  base ??= (async () => {
    const union = UnionFs.over(await machineLayers());
    return Layer.fromChanges(layerChanges(union.view.everything()), { clampMtimeSec: EPOCH });
  })();
  return base;
}

/** A project in a directory of its own, its files made in any order, with times of their own. */
function project(name: string, names: readonly string[]): string {
  const at = join(directory, name);
  mkdirSync(join(at, 'src'), { recursive: true });
  const made = Date.now() / 1000 + names.length;
  for (const file of names) {
    writeFileSync(join(at, 'src', file), file);
    chmodSync(join(at, 'src', file), 0o644);
    utimesSync(join(at, 'src', file), made, made);
  }
  symlinkSync('a', join(at, 'src', 'link'));
  writeFileSync(join(at, 'Dockerfile'), DOCKERFILE);
  return at;
}

async function digestOf(context: string, runtime: Runtime, now: number): Promise<string> {
  let time = EPOCH * 1000;
  const engine = await Engine.open({ now: () => time });
  await engine.import((await box()).tar(), { ref: 'box' });
  time = now;
  const built = await engine.build({ context: hostContext(context), runtime, sourceDateEpoch: EPOCH });
  return built.descriptor.digest;
}

describe('the same inputs give the same digest', () => {
  const there = project('there', ['a', 'b', 'c']);
  const elsewhere = project('else where', ['c', 'b', 'a']);

  test('in two directories, at two times', async () => {
    const first = await digestOf(there, shellRuntime(), Date.UTC(2024, 0, 1));
    expect(await digestOf(elsewhere, shellRuntime(), Date.UTC(2025, 5, 5))).toBe(first);
  });

  requires(
    'root',
    'overlay',
    'unshare',
    'setpriv',
  )(
    'on both runtimes',
    async () => {
      const chroot = chrootRuntime({ directory: join(directory, 'runtime') });
      const first = await digestOf(there, shellRuntime(), Date.UTC(2024, 0, 1));
      expect(await digestOf(elsewhere, chroot, Date.UTC(2025, 5, 5))).toBe(first);
    },
    60_000,
  );
});
