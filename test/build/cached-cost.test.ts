/** What a cached build costs grows with its steps, not with the image that it stands on. */

import '../../src/node/platform.js';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { StoreFile, StoreFiles } from '../../src/blob/files.js';
import { Engine } from '../../src/engine/engine.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { contextOf, EPOCH } from './kit.js';

const directory = nodeFs.mkdtempSync(join(tmpdir(), 'stratum-cost-'));
afterAll(() => nodeFs.rmSync(directory, { recursive: true, force: true }));

interface Cost {
  calls: number;
  bytes: number;
}

/** node:fs that counts what is asked of it, and the bytes that are read. */
function countedFs(cost: Cost): StoreFiles {
  const counting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value: unknown = Reflect.get(from, name);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]) => {
          cost.calls++;
          return Reflect.apply(value, from, args);
        };
      },
    });
  const promises = counting({
    ...nodeFs.promises,
    async open(path: string, flags: string, mode?: number) {
      const file = await nodeFs.promises.open(path, flags, mode);
      const read: StoreFile['read'] = async (...args) => {
        const result = await file.read(...args);
        cost.bytes += result.bytesRead;
        return result;
      };
      return counting({
        read,
        write: (bytes: Uint8Array, offset: number, length: number) => file.write(bytes, offset, length),
        truncate: (size: number) => file.truncate(size),
        sync: () => file.sync(),
        stat: () => file.stat(),
        close: () => file.close(),
      });
    },
  });
  const readSync: StoreFiles['readSync'] = (...args) => {
    const length = nodeFs.readSync(...args);
    cost.bytes += length;
    return length;
  };
  return { promises, readSync, openSync: nodeFs.openSync } as StoreFiles;
}

/** The cost of a build that finds all its steps in the cache, in an engine that is opened anew. */
async function cachedCost(files: number, steps: number): Promise<Cost> {
  const cost = { calls: 0, bytes: 0 };
  const root = join(directory, `${files}-${steps}`);
  const union = UnionFs.over([]);
  for (let i = 0; i < files; i++) union.fs.writeFileSync(`/file-${i}`, 'content');
  const dockerfile = `FROM base\nCOPY a /a\n${Array.from({ length: steps }, (_, i) => `WORKDIR /w${i}\n`).join('')}`;
  const build = async (engine: Engine): Promise<boolean[]> => {
    const built = await engine.build({ context: contextOf({ a: '1' }), dockerfile, sourceDateEpoch: EPOCH });
    await engine.close();
    return built.steps.map(({ isCached }) => isCached);
  };
  const first = await Engine.open({ root });
  await first.import((await union.toLayer()).tar(), { ref: 'base' });
  await build(first);
  const cached = await build(await Engine.open({ root, fs: countedFs(cost) }));
  expect(cached).toEqual(Array.from({ length: steps + 1 }, () => true));
  expect([cost.calls > 0, cost.bytes > 0]).toEqual([true, true]);
  return cost;
}

test('a cached build reads as much on an image of 2,000 files as on one of 20', async () => {
  const [small, large] = [await cachedCost(20, 2), await cachedCost(2000, 2)];
  expect(large.calls).toBe(small.calls);
  // Digests and dates are as long; only the sizes of layers have more digits.
  expect(Math.abs(large.bytes - small.bytes)).toBeLessThan(100);
});

test('a cached build costs as much for each step more', async () => {
  const [one, two, three] = [await cachedCost(20, 5), await cachedCost(20, 10), await cachedCost(20, 15)];
  expect(two.calls - one.calls).toBe(three.calls - two.calls);
});
